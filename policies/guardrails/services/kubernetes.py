"""Kubernetes objects: of any API version, alone, as a patch or in a list; and the pods that they describe."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from guardrails.model.resource import Resource, Stack, origins
from guardrails.model.values import UNKNOWN, UndeterminedError, at

_TYPE = re.compile(r"kubernetes:(?P<group>[^/:]+)/(?P<version>[^:]+):(?P<kind>\w+?)(?P<form>List|Patch)?")
_ANY_LIST = "kubernetes:core/v1:List"
_POD_SPECS = {
    "Pod": "spec",
    "PodTemplate": "template.spec",
    "ReplicationController": "spec.template.spec",
    "Deployment": "spec.template.spec",
    "ReplicaSet": "spec.template.spec",
    "StatefulSet": "spec.template.spec",
    "DaemonSet": "spec.template.spec",
    "Job": "spec.template.spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
}
"""Where each kind describes its pods."""
WITH_PODS = tuple(_POD_SPECS)
HELM_RELEASE = "kubernetes:helm.sh/v3:Release"
"""What a chart makes of its values is known to Helm alone; the values are."""


def types_of(*kinds: str) -> tuple[str, ...]:
    """The type patterns of these kinds, for `Control.types`."""
    forms = ("", "Patch", "List")
    return (*(f"kubernetes:*:{kind}{form}" for kind in kinds for form in forms), _ANY_LIST)


@dataclass(frozen=True)
class Object:
    """One object: a resource, or an item of a list.

    Attributes:
        resource: that holds it.
        kind: such as ``Namespace``.
        path: where it stands in the resource; empty for the resource itself.
        is_patch: whether it only changes some fields of an object that is made elsewhere.
    """

    resource: Resource
    kind: str
    path: str
    is_patch: bool

    def at(self, path: str) -> str:
        """The path in the resource of a path in the object."""
        return f"{self.path}.{path}" if self.path else path

    def get(self, path: str, default: Any = None) -> Any:
        """As `Resource.get`."""
        return self.resource.get(self.at(path), default)

    def raw(self, path: str) -> Any:
        """As `Resource.raw`."""
        return self.resource.raw(self.at(path))

    def has(self, path: str) -> bool:
        """As `Resource.has`."""
        return self.resource.has(self.at(path))

    def items(self, path: str) -> list[str]:
        """The paths, in the object, of the elements of the list at ``path``."""
        value = self.get(path)
        return [f"{path}[{index}]" for index in range(len(value))] if isinstance(value, list) else []

    @property
    def name(self) -> str:
        """Its name; the one that Pulumi gave it where the program says none.

        Raises:
            UndeterminedError: it is not known yet.
        """
        name = self.get("metadata.name")
        if not name and not self.path:
            name = at(self.resource.outputs, ("metadata", "name"))
        if not name or name is UNKNOWN:
            raise UndeterminedError(self.at("metadata.name"))
        return str(name)


def objects(resource: Resource, kinds: Collection[str]) -> Iterator[Object]:
    """The objects of these kinds that a resource holds; none of custom resources that happen to have the same name."""
    found = _TYPE.fullmatch(resource.type)
    if found is None or ("." in found["group"] and not found["group"].endswith(".k8s.io")):
        return
    if found["kind"] == "List" or found["form"] == "List":
        for index, item in enumerate(resource.items("items")):
            kind = str(at(item, ("kind",))) if found["kind"] == "List" else found["kind"]
            if kind in kinds:
                yield Object(resource, kind, f"items[{index}]", is_patch=False)
    elif found["kind"] in kinds:
        yield Object(resource, found["kind"], "", is_patch=found["form"] == "Patch")


def all_objects(stack: Stack, kind: str) -> Iterator[Object]:
    """Every object of a kind in the stack."""
    for resource in stack:
        if resource.type == _ANY_LIST or (resource.type.startswith("kubernetes:") and kind in resource.type):
            yield from objects(resource, (kind,))


def is_in(inner: Object, namespace: Object) -> bool:
    """Whether an object is in a namespace of the stack.

    Raises:
        UndeterminedError: its namespace is not known yet, and doesn't come from this one.
    """
    stated = inner.raw("metadata.namespace")
    if stated is not UNKNOWN:
        return bool(stated) and stated == namespace.name
    if namespace.resource.urn in origins(inner.resource, inner.at("metadata.namespace")):
        return True
    raise UndeterminedError(inner.at("metadata.namespace"))


def pod_spec(holder: Object) -> str:
    """The path, in the object, of what it says of its pods."""
    return _POD_SPECS[holder.kind]


def containers(holder: Object, *lists: str) -> list[str]:
    """The paths, in the object, of its pods' containers: those that start first, that stay, and that look into it."""
    spec, every = pod_spec(holder), ("initContainers", "containers", "ephemeralContainers")
    return [path for name in lists or every for path in holder.items(f"{spec}.{name}")]
