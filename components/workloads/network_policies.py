"""Who may talk to whom inside the cluster: nobody, but for what every pod needs and what each service is for.

Security groups hold between nodes and everything else; these hold between pods. The network plugin enforces them.
Mounting files isn't here: the node does that, not the pod. Health checks of the kubelet are always let in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi_kubernetes.networking import v1

from components.tracing.agent import SAMPLING_PORT, TRACES_PORT
from components.workloads.labels import pods_of
from components.workloads.services_settings import Service

DNS: v1.NetworkPolicyPeerArgsDict = {
    "namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": "kube-system"}},
    "pod_selector": {"match_labels": {"k8s-app": "kube-dns"}},
}
IDENTITY_AGENT = "169.254.170.23/32"
"""Where each node hands its pods the credentials of their role."""
LINK_LOCAL = "169.254.0.0/16"
CACHE = "redis"
"""Kind of secret of the cache, which services reach with their role as well."""
EVERYBODY: v1.NetworkPolicyPeerArgsDict = {"pod_selector": {}}


def block(cidr: str, *excepted: str) -> v1.NetworkPolicyPeerArgsDict:
    """A range of addresses, but for some."""
    return {"ip_block": {"cidr": cidr, "except_": list(excepted)} if excepted else {"cidr": cidr}}


def tcp(*ports: int) -> list[v1.NetworkPolicyPortArgsDict]:
    """Ports of a rule."""
    return [{"protocol": "TCP", "port": port} for port in ports]


POD_RULES: Mapping[str, v1.NetworkPolicySpecArgsDict] = {
    "default-deny": {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
    "every-pod": {
        "pod_selector": {},
        "policy_types": ["Egress"],
        "egress": [
            {"to": [DNS], "ports": [{"protocol": "UDP", "port": 53}, *tcp(53)]},
            {"to": [block(IDENTITY_AGENT)], "ports": tcp(80)},
        ],
    },
}
"""Policies of the whole namespace."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """What services log in to, as its subnets and port.

    Attributes:
        cidrs: its subnets.
        port: TCP.
    """

    cidrs: Sequence[str]
    port: int


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is around the pods, as ranges of addresses.

    Attributes:
        vpc: of the VPC; endpoints of AWS's services are in it.
        load_balancer: subnets that the load balancer is in.
        peers: kind of secret, such as ``mysql`` -> what its holders log in to; ``redis`` is the cache.
        service_port: on which pods take TLS.
        health_port: on which pods answer health checks.
        service_ports: on which pods of services take TLS that have a port of their own.
    """

    vpc: str
    load_balancer: Sequence[str]
    peers: Mapping[str, Peer]
    service_port: int
    health_port: int = 8080
    service_ports: Sequence[int] = ()

    def port_of(self, service: Service) -> int:
        """On which the pods of a service take TLS."""
        return service.port or self.service_port


def service_policy(name: str, service: Service, around: Surroundings) -> v1.NetworkPolicySpecArgsDict:
    """What one service may be asked by, and what it may ask."""
    return {
        "pod_selector": {"match_labels": pods_of(name)},
        "policy_types": ["Ingress", "Egress"],
        "ingress": list(callers(service, around)),
        "egress": list(called(service, around)),
    }


def callers(service: Service, around: Surroundings) -> Iterator[v1.NetworkPolicyIngressRuleArgsDict]:
    """Other services and, of a public one, the load balancer; nobody calls a worker."""
    if service.kind == "worker":
        return
    port = around.port_of(service)
    yield {"from_": [EVERYBODY], "ports": tcp(port)}
    if service.path is not None:
        blocks = [block(cidr) for cidr in around.load_balancer]
        yield {"from_": blocks, "ports": tcp(port, around.health_port)}


def called(service: Service, around: Surroundings) -> Iterator[v1.NetworkPolicyEgressRuleArgsDict]:
    """Other services, AWS, the agent on its node, and database, cache and internet where it uses them."""
    yield {"to": [EVERYBODY], "ports": tcp(*around.service_ports or [around.service_port])}
    yield {"to": [block(around.vpc)], "ports": tcp(443, SAMPLING_PORT, TRACES_PORT)}
    used = {path.partition("/")[0] for path in service.secrets} | ({CACHE} if service.cache else set[str]())
    for kind, peer in around.peers.items():
        if kind in used:
            yield {"to": [block(cidr) for cidr in peer.cidrs], "ports": tcp(peer.port)}
    if service.partners or service.reads or service.writes:
        # S3's gateway endpoint answers on S3's public addresses.
        yield {"to": [block("0.0.0.0/0", around.vpc, LINK_LOCAL)], "ports": tcp(443)}
