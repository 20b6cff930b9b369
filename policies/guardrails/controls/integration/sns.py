"""SNS topics: encryption, topic policies, subscriptions and delivery logging."""

from __future__ import annotations

from urllib.parse import urlsplit

from guardrails.iam.sharing import not_public, not_shared
from guardrails.model.arn import regions_of_hosts
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import Criteria, key_management
from guardrails.model.regions import comes_from_aws, why_not_kept
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.destinations import LAW
from guardrails.shapes.properties import encrypt_with_customer_key
from guardrails.shapes.tls_policies import deny_plain_requests

_TOPIC = "aws:sns/topic:Topic"
_SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
_POLICIES = ("aws:sns/topicPolicy:TopicPolicy", _TOPIC)
_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 35", "UU PDP 39"))
_LOGGED = {
    "application": "application",
    "firehose": "firehose",
    "http": "http",
    "https": "http",
    "lambda": "lambda",
    "sqs": "sqs",
}
"""What a topic's properties call the protocols whose deliveries SNS can log; e-mail and SMS aren't among them."""

encrypt_with_customer_key(
    "ENC-SNS-001", "Topics", "aws:sns/topic:Topic", "kmsMasterKeyId", key_management(("CKV_AWS_26",), ("SNS.1",))
)


@control(
    id="RES-SNS-001",
    title="Topic subscriptions have allowed protocols and endpoints",
    why="E-mail, SMS and plain HTTP leave the country, to endpoints that no control sees.",
    fix="Use the protocol sqs, lambda, firehose or https, with an endpoint in an allowed region and account; name "
    "another in protocols only where all that topics deliver names no person, as alarms do.",
    severity=Severity.HIGH,
    types=("aws:sns/topicSubscription:TopicSubscription",),
    parameters={
        "protocols": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": ["sqs", "lambda", "firehose", "https"],
            "description": "The protocols over which a topic may deliver.",
        },
        "httpsHosts": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "The hosts besides AWS's own in allowed regions that a topic may deliver to over HTTPS.",
        },
    },
    references=LAW,
)
def subscription_stays(subscription: Resource, context: Context) -> Findings:
    protocols, protocol = context.parameters["protocols"], subscription.text("protocol")
    if protocol not in protocols:
        yield Violation(f"{protocol} is not one of {', '.join(protocols)}", "protocol")
    endpoint = subscription.raw("endpoint")
    if endpoint is UNKNOWN and not comes_from_aws(subscription, "endpoint"):
        yield UndeterminedError("endpoint")
    if isinstance(endpoint, str) and endpoint.startswith("arn:"):
        why = why_not_kept(endpoint, subscription, context)
        if why:
            yield Violation(why, "endpoint")
    elif isinstance(endpoint, str) and protocol == "https" and not _is_known(endpoint, context):
        yield Violation("nobody has decided that this host may get what is published (httpsHosts)", "endpoint")


def _is_known(endpoint: str, context: Context) -> bool:
    """Whether it is one of httpsHosts, or a host of AWS in allowed regions."""
    try:
        host = (urlsplit(endpoint).hostname or "").lower()
    except ValueError:  # no URL
        return False
    regions = regions_of_hosts(host) if host.endswith(_OF_AWS) else set[str]()
    return host in context.parameters["httpsHosts"] or (
        bool(regions) and regions <= set(context.parameters["allowedRegions"])
    )


_OF_AWS = (".amazonaws.com", ".on.aws", ".api.aws")


control(
    id="LP-SNS-001",
    title="Topic policies are not public",
    why="Anyone could read what is published, or publish what the platform then believes.",
    fix="Name principals in each Allow statement, or tie it to aws:SourceAccount, aws:SourceArn or aws:PrincipalOrgID.",
    severity=Severity.CRITICAL,
    types=_POLICIES,
    references=_references(checkov=("CKV_AWS_169",), security_hub=("SNS.4",)),
)(not_public)
control(
    id="LP-SNS-002",
    title="Topic policies grant access to allowed accounts only",
    why="Another account's administrators decide who uses the access that it is given.",
    fix="Remove the principal, or list its account in allowedAccounts.",
    severity=Severity.HIGH,
    types=_POLICIES,
    references=_references(checkov=("CKV_AWS_385",)),
)(not_shared)


@control(
    id="RSL-SNS-001",
    title="Topics have delivery status logging",
    why="Without it, a notification that couldn't be delivered is lost without a trace.",
    fix="Set PROTOCOLFailureFeedbackRoleArn (lambda, sqs, http, firehose or application) to a role that writes logs.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_TOPIC,),
    scope=Scope.STACK,
    references=References(security_hub=("SNS.2",), soc2=("CC7.2",), iso27001=("A.8.15",)),
)
def failed_deliveries_are_logged(topic: Resource, context: Context) -> Findings:
    """For each protocol that the stack has the topic deliver over; SNS logs nothing of e-mail, SMS and people's own."""

    def judge(subscription: Resource) -> Findings:
        protocol = _LOGGED.get(subscription.text("protocol"))
        if protocol and not topic.has(_role(protocol)):
            yield Violation("failed deliveries are not logged", _role(protocol))

    subscriptions = named_by(topic, context.everything, (_SUBSCRIPTION,), "topic", (_TOPIC,))
    yield from dict.fromkeys(each(subscriptions, judge))


def _role(protocol: str) -> str:
    return f"{protocol}FailureFeedbackRoleArn"


deny_plain_requests(
    "ENC-SNS-002", "Topic policies", ("aws:sns/topicPolicy:TopicPolicy", "aws:sns/topic:Topic"), "sns:Publish"
)
