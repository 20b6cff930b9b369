"""Data that services send to hosts outside AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from guardrails.model.arn import regions_of_hosts
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError, last_name

_LAW = References(iso27001=("A.5.14", "A.5.31"), indonesia=("PP 71/2019 20", "UU PDP 56"))
_ALLOWED_HOSTS = {
    "allowedHosts": {
        "laxer": "more",
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "Hosts outside AWS, and connectors of AppFlow, that may receive data; a leading dot is any host "
        "below a domain.",
    }
}
_HOSTS: Mapping[str, tuple[str, ...]] = {
    "aws:appflow/connectorProfile:ConnectorProfile": tuple(
        f"connectorProfileConfig.connectorProfileProperties.{name}.instanceUrl"
        for name in ("datadog", "dynatrace", "inforNexus", "marketo", "salesforce", "serviceNow", "slack", "veeva",
                     "zendesk")
    ),
    "aws:appsync/dataSource:DataSource": ("httpConfig.endpoint",),
    "aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase": (
        "storageConfiguration.mongoDbAtlasConfiguration.endpoint",
        "storageConfiguration.pineconeConfiguration.connectionString",
        "storageConfiguration.redisEnterpriseCloudConfiguration.endpoint",
    ),
    "aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget": (
        "targetConfiguration.http.passthrough.endpoint", "targetConfiguration.inference.provider.endpoint",
        "targetConfiguration.mcp.mcpServer.endpoint",
    ),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": ("invocationEndpoint",),
    "aws:datasync/locationAzureBlob:LocationAzureBlob": ("containerUrl",),
    "aws:datasync/locationHdfs:LocationHdfs": ("nameNodes[*].hostname",),
    "aws:datasync/locationObjectStorage:LocationObjectStorage": ("serverHostname",),
    "aws:datasync/locationSmb:LocationSmb": ("serverHostname",),
    "aws:datasync/nfsLocation:NfsLocation": ("serverHostname",),
    "aws:emrserverless/application:Application": (
        "monitoringConfiguration.prometheusMonitoringConfiguration.remoteWriteUrl",
    ),
    "aws:iot/topicRule:TopicRule": (
        "https[*].url", "https[*].confirmationUrl", "errorAction.http.url", "errorAction.http.confirmationUrl",
        'kafkas[*].clientProperties["bootstrap.servers"]', 'errorAction.kafka.clientProperties["bootstrap.servers"]',
    ),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
        "httpEndpointConfiguration.url", "splunkConfiguration.hecEndpoint", "snowflakeConfiguration.accountUrl",
        "redshiftConfiguration.clusterJdbcurl",
    ),
    "aws:mailmanager/relay:Relay": ("serverName",),
    "aws:medialive/channel:Channel": ("destinations[*].settings[*].url",),
    "aws:pinpoint/app:App": ("campaignHook.webUrl",),
    "aws:securitylake/subscriberNotification:SubscriberNotification": (
        "configuration.httpsNotificationConfiguration.endpoint",
    ),
    "aws:sns/topicSubscription:TopicSubscription": ("endpoint",),
    "aws:transfer/connector:Connector": ("url",),
}  # fmt: skip
"""Where a service sends data to a host: type -> paths."""
_SERVICES = {
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": "slack.com",
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": "teams.microsoft.com",
}
"""Types that send to one service outside AWS, whatever their properties."""
_FLOW, _CONNECTORS = "aws:appflow/flow:Flow", "destinationFlowConfigs[*].connectorType"
_OF_AWS = frozenset({"CustomerProfiles", "EventBridge", "LookoutMetrics", "Redshift", "S3"})
"""Connectors of AppFlow to services of AWS; each other one is a vendor's."""


@control(
    id="RES-AWS-011",
    title="Services deliver data to allowed hosts only",
    why="What a host outside AWS receives has left the country's Region, and no control sees it again.",
    fix="Deliver to a resource of an allowed Region, or list the host in allowedHosts.",
    severity=Severity.HIGH,
    types=(*_HOSTS, *_SERVICES, _FLOW),
    parameters=_ALLOWED_HOSTS,
    references=_LAW,
)
def data_goes_to_allowed_hosts(resource: Resource, context: Context) -> Findings:
    """Hosts of AWS are judged by their Region (RES-AWS-009)."""
    service = _SERVICES.get(resource.type)
    if service and service not in context.parameters["allowedHosts"]:
        yield Violation(f"it sends to {service}, which is not in allowedHosts")
    for value in values_at(resource, _CONNECTORS) if resource.type == _FLOW else ():
        if value is UNKNOWN:
            yield UndeterminedError("destinationFlowConfigs")
        elif value not in _OF_AWS and value not in context.parameters["allowedHosts"]:
            yield Violation(f"it sends to {value}, which is not in allowedHosts", "destinationFlowConfigs")
    for path in _HOSTS.get(resource.type, ()):
        for value in values_at(resource, path):
            where = path.replace("[*]", "")
            if value is UNKNOWN:
                yield UndeterminedError(where)
            elif isinstance(value, str):
                yield from _foreign(value, where, resource, context)


