"""What Spark's pods may talk to: each other, on Spark's ports, the Kubernetes API, and AWS."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_kubernetes.networking import v1

from components.spark.pods import PORTS
from components.workloads.network_policies import EVERYBODY, LINK_LOCAL, POD_RULES, block, tcp


def network_policies(vpc: str) -> Mapping[str, v1.NetworkPolicySpecArgsDict]:
    """Policies of the namespace, by name.

    Args:
        vpc: range of its addresses: the Kubernetes API and endpoints of AWS's services are in it.
    """
    return {
        **POD_RULES,
        "spark": {
            "pod_selector": {},
            "policy_types": ["Ingress", "Egress"],
            "ingress": [{"from_": [EVERYBODY], "ports": tcp(*PORTS)}],
            "egress": [
                {"to": [EVERYBODY], "ports": tcp(*PORTS)},
                {"to": [block(vpc)], "ports": tcp(443)},
                # S3's gateway endpoint answers on S3's public addresses.
                {"to": [block("0.0.0.0/0", vpc, LINK_LOCAL)], "ports": tcp(443)},
            ],
        },
    }
