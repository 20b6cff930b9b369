"""The resource types and functions of the installed Pulumi SDKs, read from their source on first use.

Nothing is imported and nothing listed by hand: a type costs a few milliseconds when first asked for, and nothing
before that. A new SDK version is a new catalogue.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from offline.schema import sdk_source
from offline.schema.annotations import Kind, Shape, shape
from offline.schema.sdk_source import Source
from offline.schema.type_cache import TypeCache

__all__ = [
    "FunctionType",
    "Kind",
    "Property",
    "ResourceType",
    "UnknownTypeError",
    "function_tokens",
    "function_type",
    "per_type",
    "provider_inputs",
    "read_type",
    "resource_tokens",
    "resource_type",
]

_SECRETS = re.compile(r"additional_secret_outputs=\[(.*?)\]", re.DOTALL)
_ALIAS = re.compile(r"pulumi\.Alias\(type_=\"([^\"]+)\"\)")
_DEPRECATED = re.compile(r"warnings\.warn\(\"\"\"(.*?)\"\"\", DeprecationWarning\)", re.DOTALL)
_SUMMARY = re.compile(r'def __init__\(.*?"""(.*?)(?::param |""")', re.DOTALL)
_EXAMPLE = re.compile(r"```.*?```", re.DOTALL)
_INVOKE = re.compile(r"pulumi\.runtime\.invoke\('([^']+)', __args__(?:.*?typ=(\w+))?")
_ARGUMENT = re.compile(r"__args__\['([^']+)'\] = (\w+)")
_KUBERNETES_BUILT_IN = re.compile(r"^kubernetes:([\w-]+|[\w.-]+\.k8s\.io)/")


class UnknownTypeError(LookupError):
    """No installed SDK has this resource type or function; the message offers the nearest names."""

    def __init__(self, what: str, token: str, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(token, known, n=3, cutoff=0.7)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        super().__init__(f"the installed SDK of {token.split(':', maxsplit=1)[0]!r} has no {what} {token!r}{hint}")


@dataclass(frozen=True, eq=False)
class Property:
    """One input, output or nested field, by the camel-case name that travels on the wire."""

    name: str
    kind: Kind
    required: bool = False
    items: Property | None = None  # of a list or map: what it holds
    enum: tuple[str | int | float, ...] = ()  # what the SDK names; open unless `closed`
    closed: bool = False  # whether the SDK accepts only the values in `enum`
    description: str = ""
    declared_in: tuple[Path, str] | None = None  # file and class of an object's fields

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """Fields of an object, resolved on first use (types may contain themselves); empty for other kinds."""
        return _declared(*self.declared_in) if self.declared_in else {}


@dataclass(frozen=True, eq=False)
class ResourceType:
    """A resource type: what it takes and what can be read from it after create."""

    token: str  # e.g. `aws:rds/instance:Instance`
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]  # all readable properties, inputs included; `id` is not among them
    secret_outputs: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()  # earlier tokens of the type
    deprecation: str = ""  # empty when the type is current
    description: str = ""  # without its examples
    open: bool = False  # accepts any property (Kubernetes custom resources)
    derived: dict[Hashable, Any] = field(default_factory=dict, repr=False)  # see `per_type`

    @cached_property
    def required(self) -> frozenset[str]:
        """Names of the inputs that must be given."""
        return frozenset(name for name, prop in self.inputs.items() if prop.required)


@dataclass(frozen=True, eq=False)
class FunctionType:
    """A function (invoke): arguments and results by camel-case name."""

    token: str  # e.g. `aws:ec2/getVpc:getVpc`
    arguments: Mapping[str, Property]
    results: Mapping[str, Property]


P = ParamSpec("P")
T = TypeVar("T")


def per_type(function: Callable[Concatenate[ResourceType, P], T]) -> Callable[Concatenate[ResourceType, P], T]:
    """A function of a resource type whose result is kept with the type, in memory and on disk."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def kept(resource: ResourceType, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (name, args, tuple(kwargs.items()))
        if key not in resource.derived:
            resource.derived[key] = function(resource, *args, **kwargs)
        return resource.derived[key]

    return kept


_on_disk: list[TypeCache] = []


def keep_types(cache_: TypeCache) -> None:
    """From now on, take resource types from a file where it has them, and note the others for it."""
    _on_disk.append(cache_)


@cache
def resource_type(token: str) -> ResourceType:
    """The resource type of `token`. Raises UnknownTypeError with the nearest tokens, or MissingSdkError."""
    for file in _on_disk:
        if (kept := file.load(token)) is not None:
            return kept
    found = read_type(token)
    for file in _on_disk:
        file.add(found)
    return found


def read_type(token: str) -> ResourceType:
    """The same, kept nowhere: for who goes through all of them."""
    package = token.split(":", maxsplit=1)[0]
    known = sdk_source.resource_classes(package)
    if token not in known:
        if package == "kubernetes" and not _KUBERNETES_BUILT_IN.match(token):
            return ResourceType(token, {}, {}, open=True)
        raise UnknownTypeError("resource type", token, known)
    directory, name = known[token]
    file = sdk_source.file_of(directory, name)
    arguments = _arguments_class(file, name) if file else None
    if file is None or arguments is None:  # hand-written SDK classes, such as Kubernetes' CustomResource
        return ResourceType(token, {}, {}, open=True)
    body = file.body(name)
    secrets = _SECRETS.search(body)
    deprecation = _DEPRECATED.search(body)
    return ResourceType(
        token,
        inputs=_declared(file.path, arguments),
        outputs=_declared(file.path, name),
        secret_outputs=frozenset(re.findall(r'"([^"]+)"', secrets[1])) if secrets else frozenset(),
        aliases=tuple(_ALIAS.findall(body)),
        deprecation=deprecation[1] if deprecation else "",
        description=_EXAMPLE.sub("", summary[1]) if (summary := _SUMMARY.search(body)) else "",
    )


@cache
def function_type(token: str) -> FunctionType:
    """The function of `token`. Raises UnknownTypeError with the nearest tokens, or MissingSdkError."""
    package, module, name = token.split(":")
    directory = sdk_source.module_directory(package, module.split("/")[0])
    file = sdk_source.file_of(directory, name) if directory else None
    invoke = _INVOKE.search(file.text) if file else None
    if file is None or invoke is None or invoke[1] != token:
        raise UnknownTypeError("function", token, function_tokens(package))
    return FunctionType(
        token,
        arguments=_parameters(file),
        results=_declared(file.path, invoke[2]) if invoke[2] else {},
    )


def provider_inputs(package: str) -> Mapping[str, Property]:
    """What a provider of this package is configured with."""
    return _declared(sdk_source.package_root(package) / "provider.py", "ProviderArgs")


def resource_tokens(package: str) -> tuple[str, ...]:
    """Tokens of every resource type of an installed SDK: `aws`, `kubernetes`, `random`, `tls`, `eks`."""
    return tuple(sdk_source.resource_classes(package))


@lru_cache
def function_tokens(package: str) -> tuple[str, ...]:
    """Tokens of every function of an installed SDK. Reads each of its files: about a second for `aws`."""
    texts = (path.read_text(encoding="utf-8") for path in sdk_source.package_root(package).rglob("*.py"))
    return tuple(sorted({found[1] for text in texts if (found := _INVOKE.search(text))}))


def _arguments_class(file: Source, name: str) -> str | None:
    return next((args for args in (f"{name}Args", f"{name}InitArgs") if file.has(args)), None)


@cache
def _declared(path: Path, class_name: str) -> Mapping[str, Property]:
    """The properties that a class of an SDK file declares."""
    file = sdk_source.source(path)
    return {
        getter.name: _property(getter.name, shape(getter.annotation, file), getter.doc)
        for getter in file.getters(class_name)
    }


def _property(name: str, of: Shape, description: str = "") -> Property:
    return Property(
        name,
        of.kind,
        required=not of.optional,
        items=_property(name, of.items) if of.items else None,
        enum=of.enum,
        closed=of.closed,
        description=description,
        declared_in=of.reference,
    )


def _parameters(file: Source) -> Mapping[str, Property]:
    """Arguments of the function in `file`: names from what it sends, types and need from its signature."""
    start = file.text.index("__args__ = dict()")
    signature = file.text.rindex("\ndef ", 0, start)
    header = file.text[signature : file.text.index(":\n", file.text.index(") -> ", signature))]
    tree = ast.parse(f"{header.strip()}: ...").body[0]
    if not isinstance(tree, ast.FunctionDef):
        return {}
    annotations = {argument.arg: argument.annotation for argument in tree.args.args + tree.args.kwonlyargs}
    end = file.text.index("pulumi.runtime.invoke(", start)
    found: dict[str, Property] = {}
    for name, python in _ARGUMENT.findall(file.text, start, end):
        annotation = annotations.get(python)
        found[name] = _property(name, shape(ast.unparse(annotation), file) if annotation else Shape("any"))
    return found
