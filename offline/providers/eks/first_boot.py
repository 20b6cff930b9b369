"""What a node of Amazon Linux 2023 is told at its first boot: the parts that nodeadm puts together."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

import yaml

from offline.providers.eks.parts import Inputs

_NODE_CONFIG: Final = {"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig"}
_FOR_NODEADM: Final = "application/node.eks.aws"
_SCRIPT: Final = 'text/x-shellscript; charset="us-ascii"'


def user_data(cluster: Mapping[str, Any], given: Inputs) -> str:
    """In base64: the cluster that the node joins, flags of its kubelet, and the program's own script.

    Args:
        cluster: name, apiServerEndpoint, certificateAuthority, cidr.
        given: what the program says of the nodes.
    """
    if given.get("nodeUserDataOverride"):
        return _encoded(given["nodeUserDataOverride"])
    parts = [(_FOR_NODEADM, _config({"cluster": dict(cluster)}))]
    if flags := _flags(given):
        parts.append((_FOR_NODEADM, _config({"kubelet": {"flags": flags}})))
    if given.get("nodeUserData"):
        parts.append((_SCRIPT, given["nodeUserData"]))
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="BOUNDARY"\n\n'
    body = "".join(f"--BOUNDARY\nContent-Type: {type_}\n\n{content}\n" for type_, content in parts)
    return _encoded(f"{head}{body}--BOUNDARY--\n")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _config(spec: Mapping[str, Any]) -> str:
    return "---\n" + yaml.safe_dump({**_NODE_CONFIG, "spec": spec}, sort_keys=False)


def _flags(given: Inputs) -> list[str]:
    labels = ",".join(f"{key}={value}" for key, value in (given.get("labels") or {}).items())
    taints = ",".join(_taint(key, each) for key, each in (given.get("taints") or {}).items())
    own = given["kubeletExtraArgs"].split(" ") if given.get("kubeletExtraArgs") else []
    return own + [f"--node-labels={labels}"] * bool(labels) + [f"--register-with-taints={taints}"] * bool(taints)


def _taint(key: str, taint: Mapping[str, str]) -> str:
    return f"{key}={taint['value']}:{taint['effect']}" if taint.get("value") else f"{key}:{taint['effect']}"
