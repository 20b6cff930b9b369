"""CloudFormation's description of a Pulumi AWS type, found by name and by how many properties agree.

The schemas are those that cfn-lint carries for Jakarta: limits of each property, and which properties replace the
resource (`createOnlyProperties`). One schema is a few kilobytes and read only for the type in question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from offline.schema.catalogue import Property, ResourceType, per_type
from offline.schema.naming import pairs, plain, singular

REGION = "ap-southeast-3"
_HARMLESS = re.compile(r":(?:Describe|Get|List|Pass|Tag|Untag|CreateTags|DeleteTags)|Tag(?:s|Resource)?$")
_SURE = 0.34  # share of our inputs that a schema of another name must know to be the same thing
_SERVICES = {  # services whose CloudFormation name cannot be derived from the SDK's module name
    "cloudwatch": ("events", "logs", "cloudwatch", "internetmonitor"),
    "lb": ("elasticloadbalancingv2",),
    "alb": ("elasticloadbalancingv2",),
    "elb": ("elasticloadbalancing",),
    "acm": ("certificatemanager",),
    "cfg": ("config",),
    "elasticsearch": ("elasticsearch",),
    "opensearch": ("opensearchservice",),
    "mskconnect": ("kafkaconnect",),
    "sfn": ("stepfunctions",),
    "amp": ("aps",),
    "fsx": ("fsx",),
    "ssoadmin": ("sso",),
    "route53": ("route53", "route53resolver"),
    "kinesis": ("kinesis", "kinesisfirehose", "kinesisanalytics", "kinesisanalyticsv2"),
    "vpc": ("ec2",),
    "ec2transitgateway": ("ec2",),
    "ec2clientvpn": ("ec2",),
    "s3control": ("s3", "s3outposts"),
    "wafregional": ("wafregional",),
    "appautoscaling": ("applicationautoscaling",),
    "cognito": ("cognito",),
    "sesv2": ("ses",),
    "bedrock": ("bedrock",),
}


@dataclass(frozen=True, eq=False)
class Schema:
    """One CloudFormation resource type and how it corresponds to ours."""

    name: str  # e.g. `AWS::RDS::DBInstance`
    document: Mapping[str, Any]
    names: Mapping[str, str]  # our input -> its property

    @cached_property
    def create_only(self) -> frozenset[str]:
        """Paths of properties that only creation can set: `Name`, `Settings/Mode`."""
        return frozenset(path.removeprefix("/properties/") for path in self.document.get("createOnlyProperties", ()))

    @property
    def updates(self) -> bool:
        """Whether anything of the resource but its tags can be changed in place."""
        if "update" not in self.document.get("handlers", {"update": {}}):
            return False
        actions = self.permissions("update")
        return not actions or not all(_HARMLESS.search(action) for action in actions)

    def permissions(self, verb: str) -> frozenset[str]:
        """Actions, such as `rds:ModifyDBInstance`, that `verb` (create, update, delete) of the resource uses."""
        return frozenset(self.document.get("handlers", {}).get(verb, {}).get("permissions", ()))

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """`node` with its reference followed."""
        reference = node.get("$ref", "")
        if not reference.startswith("#/definitions/"):
            return node
        return self.document.get("definitions", {}).get(reference.rsplit("/", 1)[-1], {})


@lru_cache
def _data() -> Path | None:
    spec = find_spec("cfnlint")
    return (
        Path(spec.submodule_search_locations[0]) / "data/schemas" if spec and spec.submodule_search_locations else None
    )


@lru_cache
def _types() -> Mapping[str, Mapping[str, str]]:
    """Service -> plain resource name -> full type name."""
    data = _data()
    found: dict[str, dict[str, str]] = {}
    for name in json.loads((data / f"providers/{REGION}.json").read_bytes()) if data else ():
        if name.count("::") == 2:
            _, service, resource = name.split("::")
            found.setdefault(plain(service), {})[plain(resource)] = name
    return found


@lru_cache(maxsize=64)
def _document(name: str) -> Mapping[str, Any]:
    data = _data()
    if data is None:
        return {}
    return json.loads((data / "resources" / f"{_hashes()[name]}.json").read_bytes())


@lru_cache
def _hashes() -> Mapping[str, str]:
    data = _data()
    return json.loads((data / f"providers/{REGION}.json").read_bytes()) if data else {}


def _services(module: str, class_name: str) -> Iterable[str]:
    """CloudFormation services that may hold the type: `s3` has `S3Files` only for classes named Files..."""
    wanted = plain(module)
    for service in dict.fromkeys((*_SERVICES.get(wanted, ()), wanted)):
        if service in _types():
            yield service
    own = wanted in _types() or wanted in _SERVICES
    for service in sorted(_types(), key=len, reverse=True):
        extra = service.removeprefix(wanted)
        longer = extra not in {service, ""}
        if (longer and class_name.startswith(extra)) or (not own and (longer or wanted.startswith(service))):
            yield service


def _candidates(resource: ResourceType) -> Iterable[tuple[str, bool]]:
    """Types that may be the resource, with whether the whole name agrees; near names only without such."""
    _, module, class_name = resource.token.split(":")
    service, wanted = plain(module.split("/")[0]), plain(class_name)
    same: list[str] = []
    near: list[str] = []
    for candidate in _services(service, wanted):
        for name, full in _types()[candidate].items():
            forms = {name, f"{candidate}{name}", f"{service}{name}", f"{_tail(candidate, service)}{name}"}
            if forms & {wanted, f"db{wanted}", f"{service}{wanted}"} or singular(name) == singular(wanted):
                same.append(full)
            elif name.endswith(wanted) or wanted.endswith(name):
                near.append(full)
    return [(full, True) for full in same] or [(full, False) for full in near]


def _tail(service: str, module: str) -> str:
    """What a service adds to its module's name, in singular: `log` for Logs, `event` for Events."""
    return singular(service.removeprefix(module))


@per_type
def schema(resource: ResourceType) -> Schema | None:
    """The CloudFormation type that describes `resource`, or None where none surely does."""
    best: tuple[float, Schema] | None = None
    for name, same in _candidates(resource):
        document = _document(name)
        owners = (*name.split("::")[1:], resource.token.rsplit(":", 1)[-1])
        names = pairs(_own(resource.inputs), document.get("properties", {}), owners)
        share = len(names) / max(1, len(_own(resource.inputs)))
        score = share + (0.5 if same else 0)
        if share >= (0.1 if same else _SURE) and (same or len(names) > 1) and (best is None or score > best[0]):
            best = score, Schema(name, document, names)
    return best[1] if best else None


def _own(inputs: Mapping[str, Property]) -> list[str]:
    """Inputs that say something about the resource: every one has a region, most have tags."""
    return [name for name in inputs if name not in {"region", "tags", "tagsAll"}]
