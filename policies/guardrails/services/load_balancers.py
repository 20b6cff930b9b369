"""Load balancers of both generations, under every name that their types have had."""

from __future__ import annotations

from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError

_MODULES = ("lb", "alb", "applicationloadbalancing", "elasticloadbalancingv2")


def _current(name: str) -> tuple[str, ...]:
    return tuple(f"aws:{module}/{name}:{name[0].upper()}{name[1:]}" for module in _MODULES)


LOAD_BALANCERS = _current("loadBalancer")
"""Application, network and gateway load balancers."""
LISTENERS = _current("listener")
LISTENER_RULES = _current("listenerRule")
TARGET_GROUPS = _current("targetGroup")
CLASSIC = ("aws:elb/loadBalancer:LoadBalancer", "aws:elasticloadbalancing/loadBalancer:LoadBalancer")
"""Load balancers of the previous generation."""
CLASSIC_TLS = (
    "aws:elb/sslNegotiationPolicy:SslNegotiationPolicy",
    "aws:elasticloadbalancing/sslNegotiationPolicy:SslNegotiationPolicy",
    "aws:elb/loadBalancerPolicy:LoadBalancerPolicy",
    "aws:elasticloadbalancing/loadBalancerPolicy:LoadBalancerPolicy",
)
"""Where those of the previous generation say which TLS they offer."""
EVERY_LOAD_BALANCER = (*LOAD_BALANCERS, *CLASSIC)


def is_application(balancer: Resource) -> bool:
    """Whether it is an application load balancer, which is what the provider makes of one that doesn't say.

    Raises:
        UndeterminedError: its kind is not known yet.
    """
    return balancer.type in LOAD_BALANCERS and balancer.get("loadBalancerType", "application") == "application"


def is_gateway(balancer: Resource) -> bool:
    """Whether it is a gateway load balancer: it takes packets from inside, and knows neither logs nor protocols.

    Raises:
        UndeterminedError: its kind is not known yet.
    """
    return balancer.type in LOAD_BALANCERS and balancer.get("loadBalancerType") == "gateway"


def protocol_of(listener: Resource) -> str | None:
    """A listener's protocol: HTTP unless it says otherwise, None for a gateway load balancer's, which has no port.

    Raises:
        UndeterminedError: it is not known yet.
    """
    said = listener.get("protocol")
    if said is None:
        return "HTTP" if listener.has("port") else None
    return str(said).upper()


def redirects_to_https(resource: Resource, path: str) -> bool:
    """Whether the actions at ``path``, of a listener or a rule, do nothing but redirect to HTTPS.

    Raises:
        UndeterminedError: what they do is not known yet.
    """
    actions = resource.get(path, [])
    if not isinstance(actions, list):
        raise UndeterminedError(path)
    return bool(actions) and all(
        resource.get(f"{path}[{index}].type") == "redirect"
        and str(resource.get(f"{path}[{index}].redirect.protocol", "#{protocol}")).upper() == "HTTPS"
        for index in range(len(actions))
    )
