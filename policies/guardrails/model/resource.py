"""Resources as a control sees them: plain Python values, with unknowns and secrets marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from guardrails.model.documents import objects_with, text_leaves
from guardrails.model.values import UNKNOWN, UndeterminedError, WrongTypeError, at, last_name, leaves, parse_path

Properties = tuple[dict[str, Any], frozenset[str]]
"""Plain values, and the paths of those that are secret."""

T = TypeVar("T")

_NAME_OF_PAIR = (".name", ".key", ".Name", ".Key", ".parameterName", ".parameterKey", ".ParameterKey")
_VALUE_OF_PAIR = frozenset({"value", "parametervalue"})
_AS_PROVIDERS_READ = {"": None, "true": True, "false": False}
"""Texts that the AWS provider takes for something else: YAML and configuration values hand over booleans so."""

_IDENTITIES = ("id", "arn", "name", "bucket", "keyId", "url", "identifier", "clusterIdentifier")
"""The properties by which one AWS resource names another."""


class Resource:
    """One resource of the stack: its inputs as the engine is about to apply them.

    With the whole stack in view, ``outputs`` holds what the provider answered as well (unknown leaves at preview), and
    ``properties`` are the outputs for a resource that was not registered in this run (``--target``).

    Attributes:
        type: Pulumi type token, ``aws:kms/key:Key``.
        urn: Pulumi URN.
        name: logical name.
        provider: the provider's resource, explicit or default, if known (type ``pulumi:providers:aws``).
        parent: URN of the parent or None.
        protect: the resource option.
        ignore_changes: the resource option.
        delete_before_replace: the resource option, None when not set.
        dependencies: URNs per property whose value comes from other resources (only with the whole stack in view).
        stack: the whole stack, when it is in view.
    """

    def __init__(
        self,
        type_: str,
        urn: str,
        name: str,
        properties: Callable[[], Properties],
        *,
        outputs: Callable[[], Properties] | None = None,
        provider: Resource | None = None,
        parent: str | None = None,
        protect: bool = False,
        ignore_changes: Collection[str] = (),
        delete_before_replace: bool | None = None,
    ) -> None:
        """Properties and outputs are functions, called at most once, when first needed."""
        self.type = type_
        self.urn = urn
        self.name = name
        self.provider = provider
        self.parent = parent
        self.protect = protect
        self.ignore_changes = ignore_changes
        self.delete_before_replace = delete_before_replace
        self.dependencies: Mapping[str, Collection[str]] = {}
        self.stack: Stack | None = None
        self.load_outputs = outputs
        self._load = properties

    @cached_property
    def _loaded(self) -> Properties:
        found = self._load()
        del self._load  # and with it the engine's message
        if found[1] and self.stack is not None:
            self.stack.with_secrets.append(self)
        return found

    @property
    def is_read(self) -> bool:
        """Whether anything has looked at the properties yet."""
        return "_loaded" in self.__dict__

    @property
    def properties(self) -> dict[str, Any]:
        """Plain dict/list/str/int/float/bool/None values (whole numbers are int); unknown leaves are `Unknown`."""
        return self._loaded[0]

    @property
    def secrets(self) -> frozenset[str]:
        """The paths of the properties that are secret."""
        return self._loaded[1]

    @cached_property
    def secret_texts(self) -> list[str]:
        """The secret values as text, the longest first: none is left in part when each is masked in turn."""
        values: list[Any] = [at(self.properties, parse_path(secret)) for secret in self.secrets]
        found = {str(leaf) for value in values for _, leaf in leaves(value) if isinstance(leaf, str | int | float)}
        return sorted(found - {""}, key=len, reverse=True)

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """What the provider answered, in the same form; empty until the whole stack is in view."""
        return self.load_outputs()[0] if self.load_outputs else {}

    def becomes(self, deployed: Resource) -> None:
        """Take what is known of the resource at the end of the run; until then it had no outputs."""
        self.parent, self.dependencies = deployed.parent, deployed.dependencies
        self.load_outputs = deployed.load_outputs
        self.__dict__.pop("outputs", None)

    def fill_in(self, name: str, value: Any) -> None:
        """Put what has become known in place of an unknown property."""
        self.properties[name] = value
        self.__dict__.pop("plain_leaves", None)
        self.__dict__.pop("every_leaf", None)
        self.__dict__.pop("named_leaves", None)
        self.__dict__.pop("statements", None)

    def raw(self, path: str) -> Any:
        """The value at ``path``: `UNKNOWN` when it, or what contains it, is unknown; None when absent, null or empty.

        Empty is a text without a letter: providers take it for none, and ``kmsKeyId: ""`` names no key; and ``"false"``
        for false. Not Kubernetes, where these have a meaning of their own (``storageClassName: ""``).
        """
        value = at(self.properties, parse_path(path))
        if isinstance(value, str) and not self.type.startswith("kubernetes:"):
            return _AS_PROVIDERS_READ.get(value, value)
        return value

    def get(self, path: str, default: Any = None) -> Any:
        """The value at ``path`` (``a.b[0].c``), or ``default`` when it is absent or null.

        Containers come back whole; unknown leaves deeper inside raise when they are themselves read with `get` or
        `known`. Raises `UndeterminedError` when the value at (or above) ``path`` is unknown.
        """
        value = self.raw(path)
        if value is UNKNOWN:
            raise UndeterminedError(path)
        return default if value is None else value

    def number(self, path: str, default: float) -> int | float:
        """Like `get`, of a number, which may be written as a text.

        Raises:
            WrongTypeError: it is something else.
        """
        value = self.get(path, default)
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise WrongTypeError(path, "a number")
            return float(value) if isinstance(value, str) and "." in value else int(value)
        except ValueError:
            raise WrongTypeError(path, "a number") from None

    def text(self, path: str, default: str = "") -> str:
        """Like `get`, of a text.

        Raises:
            WrongTypeError: it is something else.
        """
        value = self.get(path, default)
        if not isinstance(value, str):
            raise WrongTypeError(path, "a text")
        return value

    def items(self, path: str) -> list[Any]:
        """Like `get`, of a list, which is empty when it is absent; `UNKNOWN` where an element is unknown.

        Raises:
            WrongTypeError: it is something else.
        """
        value = self.get(path, [])
        if not isinstance(value, list):
            raise WrongTypeError(path, "a list")
        return value

    def has(self, path: str) -> bool:
        """Whether a value, known or not, is set at ``path``."""
        return self.raw(path) is not None

    def known(self, path: str, default: Any = None) -> Any:
        """Like `get`, and raises `UndeterminedError` also when anything inside the value is unknown."""
        value = self.get(path, default)
        for leaf_path, leaf in leaves(value, path):
            if leaf is UNKNOWN:
                raise UndeterminedError(leaf_path)
        return value

    @cached_property
    def plain_leaves(self) -> list[tuple[str, Any]]:
        """Every leaf with its path, unknown ones as `UNKNOWN`, and every text as it is."""
        return leaves(self.properties)

    @cached_property
    def every_leaf(self) -> list[tuple[str, Any]]:
        """Every leaf with its path, unknown ones as `UNKNOWN`; texts that are JSON are taken apart."""
        return [found for path, leaf in self.plain_leaves for found in text_leaves(leaf, path)]

    @cached_property
    def named_leaves(self) -> list[tuple[str, str, Any]]:
        """`every_leaf` with the name that each goes by: its property's, or what stands beside it as a pair's name.

        So ``{name: require_ssl, value: false}`` has the leaf ``requiressl`` besides ``value``.
        """
        pairs = {path.rpartition(".")[0]: str(value) for path, value in self.every_leaf if path.endswith(_NAME_OF_PAIR)}
        found = [(path, last_name(path), value) for path, value in self.every_leaf]
        return found + [
            (path, re.sub(r"[^a-z0-9]", "", pairs[above].lower()), value)
            for path, name, value in found
            if pairs and name in _VALUE_OF_PAIR and (above := path.rpartition(".")[0]) in pairs
        ]

    @cached_property
    def statements(self) -> list[tuple[str, Any]]:
        """Every object with a Statement, at any depth and in documents: policies, and where they stand."""
        return list(objects_with(self.properties, "Statement"))

    def walk(self) -> Iterator[tuple[str, Any]]:
        """Every known leaf with its path. Unknown leaves are skipped; `unknowns` has them."""
        return ((path, leaf) for path, leaf in self.plain_leaves if leaf is not UNKNOWN)

    @property
    def unknowns(self) -> list[str]:
        """The path of every unknown leaf."""
        return [path for path, leaf in self.plain_leaves if leaf is UNKNOWN]

    @property
    def has_unknown(self) -> bool:
        """Whether any leaf is unknown."""
        return any(leaf is UNKNOWN for _, leaf in self.plain_leaves)

    def is_secret(self, path: str) -> bool:
        """Whether the value at ``path``, or what contains it, is a Pulumi secret."""
        return any(path == secret or path.startswith((f"{secret}.", f"{secret}[")) for secret in self.secrets)

    def refers_to(self, path: str, types: Collection[str]) -> bool:
        """Whether the value at ``path`` names a resource of ``types`` that this stack manages.

        By value (its id, ARN, name ...) where it is known, through the property's dependencies where it is not.

        Raises:
            UndeterminedError: the stack is not in view yet (the question is asked again when it is), or the value
                is unknown and comes from something else.
        """
        if not values_at(self, path):
            return False
        if self.stack is None:
            raise UndeterminedError(path)
        return self.stack.referred(self, path, types) is not None

    def __repr__(self) -> str:
        return f"<{self.type} {self.name}>"


class Stack:
    """Every resource, and the relations between them.

    A relation is found by value where it is known, and through the property dependencies that the engine recorded
    where it is not. Paths may hold ``[*]`` for every element of a list, and may end at a list of values.
    """

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self.by_urn: dict[str, Resource] = {}
        self.with_secrets: list[Resource] = []  # of those that were read so far
        self._by_type: defaultdict[str, list[Resource]] = defaultdict(list)
        self._named: dict[str, dict[str, Resource]] = {}
        self._referring: dict[tuple[str, str], dict[str, list[Resource]]] = {}
        self._order: dict[str, int] = {}
        self._computed: dict[Callable[[Stack], Any], Any] = {}
        for order, resource in enumerate(resources):
            self._order[resource.urn] = order
            if resource.is_read and resource.secrets:
                self.with_secrets.append(resource)
            resource.stack = self
            self.by_urn[resource.urn] = resource
            self._by_type[resource.type].append(resource)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.by_urn.values())

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of these types, in registration order within each type."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def referrers(self, target: Resource, types: Collection[str], *properties: str) -> list[Resource]:
        """The resources of ``types`` one of whose ``properties`` names ``target``.

        By value where it is known (id, arn, name, bucket ... of the target), through property dependencies where not.
        """
        found = {
            resource.urn: resource
            for type_ in types
            for path in properties
            for name in (target.urn, *_identities(target))
            for resource in self._references(type_, path).get(name, ())
        }
        return [resource for _, resource in sorted(found.items(), key=lambda each: self._order[each[0]])]

    def referred(self, source: Resource, path: str, types: Collection[str]) -> Resource | None:
        """The resource of ``types`` that ``source``'s property at ``path`` names, by value or through dependencies.

        None when the property is not set, or names something that is no resource of ``types`` in this stack.

        Raises:
            UndeterminedError: the value is unknown and does not come from a resource of ``types``.
        """
        for value in values_at(source, path):
            if value is UNKNOWN:
                for urn in origins(source, path):
                    found = self.by_urn.get(urn)
                    if found is not None and found.type in types:
                        return found
                raise UndeterminedError(path)
            for type_ in types:
                found = self._index(type_).get(_bare(value))
                if found is not None:
                    return found
        return next((found for found in self._nameless(source, path) if found.type in types), None)

    def once(self, compute: Callable[[Stack], T]) -> T:
        """What ``compute`` answers about this stack, computed once however many controls and resources ask."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        return self._computed[compute]

    def _references(self, type_: str, path: str) -> dict[str, list[Resource]]:
        """The resources of a type by what their property at ``path`` names: a value, or the URN that it comes from."""
        key = type_, path
        if key not in self._referring:
            index: defaultdict[str, list[Resource]] = defaultdict(list)
            for resource in self._by_type.get(type_, ()):
                for value in values_at(resource, path):
                    nameless = (found.urn for found in self._nameless(resource, path))
                    for name in origins(resource, path) if value is UNKNOWN else (_bare(value), *nameless):
                        index[name].append(resource)
            self._referring[key] = index
        return self._referring[key]

    def _nameless(self, source: Resource, path: str) -> Iterator[Resource]:
        """Where the value at ``path`` comes from, of what a provider gave no id to tell it by."""
        found = (self.by_urn.get(urn) for urn in origins(source, path))
        return (resource for resource in found if resource is not None and "id" not in resource.outputs)

    def _index(self, type_: str) -> dict[str, Resource]:
        if type_ not in self._named:
            self._named[type_] = {
                name: resource for resource in self._by_type.get(type_, ()) for name in _identities(resource)
            }
        return self._named[type_]


