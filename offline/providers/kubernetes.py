"""The Kubernetes provider's operations: any kind, kept in the mock cloud under its own account."""

# ruff: noqa: ARG002 - the protocol of a package says what its operations take

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from offline.cloud.store import Cloud, Draft, Stored
from offline.outputs.seeded_random import SeededRandom
from offline.provider import Difference, OfflineError, State, Target, compare, top
from offline.schema.catalogue import resource_type
from offline.schema.validation import Failure, check
from offline.wire.values import UNKNOWN, Properties

_AUTONAMED: Final = "pulumi.com/autonamed"
_CLUSTER_WIDE: Final = [
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "PersistentVolume",
    "StorageClass",
    "IngressClass",
    "PriorityClass",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "Node",
    "CSIDriver",
    "RuntimeClass",
]
_FIXED: Final = ("kind", "apiVersion", "metadata.name", "metadata.namespace", "spec.selector", "spec.clusterIP", "type")
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_GIVEN: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
"""The namespaces that every cluster comes with."""


class Kubernetes:
    """Implements `Provider` for pulumi-kubernetes."""

    name = "kubernetes"
    remembers = True

    def __init__(self, cloud: Cloud, version: str) -> None:
        self.cloud = cloud
        self.version = version

    def check_config(self, config: Properties) -> list[Failure]:
        """Nothing: without a cluster there is nothing to be wrong about."""
        return []

    def check(self, target: Target, old: Properties, new: Properties) -> tuple[Properties, list[Failure]]:
        """Validated inputs with a generated name and the default namespace."""
        inputs = dict(new)
        kind = target.type.rsplit(":", 1)[-1]
        if target.type == _RELEASE:
            inputs.setdefault("name", old.get("name") or _suffixed(target))
            inputs.setdefault("namespace", "default")
            return inputs, check(resource_type(target.type), new)
        if kind.endswith(("List", "Patch")) or kind in {"ConfigFile", "ConfigGroup", "Chart", "Directory"}:
            return inputs, []
        metadata = dict(inputs.get("metadata") or {})
        if "name" not in metadata and "generateName" not in metadata:
            metadata["name"] = (old.get("metadata") or {}).get("name") or _suffixed(target)
            metadata["annotations"] = {**(metadata.get("annotations") or {}), _AUTONAMED: "true"}
        if kind not in _CLUSTER_WIDE and "namespace" not in metadata:
            metadata["namespace"] = target.config.get("namespace") or "default"
        inputs["metadata"] = metadata
        return inputs, check(resource_type(target.type), new)

    def diff(self, target: Target, old: Properties, new: Properties) -> Difference:
        """Changed paths; names, namespaces and selectors replace."""
        changes = compare(old, new)
        replaces = frozenset(path for path in changes if path.startswith(_FIXED) and top(path) != "values")
        autonamed = _AUTONAMED in ((new.get("metadata") or {}).get("annotations") or {})
        return Difference(changes=changes, replaces=replaces, delete_first=not autonamed)

    def create(self, target: Target, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """The object with the metadata that an API server adds."""
        metadata = dict(inputs.get("metadata") or {})
        name, namespace = metadata.get("name", inputs.get("name")), metadata.get("namespace", inputs.get("namespace"))
        id_ = f"{namespace}/{name}" if namespace else str(name)
        outputs = {**inputs, **({"metadata": metadata} if metadata else {})}
        rng = SeededRandom(target.urn, json.dumps(inputs, sort_keys=True))
        if target.type == _RELEASE:
            outputs["status"] = UNKNOWN if preview else _release_status(inputs)
        elif preview:
            metadata |= {
                "uid": UNKNOWN,
                "resourceVersion": UNKNOWN,
                "generation": UNKNOWN,
                "creationTimestamp": UNKNOWN,
            }
        else:
            metadata |= {
                "uid": rng.uuid(),
                "resourceVersion": str(1000 + rng.number(9_000_000)),
                "generation": 1,
                "creationTimestamp": "2026-11-02T03:04:05Z",
            }
            outputs |= _status(target.type, id_, rng)
        if preview:
            return "", outputs
        draft = self._draft(target, id_, inputs, outputs)
        with self.cloud.transaction():
            if self.cloud.find(draft.account, target.type, id_) is not None:
                kind = target.type.rsplit(":", 1)[-1]
                raise OfflineError(f'{kind.lower()}s "{name}" already exists in {namespace or "the cluster"}')
            self.cloud.add(draft)
        return id_, outputs

    def _draft(self, target: Target, id_: str, inputs: Properties, outputs: Properties) -> Draft:
        return Draft(
            account=f"kubernetes/{_cluster(target.config)}",
            region="",
            type=target.type,
            id=id_,
            urn=target.urn,
            inputs=inputs,
            outputs=outputs,
        )

    def _find(self, target: Target, id_: str) -> Stored | None:
        return self.cloud.find(f"kubernetes/{_cluster(target.config)}", target.type, id_, target.urn)

    def read(self, target: Target, id_: str, state: State) -> tuple[str, Properties, Properties] | None:
        """The object as it is now."""
        found = self._find(target, id_)
        if found is None and target.type == _NAMESPACE and id_ in _GIVEN:
            inputs: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": id_}}
            return id_, inputs, {**inputs, **_status(target.type, id_, SeededRandom(id_))}
        return (found.id, found.inputs, found.outputs) if found else None

    def update(self, target: Target, id_: str, old: State, new: Properties, *, preview: bool) -> Properties:
        """The object with other content and the next generation."""
        before = old[1].get("metadata") or {}
        metadata = {**{key: value for key, value in before.items() if key in {"uid", "creationTimestamp"}}}
        outputs = {**{key: value for key, value in old[1].items() if key == "status"}, **new}
        if "metadata" in new:
            generation = before.get("generation")
            metadata |= {**new["metadata"], "generation": generation + 1 if isinstance(generation, int) else 1}
            outputs["metadata"] = metadata
        if not preview and (found := self._find(target, id_)) is not None:
            with self.cloud.transaction():
                self.cloud.change(found.number, self._draft(target, id_, new, outputs))
        return outputs

    def delete(self, target: Target, id_: str) -> None:
        """Remove the object."""
        with self.cloud.transaction():
            if (found := self._find(target, id_)) is not None:
                self.cloud.remove(found.number)

    def invoke(self, token: str, arguments: Properties, config: Properties) -> tuple[Properties, list[Failure]]:
        """Manifests are decoded as the provider does; charts cannot be rendered without their files."""
        if token == "kubernetes:yaml:decode":  # noqa: S105 - a function's name
            import yaml

            documents = [item for item in yaml.safe_load_all(str(arguments.get("text", ""))) if item]
            return {"result": documents}, []
        if token == "kubernetes:helm:template":  # noqa: S105
            return {"result": []}, []
        raise OfflineError(f"{token} is not available offline")


def _suffixed(target: Target) -> str:
    return target.proposed_name or f"{target.name}-{SeededRandom(target.seed, target.name).text('hex', 8)}"


def _cluster(config: Mapping[str, Any]) -> str:
    """A short name for the cluster that a kubeconfig points to."""
    kubeconfig = config.get("kubeconfig") or config.get("cluster") or "default"
    text = kubeconfig if isinstance(kubeconfig, str) else json.dumps(kubeconfig, sort_keys=True)
    return SeededRandom(text).text("hex", 12)


def _status(type_: str, id_: str, rng: SeededRandom) -> Properties:
    """What controllers report: a load balancer's address, ready replicas."""
    kind = type_.rsplit(":", 1)[-1]
    host = f"k8s-{id_.replace('/', '-')}-{rng.text('hex', 10)}.ap-southeast-3.elb.amazonaws.com"
    if kind in {"Service", "Ingress"}:
        return {"status": {"loadBalancer": {"ingress": [{"hostname": host}]}}}
    if kind == "Namespace":
        return {"status": {"phase": "Active"}}
    return {}


def _release_status(inputs: Properties) -> Properties:
    return {
        "status": "deployed",
        "name": inputs.get("name"),
        "namespace": inputs.get("namespace"),
        "chart": inputs.get("chart"),
        "version": inputs.get("version") or "1.0.0",
        "appVersion": inputs.get("version") or "1.0.0",
        "revision": 1,
    }
