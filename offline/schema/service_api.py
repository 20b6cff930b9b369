"""What an AWS service itself accepts: the operations behind a Pulumi AWS type, from botocore's service models.

A model can have several megabytes of JSON; only the operations and shapes in question are decoded.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from offline.schema.catalogue import ResourceType, per_type
from offline.schema.naming import pairs, plain, singular

CREATE = ("Create", "Put", "Register", "Run", "Request", "Allocate", "Import", "Add", "Associate", "Attach",
          "Authorize", "Enable", "Start", "Set", "Subscribe", "Publish", "Provision", "Grant", "Invite", "Copy",
          "Accept", "Deploy", "Claim", "Update", "Modify", "Change")  # fmt: skip
UPDATE = ("Update", "Modify", "Put", "Set", "Change", "Replace", "Configure", "Edit", "Assign", "Reset", "Upgrade",
          "Increase", "Decrease", "Move", "Rotate")  # fmt: skip
DELETE = ("Delete", "Remove", "Deregister", "Release", "Terminate", "Disassociate", "Detach", "Revoke", "Disable",
          "Cancel", "Unsubscribe", "Deprovision", "Retire", "Stop")  # fmt: skip
_SECTION = re.compile(r'^  "(\w+)":', re.MULTILINE)
_DEFINITION = re.compile(r'^    "(\w+)": ?\{', re.MULTILINE)
_DECODER = json.JSONDecoder()
_VERBS = re.compile(r"^[A-Z][a-z]+")
_APIS = {  # services whose model has another name than the SDK's module
    "alb": ("elbv2",), "lb": ("elbv2",), "applicationloadbalancing": ("elbv2",),
    "appautoscaling": ("applicationautoscaling",), "bcmdata": ("bcmdataexports",), "cfg": ("config",),
    "cloudwatch": ("cloudwatch", "logs", "events", "internetmonitor", "observabilityadmin"),
    "cognito": ("cognitoidp", "cognitoidentity"), "costexplorer": ("ce",), "directoryservice": ("ds",),
    "ec2clientvpn": ("ec2",), "ec2transitgateway": ("ec2",), "vpc": ("ec2",), "vpn": ("ec2",),
    "verifiedaccess": ("ec2",), "elasticsearch": ("es",), "lex": ("lexmodels", "lexv2models"),
    "macie": ("macie2",), "msk": ("kafka",), "mskconnect": ("kafkaconnect",), "opensearchingest": ("osis",),
    "resourceexplorer": ("resourceexplorer2",), "route53recoverycontrol": ("route53recoverycontrolconfig",),
    "serverlessrepository": ("serverlessrepo",), "sfn": ("stepfunctions",), "kinesis": ("kinesis", "firehose"),
    "s3": ("s3", "s3control", "s3files", "s3vectors"),
    "route53": ("route53", "route53resolver", "route53profiles", "route53domains"),
    "bedrock": ("bedrock", "bedrockagent", "bedrockagentcorecontrol"),
    "bedrockfoundation": ("bedrock",), "bedrockmodel": ("bedrock",),
}  # fmt: skip


class Api:
    """The model of one service, decoded piece by piece."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._decoded: dict[str, Mapping[str, Any]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return _api_at, (self._path,)  # what was decoded is not kept on disk

    @cached_property
    def _index(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Where the definition of each operation and of each shape starts."""
        text = _text(self._path)
        sections = {match[1]: match.start() for match in _SECTION.finditer(text)}
        order = sorted(sections.values())
        found: dict[str, dict[str, int]] = {"operations": {}, "shapes": {}}
        for section, names in found.items():
            start = sections[section]
            end = next((later for later in order if later > start), len(text))
            names.update((match[1], match.end() - 1) for match in _DEFINITION.finditer(text, start, end))
        return found["operations"], found["shapes"]

    @property
    def operations(self) -> Mapping[str, int]:
        """Operation -> where its definition starts."""
        return self._index[0]

    def _decode(self, start: int) -> Mapping[str, Any]:
        return _DECODER.raw_decode(_text(self._path), start)[0]

    def shape(self, name: str) -> Mapping[str, Any]:
        """Definition of shape `name`."""
        if name not in self._decoded:
            start = self._index[1].get(name)
            self._decoded[name] = {} if start is None else self._decode(start)
        return self._decoded[name]

    def members(self, operation: str, depth: int = 1) -> Mapping[str, str]:
        """Input members of an operation -> their shapes; fields of its structures too, down to `depth`."""
        return self._fields(self._input(operation), depth)

    def structures(self, operation: str) -> Iterable[Mapping[str, Any]]:
        """The input of an operation, and the structures in it."""
        own = self.shape(self._input(operation))
        inner = (self.shape(member["shape"]) for member in own.get("members", {}).values())
        return [own, *(shape for shape in inner if shape.get("type") == "structure")]

    def required(self, operation: str) -> frozenset[str]:
        """Input members that an operation requires."""
        return frozenset(self.shape(self._input(operation)).get("required", ()))

    def _input(self, operation: str) -> str:
        return self._decode(self.operations[operation]).get("input", {}).get("shape", "")

    def _fields(self, shape: str, depth: int) -> dict[str, str]:
        members = {name: member["shape"] for name, member in self.shape(shape).get("members", {}).items()}
        if depth:
            for inner in list(members.values()):
                if self.shape(inner).get("type") == "structure":
                    members = self._fields(inner, depth - 1) | members
        return members


@dataclass(frozen=True, eq=False)
class Operations:
    """The calls that create, change and delete a resource, and how their members correspond to its inputs."""

    api: Api
    create: str
    updates: tuple[str, ...]
    deletes: tuple[str, ...]
    names: Mapping[str, str]  # our input -> member of the create call

    @property
    def upsert(self) -> bool:
        """Whether the call that creates also changes what exists."""
        return self.create.startswith(("Put", "Set", "Update", "Modify", "Change", "Enable"))

    @cached_property
    def changeable(self) -> frozenset[str]:
        """Members, in singular, that some call can change."""
        calls = (*self.updates, self.create) if self.upsert else self.updates
        return frozenset(singular(member) for call in calls for member in self.api.members(call, 2))

    @property
    def patches(self) -> bool:
        """Whether changes travel as a list of patches, so that no call says what it can change."""
        return "patchoperation" in self.changeable

    @cached_property
    def addressing(self) -> frozenset[str]:
        """Members, in singular, that each changing call requires: they tell it which resource is meant."""
        calls = self.updates or ((self.create,) if self.upsert else ())
        required = [frozenset(singular(member) for member in self.api.required(call)) for call in calls]
        return frozenset.intersection(*required) if required else frozenset()

    @cached_property
    def identity(self) -> frozenset[str]:
        """Members, in singular, that tell a delete call which resource is meant."""
        return frozenset(singular(member) for call in self.deletes for member in self.api.required(call))


@lru_cache
def _models() -> Mapping[str, Path]:
    """Service name in plain letters -> its newest model."""
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        return {}
    root = Path(spec.submodule_search_locations[0]) / "data"
    return {plain(entry.name): entry for entry in root.iterdir() if entry.is_dir()}


@lru_cache(maxsize=4)  # the largest has 4 MB; what was decoded is kept by its Api
def _text(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


@cache
def _api_at(path: Path) -> Api:
    return Api(path)


@cache
def _api(service: str) -> Api:
    newest = max(path for path in _models()[service].iterdir() if (path / "service-2.json.gz").exists())
    return _api_at(newest / "service-2.json.gz")


def _apis(module: str) -> Iterable[str]:
    wanted = plain(module)
    return [name for name in (*_APIS.get(wanted, ()), wanted) if name in _models()]


@per_type
def operations(resource: ResourceType, noun: str = "") -> Operations | None:
    """The calls behind `resource` (`noun`: its CloudFormation name, where known), or None where unsure."""
    _, module, class_name = resource.token.split(":")
    service = module.split("/")[0]
    found = [
        match
        for name in dict.fromkeys(_apis(service))
        if (match := _match(_api(name), resource, _nouns(class_name, service, noun)))
    ]
    return max(found, key=lambda match: match[0])[1] if found else None


def _nouns(class_name: str, service: str, noun: str) -> list[str]:
    name = plain(class_name)
    nouns = [name, plain(noun), f"db{name}", plain(service) + name]
    prefixes = (plain(service), "ec2", "vpc", "log", "event", "resolver", "bucket", "db")
    nouns += [name[len(start) :] for start in prefixes if name.startswith(start) and len(name) > len(start) + 2]
    for suffix in ("attachment", "association", "membership", "configuration", "v2", "exclusive"):
        nouns += [noun.removesuffix(suffix) for noun in nouns if noun.endswith(suffix)]
    return [singular(noun) for noun in dict.fromkeys(nouns) if noun]


def _match(api: Api, resource: ResourceType, nouns: list[str]) -> tuple[float, Operations] | None:
    best: tuple[float, Operations] | None = None
    own = [name for name in resource.inputs if name not in {"region", "tags", "tagsAll"}]
    for rank, (create, noun) in enumerate(_creating(api, nouns)):
        members = api.members(create, 1)
        names = pairs(own, members, (noun, *nouns))
        score = len(names) / max(1, len(own)) - rank * 0.02
        if names and (best is None or score > best[0]):
            best = score, Operations(api, create, _calls(api, UPDATE, noun), _calls(api, DELETE, noun), names)
    return best


def _creating(api: Api, nouns: list[str]) -> Iterable[tuple[str, str]]:
    by_noun: dict[str, list[str]] = {}
    for operation in api.operations:
        by_noun.setdefault(singular(_VERBS.sub("", operation)), []).append(operation)
    return [
        (operation, noun)
        for verb in CREATE
        for noun in nouns
        for operation in by_noun.get(noun, ())
        if operation.startswith(verb)
    ]


def _calls(api: Api, verbs: tuple[str, ...], noun: str) -> tuple[str, ...]:
    """Operations on exactly `noun`; of those that change, also on a part of it (`ModifyVpcAttribute`)."""
    return tuple(operation for operation in api.operations if _acts(operation, verbs, noun))


def _acts(operation: str, verbs: tuple[str, ...], noun: str) -> bool:
    verb = _VERBS.match(operation)
    if verb is None or verb[0] not in verbs:
        return verbs is UPDATE and plain(operation) == f"create{noun}version"  # a new version is a change
    what = plain(operation[verb.end() :])
    return singular(what) == noun or (verbs is UPDATE and what.startswith(noun))