def values_at(resource: Resource, path: str) -> list[Any]:
    """The scalars at ``path``, which may hold ``[*]``; a list there is taken apart, unknowns are `UNKNOWN`.

    Empty texts are none, see `Resource.raw`.
    """
    return values_in(resource.properties, path)


def values_in(properties: Mapping[str, Any], path: str) -> list[Any]:
    """`values_at`, of plain values such as a resource's outputs."""
    values: list[Any] = [properties]
    for part in path.split("[*]"):
        found = (at(value, parse_path(part)) for value in values)
        values = [item for value in found for item in (value if isinstance(value, list) else [value])]
    return [value for value in values if value not in (None, "") and not isinstance(value, dict | list)]


def paths_at(resource: Resource, path: str) -> list[str]:
    """The paths that ``path`` stands for: ``rules[*].status`` is ``rules[0].status``, ``rules[1].status`` ...

    Raises:
        UndeterminedError: how many there are is not known yet.
    """
    first, *others = path.split("[*]")
    paths = [first]
    for part in others:
        lists = [(each, resource.get(each)) for each in paths]
        paths = [
            f"{each}[{index}]{part}" for each, value in lists if isinstance(value, list) for index in range(len(value))
        ]
    return paths


def origins(resource: Resource, path: str) -> Collection[str]:
    """URNs of the resources that the value at ``path`` comes from; the engine tells them per top-level property.

    A resource may pass an input through under the same name, as a key signing key does with ``hostedZoneId``: then also
    where that input comes from.
    """
    top = str(parse_path(path.partition("[*]")[0])[0])
    direct = resource.dependencies.get(top, ())
    through = [found for urn in direct if resource.stack and (found := resource.stack.by_urn.get(urn))]
    passed = {urn for each in through if each.type != resource.type for urn in origins(each, top)}
    return (*direct, *sorted(passed.difference(direct)))


def _bare(value: Any) -> Any:
    """A bucket's name in place of its ARN, which has neither region nor account: ``arn:aws:s3:::NAME/KEY``."""
    if isinstance(value, str) and ":s3:::" in value:
        return value.partition(":::")[2].partition("/")[0]
    return value


def _identities(resource: Resource) -> set[str]:
    both = (resource.properties, resource.outputs)
    found = (values.get(key) for values in both for key in _IDENTITIES)
    return {name for name in found if isinstance(name, str) and name}
