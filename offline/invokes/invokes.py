"""Results of provider functions: from resources of the mock cloud, from what is known of AWS, or generated."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from offline.cloud.store import Cloud, Stored
from offline.invokes import unmanaged_networks
from offline.invokes.data_sources import DATA_SOURCES, Call
from offline.outputs import resource_outputs
from offline.outputs.generated import OutputGenerator
from offline.outputs.identifiers import Place
from offline.outputs.seeded_random import SeededRandom, looked_up_id
from offline.schema import validation
from offline.schema.catalogue import FunctionType, Property, function_type, resource_tokens, resource_type
from offline.schema.validation import Failure
from offline.wire.values import Properties

_FILTERS: Final = {"tag-key": "", "vpc-id": "vpcId", "subnet-id": "id", "group-id": "id", "group-name": "name"}
_NOT_A_CRITERION: Final = frozenset(
    {"filters", "tags", "region", "mostRecent", "owners", "default", "includeDeprecated"}
)
_PREFIX: Final = re.compile(r"^(get|lookup)")
_MADE_UP_IDS: Final = {
    "Vpc": "vpc",
    "Subnet": "subnet",
    "SecurityGroup": "sg",
    "RouteTable": "rtb",
    "InternetGateway": "igw",
    "NatGateway": "nat",
    "NetworkInterface": "eni",
    "LaunchTemplate": "lt",
    "VpcEndpoint": "vpce",
}


class Invokes:
    """Answers the functions of pulumi-aws."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(
        self, token: str, arguments: Properties, place: Place, config: Mapping[str, Any]
    ) -> tuple[Properties, list[Failure]]:
        """Result of the function, or what is wrong with its arguments.

        Asked in this order: the function's own rule, a resource of the cloud that fits the arguments, generated
        outputs
        that is the same on every call.
        """
        function = function_type(token)
        given = {name: value for name, value in arguments.items() if value is not None}
        failures = validation.check_arguments(function, given)
        if failures:
            return {}, failures
        call = Call(token, given, place, self._cloud, config)
        answer = DATA_SOURCES.get(token)
        result = dict(given)
        if answer is not None:
            result |= answer(call)
        else:
            result |= self._looked_up(function, call)
        return _complete(function, result, place), []

    def _looked_up(self, function: FunctionType, call: Call) -> Properties:
        type_, plural = _resource_of(function.token)
        if type_ is None:
            return {}
        found = [item for item in self._cloud.of_type(call.place.account, None, type_) if _fits(item, call)]
        if plural is not None:
            return _listed(function, found or unmanaged_networks.parts(type_, _vpc_asked_for(call), call.place))
        if found:
            best = found[-1]
            return {**{key: val for key, val in best.outputs.items() if key in function.results}, "id": best.id}
        return self._generated(function, type_, call)

    def _generated(self, function: FunctionType, type_: str, call: Call) -> Properties:
        """What the resource would look like if it existed: the arguments, and outputs generated from them."""
        kind = resource_type(type_)
        seed = sorted((name, repr(value)) for name, value in call.arguments.items())
        rng = SeededRandom(call.place.account, call.place.region, function.token, seed)
        wanted = call.arguments.get("id")
        if type_ == unmanaged_networks.VPC and call.arguments.get("default"):
            wanted = unmanaged_networks.default_vpc(call.place)
        prefix = _MADE_UP_IDS.get(type_.rsplit(":", 1)[-1])
        if wanted is None and prefix is not None:
            wanted = looked_up_id(prefix, call.place.account, call.place.region, function.token, seed)
        given = unmanaged_networks.given(type_, str(wanted), call.place)
        given |= {name: value for name, value in call.arguments.items() if name in kind.outputs}
        id_, made = resource_outputs.create(kind, given, call.place, rng, {"id": wanted})
        if "arn" in made and "/" in str(made["arn"]) and prefix is not None:
            made["arn"] = f"{str(made['arn']).rsplit('/', 1)[0]}/{id_}"
        return {**{key: value for key, value in made.items() if key in function.results}, "id": id_}


def _vpc_asked_for(call: Call) -> str:
    """The VPC of a lookup; the default one if it asks for everything, or for the default subnet of each zone."""
    filters = {str(item.get("name")): item.get("values") or [""] for item in call.arguments.get("filters") or ()}
    named = filters.get("vpc-id", [call.arguments.get("vpcId")])[0]
    if named:
        return str(named)
    narrower = call.arguments.keys() - {"filters", "region"} or filters.keys() - {"default-for-az"}
    return "" if narrower else unmanaged_networks.default_vpc(call.place)