_SENDS = re.compile(r"(?:endpoint|url|uri|host|hostname|server|servername|broker|address)s?(?:name)?$")
_RECEIVES = re.compile(
    r"auth|badge|callback|custom|discovery|docker|feedback|git|icon|idp|image|issuer|jwks|key|logo|logout|mac|mail"
    r"|metadata|oidc|privacy|profile|proxy|redirect|registry|repositor|return|saml|schema|seed|source|support|template"
    r"|terms|token|trust|upstream|userinfo|website"
)
"""Names of hosts that people are sent to, or that something is fetched from, not sent to."""
_NO_DESTINATIONS = re.compile(
    r"^aws:(?:account|acm|alb|amplify|cloudfront|codebuild|cognito|devopsguru|directconnect|directoryservice|ec2\w*|ecr"
    r"|eks|globalaccelerator|iam|identitystore|imagebuilder|kendra|lambda|lb|networkfirewall|networkmanager|rds|route53"
    r"\w*|rum|s3\w*|ses\w*|ssm|ssoadmin|synthetics|waf\w*)/|^aws:batch/|^aws:cloudwatch/(?:dashboard|composite|metric|log|query)"
)
"""Services that send nothing to the hosts that their resources name, or whose hosts have controls of their own."""
_FROM_SOURCE = re.compile(r"(?:^|\.)sources?(?:[A-Z]\w*)?[.\[]")
"""A path below what says where data comes from."""
_LOG_OPTION = re.compile(r"\.logConfiguration\.options(?:\.|\[\")[\w-]*(?:url|address|host|endpoint)", re.IGNORECASE)


@control(
    id="RES-AWS-013",
    title="Hosts that the resources of any service name are allowed",
    why="What a host outside AWS receives has left the country's Region, and no control sees it again.",
    fix="Name a resource of an allowed Region or a host of the stack's own zones, or list the host in allowedHosts.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:*",),
    parameters=_ALLOWED_HOSTS,
    references=_LAW,
)
def named_hosts_are_allowed(resource: Resource, context: Context) -> Findings:
    """By the names of properties, besides those that RES-AWS-011 knows; a host of the stack's own zones is its own."""
    if resource.type in (*_HOSTS, *_SERVICES):
        return
    only_logs = bool(_NO_DESTINATIONS.match(resource.type)) or _is_inward(resource)
    for path, value in _named_hosts(resource, only_logs=only_logs):
        yield from _foreign(value, path, resource, context)


def _is_inward(resource: Resource) -> bool:
    """Whether what it names is a source of data, or lies behind a link into the VPC."""
    return resource.raw("connectionType") == "VPC_LINK" or resource.raw("endpointType") == "source"


def _named_hosts(resource: Resource, *, only_logs: bool) -> Iterator[tuple[str, str]]:
    for path, value in resource.every_leaf:
        if (
            isinstance(value, str)
            and "." in value
            and (_LOG_OPTION.search(path) or (not only_logs and _is_sent_to(path)))
        ):
            yield path, value


def _is_sent_to(path: str) -> bool:
    name = last_name(path)
    is_inward = "ontainerDefinitions" in path or _RECEIVES.search(name) or _FROM_SOURCE.search(path)
    return not is_inward and _SENDS.search(name) is not None


_URL = re.compile(
    r"(?:[a-z][a-z0-9+:.-]*:(?:thin:)?@?//(?:[^/@]*@)?)?(?P<host>[a-z0-9*_-]+(?:\.[a-z0-9*_-]+)+)(?::\d+)?(?:[/;?:].*)?",
    re.IGNORECASE,
)
_OF_A_VPC = (".internal", ".local")


def _foreign(text: str, path: str, resource: Resource, context: Context) -> Findings:
    """The hosts of a text that may not receive data: a URL, a host name, or several with commas between them."""
    for each in text.split(","):
        found = _URL.fullmatch(each.strip())
        host = found["host"].lower() if found else ""
        if host and not _is_allowed(host, context) and not _is_of_own_zone(host, resource, path):
            yield Violation(f"host {host} is neither AWS's in an allowed Region nor in allowedHosts", path)


def _is_allowed(host: str, context: Context) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        allowed = context.parameters["allowedHosts"]
        named = any(host == each or (each.startswith(".") and host.endswith(each)) for each in allowed)
        return named or bool(regions_of_hosts(host)) or host.endswith(_OF_A_VPC)


def _is_of_own_zone(host: str, resource: Resource, path: str) -> bool:
    """Whether a private zone of the stack has the host.

    Raises:
        UndeterminedError: the stack, which tells, isn't in view yet.
    """
    if resource.stack is None:
        raise UndeterminedError(path)
    names = [zone.raw("name") for zone in resource.stack.of_type("aws:route53/zone:Zone")]
    return any(isinstance(name, str) and f".{host}".endswith(f".{name.rstrip('.')}") for name in names)
