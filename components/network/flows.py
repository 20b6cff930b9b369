"""Flows: who may talk to whom, the data from which every security group rule is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KUBELET_PORT = 10250
"""TCP port of the kubelets."""
LARGEST_PORT = 65_535
WEBHOOK_PORTS = (4443, 8443, 9443, 10251)
"""Where admission webhooks and API extensions in a cluster listen for the control plane; 10251 is the metrics
server of the EKS add-on."""


@dataclass(frozen=True)
class Flow:
    """Traffic that ``source`` may start towards ``port`` of ``target``; replies are implied.

    It becomes an egress rule of the source and an ingress rule of the target, each where that end is a security group.

    Attributes:
        source: a security group or a peer, by name.
        target: a security group or a peer, by name.
        port: destination port.
        why: description of the rules, up to 255 characters
            (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html).
        protocol: tcp or udp.
    """

    source: str
    target: str
    port: int
    why: str
    protocol: Literal["tcp", "udp"] = "tcp"

    def __post_init__(self) -> None:
        """Refuse what is no port, before EC2 does.

        Raises:
            ValueError: it isn't a whole number of 1 to 65535.
        """
        if type(self.port) is not int or not 1 <= self.port <= LARGEST_PORT:
            valid = f"a whole number from 1 to {LARGEST_PORT}"
            raise ValueError(f"Flow {self.source} to {self.target}: port: got {self.port!r}; valid: {valid}")


def eks_cluster_flows(nodes: str, control_plane: str, service_port: int) -> tuple[Flow, ...]:
    """What passes between the nodes of an EKS cluster, and between them and its control plane.

    Args:
        nodes: the security group of nodes and pods.
        control_plane: the security group of the control plane.
        service_port: TCP port on which pods take requests of other pods.
    """
    return (
        Flow(nodes, nodes, service_port, "HTTPS between services"),
        Flow(nodes, nodes, KUBELET_PORT, "Metrics from the kubelets of other nodes"),
        Flow(nodes, nodes, 53, "Cluster DNS", "udp"),
        Flow(nodes, nodes, 53, "Cluster DNS, long answers"),
        Flow(nodes, control_plane, 443, "Kubernetes API"),
        Flow(control_plane, nodes, KUBELET_PORT, "Logs, exec and metrics from the kubelets"),
        *(Flow(control_plane, nodes, port, "Admission webhooks and API extensions") for port in WEBHOOK_PORTS),
    )
