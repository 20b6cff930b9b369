"""Kubernetes services: what is reached from outside the cluster."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import network_boundary
from guardrails.model.resource import Resource
from guardrails.services.kubernetes import Object, objects, types_of

_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
}
"""Annotations of the AWS load balancer controller, and of the one in Kubernetes, that keep a load balancer private."""


@control(
    id="LP-KUBERNETES-004",
    title="Services are reached through the ingress only",
    why="A load balancer or a port of a service's own is past the web ACL and the logs of the ingress.",
    fix="Use type ClusterIP behind the ingress, or annotate the load balancer as internal.",
    severity=Severity.HIGH,
    types=types_of("Service"),
    references=network_boundary(),
)
def service_is_inside(resource: Resource, _: Context) -> Findings:
    """Load balancers that aren't internal, ports of nodes, and addresses outside that are routed to the service."""

    def judge(service: Object) -> Findings:
        kind = service.get("spec.type", "ClusterIP")
        annotations = {name: service.get(f'metadata.annotations["{name}"]') for name in _INTERNAL}
        if kind == "NodePort":
            yield Violation("a port of every node leads to it", service.at("spec.type"))
        elif kind == "LoadBalancer" and annotations.items().isdisjoint(_INTERNAL.items()):
            yield Violation("a load balancer on the internet leads to it", service.at("spec.type"))
        if service.has("spec.externalIPs"):
            yield Violation("addresses outside the cluster lead to it", service.at("spec.externalIPs"))

    yield from each(objects(resource, ("Service",)), judge)
