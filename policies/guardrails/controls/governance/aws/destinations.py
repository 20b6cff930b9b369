"""Where data is sent in words that are no ARN: names of Regions, other hosts than AWS's, profiles of models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from guardrails.model.arn import is_region, regions_of_hosts
from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.regions import comes_from_aws, foreign_region
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError, leaves, property_name

_LAW = References(iso27001=("A.5.14", "A.5.31"), indonesia=("PP 71/2019 20", "UU PDP 56"))
_NO_DATA = (
    "aws:account/region:", "aws:arczonalshift/", "aws:cfg/aggregateAuthorization:", "aws:cfg/configurationAggregator:",
    "aws:ec2/vpcIpam", "aws:organizations/", "aws:route53/healthCheck:", "aws:route53/record:", "aws:uxc/",
)  # fmt: skip
"""Types whose Regions say where something is looked at or counted, not where data goes."""


@control(
    id="RES-AWS-010",
    title="Every Region that a property names is allowed",
    why="A Region's bare name as a destination, a replica, a backup or a witness takes data there.",
    fix="Name an allowed Region, or leave the property out.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_LAW,
)
def named_regions_are_allowed(resource: Resource, context: Context) -> Findings:
    """Values that are a Region's name, at any depth; the resource's own region is asked about by RES-AWS-002."""
    if resource.type.startswith(_NO_DATA) or resource.type in context.parameters["globalExceptions"]:
        return
    for path, value in leaves(resource.properties):
        if path in ("region", "id") or path.startswith(("tags", "__")):
            continue
        if value is UNKNOWN and "egion" in property_name(path) and not comes_from_aws(resource, path):
            yield UndeterminedError(path)
        elif isinstance(value, str) and is_region(value) and value not in context.parameters["allowedRegions"]:
            yield Violation(foreign_region(value, context), path)


_HOSTS: Mapping[str, tuple[str, ...]] = {
    "aws:appsync/dataSource:DataSource": ("httpConfig.endpoint",),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": ("invocationEndpoint",),
    "aws:datasync/locationAzureBlob:LocationAzureBlob": ("containerUrl",),
    "aws:datasync/locationHdfs:LocationHdfs": ("nameNodes[*].hostname",),
    "aws:datasync/locationObjectStorage:LocationObjectStorage": ("serverHostname",),
    "aws:datasync/locationSmb:LocationSmb": ("serverHostname",),
    "aws:datasync/nfsLocation:NfsLocation": ("serverHostname",),
    "aws:emrserverless/application:Application": (
        "monitoringConfiguration.prometheusMonitoringConfiguration.remoteWriteUrl",
    ),
    "aws:iot/topicRule:TopicRule": ("https[*].url", "https[*].confirmationUrl", "errorAction.https.url"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
        "httpEndpointConfiguration.url", "splunkConfiguration.hecEndpoint", "snowflakeConfiguration.accountUrl",
    ),
    "aws:sns/topicSubscription:TopicSubscription": ("endpoint",),
}  # fmt: skip
"""Where a service sends data to a host: type -> paths."""


@control(
    id="RES-AWS-011",
    title="Services deliver data to allowed hosts only",
    why="What a host outside AWS receives has left the country's Region, and no control sees it again.",
    fix="Deliver to a resource of an allowed Region, or list the host in allowedHosts.",
    severity=Severity.HIGH,
    types=tuple(_HOSTS),
    parameters={
        "allowedHosts": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Hosts outside AWS that may receive data; a leading dot is any host below a domain.",
        }
    },
    references=_LAW,
)
def data_goes_to_allowed_hosts(resource: Resource, context: Context) -> Findings:
    """Hosts of AWS are judged by their Region (RES-AWS-009)."""
    for path in _HOSTS[resource.type]:
        for value in values_at(resource, path):
            where = path.replace("[*]", "")
            if value is UNKNOWN:
                yield UndeterminedError(where)
            elif isinstance(value, str) and (host := _host(value)) and not _is_allowed(host, context):
                yield Violation(f"host {host} is neither AWS's in an allowed Region nor in allowedHosts", where)


_URL = re.compile(r"(?:[a-z]+://(?:[^/@]*@)?)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?::\d+)?(?:/.*)?", re.IGNORECASE)


def _host(text: str) -> str:
    """The host of a URL or of a bare host name; empty for what is none, such as an ARN or a mail address."""
    found = _URL.fullmatch(text)
    return found[1].lower() if found else ""


def _is_allowed(host: str, context: Context) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        allowed = context.parameters["allowedHosts"]
        named = any(host == each or (each.startswith(".") and host.endswith(each)) for each in allowed)
        return named or bool(regions_of_hosts(host))


_PROFILE = re.compile(r"(?:^|/)(?P<geography>us|us-gov|eu|apac|jp|au|ca|in|sa|global)\.[a-z0-9-]+\.[a-z0-9]")


@control(
    id="RES-AWS-012",
    title="No model is used through a cross-Region inference profile",
    why="A profile of a geography answers prompts in any of its Regions.",
    fix="Name the model itself where the Region has it, or a profile of an allowed Region.",
    severity=Severity.HIGH,
    types=("aws:bedrock/*", "aws:bedrockfoundation/*", "aws:bedrockmodel/*", "aws:lex/*", "aws:sagemaker/*"),
    references=_LAW,
)
def models_answer_here(resource: Resource, _: Context) -> Findings:
    """Ids of system-defined inference profiles begin with their geography: apac., global., us. and others."""
    for path, value in resource.every_leaf:
        found = _PROFILE.search(value) if isinstance(value, str) and "odel" in path else None
        if found:
            yield Violation(f"inference profiles of {found['geography']} answer in other Regions", path)
        elif value is UNKNOWN and "odel" in path.rpartition(".")[2]:
            yield UndeterminedError(path)
