"""Where logs and records of other services are delivered, one line of data each."""

from __future__ import annotations

from guardrails.buckets import BUCKETS
from guardrails.control import Context, Findings, Level, Severity, Violation, control
from guardrails.destinations import LAW, keep
from guardrails.load_balancers import EVERY_LOAD_BALANCER
from guardrails.resource import Resource

keep(
    "RES-ALB-001",
    "Load balancers' logs stay in allowed regions",
    EVERY_LOAD_BALANCER,
    "accessLogs.bucket",
    "connectionLogs.bucket",
    "healthCheckLogs.bucket",
    targets=BUCKETS,
)
keep(
    "RES-WAF-001",
    "Web ACLs log to allowed regions and accounts",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "logDestinationConfigs[*]",
    targets=BUCKETS,
)
keep(
    "RES-CONFIG-001",
    "AWS Config delivers to allowed regions",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    "s3BucketName",
    targets=BUCKETS,
)
keep(
    "RES-CONFIG-002",
    "AWS Config aggregates from and to allowed regions",
    (
        "aws:cfg/configurationAggregator:ConfigurationAggregator",
        "aws:cfg/aggregateAuthorization:AggregateAuthorization",
    ),
    "accountAggregationSource.regions[*]",
    "organizationAggregationSource.regions[*]",
    "authorizedAwsRegion",
)
keep(
    "RES-CLOUDWATCH-003",
    "Services deliver their logs to allowed regions and accounts",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "deliveryDestinationConfiguration.destinationResourceArn",
    targets=BUCKETS,
)
keep(
    "RES-ELASTICACHE-004",
    "Caches' logs stay in allowed regions and accounts",
    ("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster"),
    "logDeliveryConfigurations[*].destination",
)


@control(
    id="RES-CLOUDTRAIL-003",
    title="Event data stores say from which regions they collect",
    why="Unless told otherwise a store collects the events of every region; that should be a decision.",
    fix="Set multiRegionEnabled: true to watch the regions that nobody should use, false to keep to this one.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=("aws:cloudtrail/eventDataStore:EventDataStore",),
    references=LAW,
)
def event_data_store_is_deliberate(store: Resource, _: Context) -> Findings:
    if store.get("multiRegionEnabled") is None:
        yield Violation("not set, so it collects from every region", "multiRegionEnabled")
