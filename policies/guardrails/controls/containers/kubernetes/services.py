"""Kubernetes services and ingresses: what is reached from outside the cluster."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import network_boundary
from guardrails.model.resource import Resource
from guardrails.model.values import leaves
from guardrails.services.kubernetes import HELM_RELEASE, Object, objects, types_of

_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_INTERNAL = {
    _SCHEME: "internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
}
"""Annotations of the AWS load balancer controller, and of the one in Kubernetes, that keep a load balancer private."""
_TYPE = 'metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-type"]'


def _faces_internet(service: Object) -> bool:
    """Whether a load balancer of the service is public, as it is unless told; the AWS controller's is internal then.

    Source: kubernetes-sigs.github.io/aws-load-balancer-controller, guide/service/nlb, "secure by default".
    """
    stated = {name: service.get(f'metadata.annotations["{name}"]') for name in _INTERNAL}
    if any(stated.values()):
        return not any(str(stated[name]) == value for name, value in _INTERNAL.items())
    is_theirs = service.get("spec.loadBalancerClass") in ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
    return not is_theirs and service.get(_TYPE) not in ("external", "nlb-ip")


@control(
    id="LP-KUBERNETES-004",
    title="Services are reached through the ingress only",
    why="A load balancer or a port of a service's own is past the web ACL and the logs of the ingress.",
    fix="Use type ClusterIP behind the ingress, or annotate the load balancer as internal.",
    severity=Severity.HIGH,
    types=(*types_of("Service"), HELM_RELEASE),
    references=network_boundary(),
)
def service_is_inside(resource: Resource, _: Context) -> Findings:
    """Load balancers that aren't internal, ports of nodes, and addresses outside that are routed to the service.

    Of a Helm release, values that ask for a load balancer on the internet.
    """
    if resource.type == HELM_RELEASE:
        for path, value in leaves(resource.raw("values"), "values"):
            if path.endswith(f'["{_SCHEME}"]') and value == "internet-facing":
                yield Violation("a load balancer on the internet leads to it", path)

    def judge(service: Object) -> Findings:
        kind = service.get("spec.type", "ClusterIP")
        if kind == "NodePort":
            yield Violation("a port of every node leads to it", service.at("spec.type"))
        elif kind == "LoadBalancer" and _faces_internet(service):
            yield Violation("a load balancer on the internet leads to it", service.at("spec.type"))
        if service.has("spec.externalIPs"):
            yield Violation("addresses outside the cluster lead to it", service.at("spec.externalIPs"))

    yield from each(objects(resource, ("Service",)), judge)


_ALB = "alb.ingress.kubernetes.io/"
_WEB_ACLS = ("wafv2-acl-arn", "wafv2-acl-name", "waf-acl-id")


@control(
    id="LP-KUBERNETES-007",
    title="Ingresses on the internet have a web ACL and a certificate",
    why="What faces the internet is attacked within minutes, and what travels without TLS can be read on the way.",
    fix=f"Set the annotations {_ALB}wafv2-acl-arn and {_ALB}certificate-arn, or {_ALB}scheme to internal.",
    severity=Severity.HIGH,
    types=types_of("Ingress"),
    references=network_boundary(),
)
def ingress_is_guarded(resource: Resource, _: Context) -> Findings:
    """Of the AWS load balancer controller, whose load balancers are internal unless they are told."""

    def judge(ingress: Object) -> Findings:
        if ingress.is_patch or _annotation(ingress, "scheme") != "internet-facing":
            return
        where = ingress.at("metadata.annotations")
        if not any(ingress.has(_path(name)) for name in _WEB_ACLS):
            yield Violation("no web ACL is named", where)
        listens = str(_annotation(ingress, "listen-ports"))
        if not (ingress.has(_path("certificate-arn")) or ingress.get("spec.tls") or "HTTPS" in listens):
            yield Violation("no certificate is named, so it speaks HTTP", where)

    yield from each(objects(resource, ("Ingress",)), judge)


def _path(annotation: str) -> str:
    return f'metadata.annotations["{_ALB}{annotation}"]'


def _annotation(ingress: Object, name: str) -> object:
    return ingress.get(_path(name))