@cache
def _resource_of(token: str) -> tuple[str | None, str | None]:
    """The resource type that a function looks up, and its plural's noun when it lists many."""
    package, module, name = token.split(":")
    noun = _PREFIX.sub("", name)
    prefix = f"{package}:{module.split('/')[0]}/"
    known = {
        token_.rsplit(":", 1)[-1].lower(): token_ for token_ in resource_tokens(package) if token_.startswith(prefix)
    }
    for candidate in (noun, noun.removesuffix("Ids")):
        if candidate.lower() in known:
            return known[candidate.lower()], None
    for ending, replacement in (("ies", "y"), ("es", ""), ("s", "")):
        single = noun[: -len(ending)] + replacement if noun.endswith(ending) else ""
        if single.lower() in known:
            return known[single.lower()], noun
    return None, None


def _fits(item: Stored, call: Call) -> bool:
    """Whether a resource has everything the arguments ask for."""
    if item.region and item.region != call.place.region:
        return False
    for name, wanted in call.arguments.items():
        if name in _NOT_A_CRITERION or wanted in ("", None):
            continue
        actual = item.id if name == "id" else item.outputs.get(name, _by_stem(item, name))
        if actual is not None and actual != wanted:
            return False
        if actual is None and isinstance(wanted, str) and wanted not in {item.id, item.outputs.get("arn")}:
            return False
    tags = item.outputs.get("tagsAll", item.outputs.get("tags", {}))
    if any(tags.get(key) != value for key, value in (call.arguments.get("tags") or {}).items()):
        return False
    return all(_passes(item, filter_) for filter_ in call.arguments.get("filters") or ())


def _by_stem(item: Stored, name: str) -> Any:
    """`loadBalancerName` and `name`, `bucketName` and `bucket` mean the same."""
    stem = item.type.rsplit(":", 1)[-1].lower()
    if name.lower().startswith(stem):
        rest = name[len(stem) :]
        return item.id if rest in {"Id", "Identifier"} else item.outputs.get(rest[:1].lower() + rest[1:] or "name")
    return None


def _passes(item: Stored, filter_: Mapping[str, Any]) -> bool:
    name, values = str(filter_.get("name", "")), [str(value) for value in filter_.get("values", ())]
    tags: Mapping[str, Any] = item.outputs.get("tagsAll") or item.outputs.get("tags") or {}
    if name.startswith("tag:"):
        actual: list[Any] = [tags.get(name[4:])]
    elif name == "tag-key":
        actual = list(tags)
    else:
        head, *rest = name.split("-")
        prop = _FILTERS.get(name, head + "".join(word.capitalize() for word in rest))
        actual = [item.id if prop == "id" else item.outputs.get(prop)]
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in actual if value is not None]
    return any(fnmatch.fnmatchcase(text, pattern) for text in texts for pattern in values)


def _listed(function: FunctionType, found: list[Stored]) -> Properties:
    """Lists of a plural result: ids, ARNs, names, or whatever property its elements are called by."""
    result: Properties = {}
    for name, prop in function.results.items():
        if prop.kind == "list" and prop.items is not None and prop.items.kind == "string":
            result[name] = list(_column(found, name))
    return result


def _column(found: list[Stored], name: str) -> Iterator[str]:
    single = re.sub(r"s$", "", name)
    for item in found:
        own = single == "id" or single.lower() == f"{item.type.rsplit(':', 1)[-1]}Id".lower()
        value = item.id if own else item.outputs.get(single, item.outputs.get("name"))
        yield str(value if value is not None else item.id)


def _complete(function: FunctionType, result: Properties, place: Place) -> Properties:
    """Every result the SDK promises, generated where nothing better is known."""
    known = repr(sorted(result.items(), key=lambda pair: pair[0]))
    rng = SeededRandom(place.account, place.region, function.token, known)
    values = {"account": place.account, "region": place.region, "partition": place.partition, **result}
    values.setdefault(
        "arn", f"arn:{place.partition}:{function.token.split(':')[1].split('/')[0]}:{place.region}:{place.account}:"
    )
    generator = OutputGenerator(place, rng, values)
    for name, prop in function.results.items():
        if result.get(name) is not None:
            result[name] = _fitted(result[name], prop)
        elif prop.required and name != "id":
            result[name] = place.region if name == "region" else generator.value(name, prop)
    result["id"] = str(result.get("id") or result.get("arn") or rng.text("digits", 10, "id"))
    return result


def _fitted(value: Any, prop: Property) -> Any:
    """A resource's value in the shape that the function gives it: often a list of one object, or text for a number."""
    if prop.kind == "list" and isinstance(value, dict):
        return [value] if value else []
    if prop.kind in {"integer", "number"} and not isinstance(value, int | float):
        return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else 0
    if prop.kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if prop.kind == "string" and isinstance(value, int | float):
        return str(value)
    if prop.kind == "object" and isinstance(value, list):
        return value[0] if value else {}
    return value
