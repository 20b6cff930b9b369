"""Log groups, subscriptions and metric streams: their key, and where they deliver."""

from __future__ import annotations

from guardrails.model.references import key_management
from guardrails.services.buckets import BUCKETS
from guardrails.shapes.destinations import keep
from guardrails.shapes.properties import encrypt_with_customer_key

keep(
    "RES-CLOUDWATCH-003",
    "Services deliver their logs to allowed regions and accounts",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "deliveryDestinationConfiguration.destinationResourceArn",
    targets=BUCKETS,
)
encrypt_with_customer_key(
    "ENC-CLOUDWATCH-001", "Log groups", "aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", key_management(("CKV_AWS_158",))
)
keep(
    "RES-CLOUDWATCH-001",
    "Logs are sent to allowed regions and accounts",
    ("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "aws:cloudwatch/logDestination:LogDestination"),
    "destinationArn",
    "targetArn",
)
keep(
    "RES-CLOUDWATCH-002",
    "Metrics are sent to allowed regions and accounts",
    ("aws:cloudwatch/metricStream:MetricStream", "aws:oam/link:Link"),
    "firehoseArn",
    "sinkIdentifier",
)
