"""Load balancers: TLS from clients and to targets."""

from __future__ import annotations

from aws_facts.load_balancers import CLASSIC_TLS_1_2_POLICIES, FORWARD_SECRET_POLICIES, TLS_1_2_POLICIES
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import PLAIN_TRANSPORT, in_transit
from guardrails.model.relations import named
from guardrails.model.resource import Resource, paths_at
from guardrails.services.load_balancers import (
    CLASSIC,
    CLASSIC_TLS,
    LISTENER_RULES,
    LISTENERS,
    TARGET_GROUPS,
    protocol_of,
    redirects_to_https,
)

_OLD_PROTOCOLS = frozenset({"Protocol-SSLv2", "Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1"})
_DEFAULT = "not set, so ELBSecurityPolicy-2016-08 with TLS 1.0 and 1.1 is used"


@control(
    id="ENC-ALB-001",
    title="Load balancer listeners use TLS",
    why=PLAIN_TRANSPORT,
    fix="Set protocol to HTTPS (network load balancers: TLS), or let an HTTP listener only redirect to HTTPS; on "
    "classic load balancers set lbProtocol to https or ssl.",
    severity=Severity.HIGH,
    types=(*LISTENERS, *CLASSIC),
    parameters={
        "passedThrough": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": ["TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"],
            "description": "Protocols of network load balancers that hand everything on, TLS of the targets included.",
        }
    },
    references=in_transit(("CKV_AWS_2", "CKV_AWS_376"), ("ELB.18", "ELB.3")),
)
def listener_speaks_tls(resource: Resource, context: Context) -> Findings:
    def judge(path: str) -> Findings:
        protocol = str(resource.get(path, "")).lower()
        if protocol not in ("https", "ssl"):
            yield Violation(f"{protocol}, expected https or ssl", path)

    if resource.type in CLASSIC:
        yield from each(paths_at(resource, "listeners[*].lbProtocol"), judge)
        return
    protocol = protocol_of(resource)
    if protocol in (None, "HTTPS", "TLS", *context.parameters["passedThrough"]):
        return
    if protocol != "HTTP" or not redirects_to_https(resource, "defaultActions"):
        yield Violation(f"{protocol}, expected HTTPS or TLS", "protocol")


@control(
    id="ENC-ALB-002",
    title="Load balancer listeners negotiate TLS 1.2 or later only",
    why="TLS 1.0 and 1.1 can be broken.",
    fix="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06 or another one of TLS 1.2 or 1.3 (classic load "
    "balancers: ELBSecurityPolicy-TLS-1-2-2017-01).",
    severity=Severity.HIGH,
    types=(*LISTENERS, *CLASSIC_TLS),
    references=in_transit(("CKV_AWS_103",), ("ELB.17", "ELB.8")),
)
def listener_offers_modern_tls(resource: Resource, _: Context) -> Findings:
    if resource.type in CLASSIC_TLS:
        yield from _classic_tls(resource)
    elif protocol_of(resource) in ("HTTPS", "TLS"):
        policy = resource.text("sslPolicy")
        if not policy or not TLS_1_2_POLICIES.match(policy):
            yield Violation(f"{policy} offers older versions" if policy else _DEFAULT, "sslPolicy")


def _classic_tls(policy: Resource) -> Findings:
    """The versions and the named policy that a classic load balancer's own policy sets, attribute by attribute."""
    if policy.get("policyTypeName", "SSLNegotiationPolicyType") != "SSLNegotiationPolicyType":
        return
    attributes = "policyAttributes" if policy.has("policyTypeName") else "attributes"

    def judge(path: str) -> Findings:
        name, value = policy.text(f"{path}.name"), str(policy.get(f"{path}.value"))
        if name == "Reference-Security-Policy" and not CLASSIC_TLS_1_2_POLICIES.match(value):
            yield Violation(f"{value} offers older versions", f"{path}.value")
        elif name in _OLD_PROTOCOLS and value.lower() == "true":
            yield Violation(f"{name.removeprefix('Protocol-')} is offered", path)

    yield from each(paths_at(policy, f"{attributes}[*]"), judge)


@control(
    id="ENC-ALB-003",
    title="Load balancer listeners have a security policy with forward secrecy",
    why="Without forward secrecy, whoever gets hold of the key reads all that was ever recorded.",
    fix="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06, or another one of TLS13-1-2 or TLS13-1-3 that is not "
    "called Ext1 or Ext2, or of FS.",
    severity=Severity.MEDIUM,
    types=LISTENERS,
    references=in_transit(("CKV2_AWS_74",)),
)
def listener_is_forward_secret(listener: Resource, _: Context) -> Findings:
    if protocol_of(listener) not in ("HTTPS", "TLS"):
        return
    policy = listener.text("sslPolicy")
    if not policy or not FORWARD_SECRET_POLICIES.match(policy):
        why = f"{policy} has ciphers without forward secrecy" if policy else _DEFAULT
        yield Violation(why, "sslPolicy")


@control(
    id="ENC-ALB-004",
    title="HTTP listeners redirect to HTTPS",
    why=PLAIN_TRANSPORT,
    fix="Make its only default action redirect with protocol HTTPS and port 443, and remove other rules.",
    severity=Severity.HIGH,
    types=(*LISTENERS, *LISTENER_RULES),
    scope=Scope.STACK,
    references=in_transit(("CKV2_AWS_20",), ("ELB.1",)),
)
def plain_listener_redirects(resource: Resource, context: Context) -> Findings:
    if resource.type in LISTENERS:
        if protocol_of(resource) == "HTTP" and not redirects_to_https(resource, "defaultActions"):
            yield Violation("its default action is no redirect to HTTPS", "defaultActions")
        return
    if redirects_to_https(resource, "actions"):
        return
    listener = named(context.everything, resource, "listenerArn", LISTENERS)
    if listener is not None and protocol_of(listener) == "HTTP":
        yield Violation("it is a rule of an HTTP listener, and no redirect to HTTPS", "actions")


@control(
    id="ENC-ALB-005",
    title="Target groups use TLS",
    why="Inside a network, too, what travels without TLS can be read by whoever got in.",
    fix="Set protocol to HTTPS (or TCP, where a network load balancer hands TLS on); the targets need a certificate, "
    "which may be self-signed.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(*TARGET_GROUPS, *CLASSIC),
    references=in_transit(("CKV_AWS_378",)),
)
def targets_speak_tls(resource: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        if str(resource.get(path, "")).upper() == "HTTP":
            yield Violation("HTTP, expected HTTPS", path)

    is_classic = resource.type in CLASSIC
    yield from each(paths_at(resource, "listeners[*].instanceProtocol") if is_classic else ["protocol"], judge)
