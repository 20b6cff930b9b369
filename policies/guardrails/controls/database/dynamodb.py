"""DynamoDB tables: encryption, recovery, protection and replication."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.references import CUSTOMER_KEY, RESIDENCY
from guardrails.model.resource import Resource
from guardrails.shapes.destinations import LAW, keep
from guardrails.shapes.properties import customer_key, forbid_type, require_value

_TABLE = "aws:dynamodb/table:Table"
_KEY = "serverSideEncryption.kmsKeyArn"


@control(
    id="ENC-DYNAMODB-001",
    title="Tables are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix=f"Set serverSideEncryption.enabled to true and {_KEY} to an aws:kms/key:Key.",
    severity=Severity.HIGH,
    types=(_TABLE,),
    references=References(checkov=("CKV_AWS_119",), soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
def table_has_customer_key(table: Resource, context: Context) -> Findings:
    if not table.get("serverSideEncryption.enabled"):
        yield Violation("a key that AWS owns is used, whatever kmsKeyArn says", "serverSideEncryption.enabled")
    else:
        yield from customer_key(table, _KEY, context)


@control(
    id="RSL-DYNAMODB-001",
    title="Tables have point-in-time recovery",
    why="Without it, a table that a faulty program overwrites is lost.",
    fix="Set pointInTimeRecovery.enabled to true, and recoveryPeriodInDays to minimumDays or more, or leave that out.",
    severity=Severity.HIGH,
    types=(_TABLE,),
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": 35,
            "default": 7,
            "description": "How far back a table can be restored at least, in days.",
        }
    },
    references=References(checkov=("CKV_AWS_28",), security_hub=("DynamoDB.2",), soc2=("A1.2",), iso27001=("A.8.13",)),
)
def table_can_be_restored(table: Resource, context: Context) -> Findings:
    """AWS's default is 35 days."""
    enabled, period = "pointInTimeRecovery.enabled", "pointInTimeRecovery.recoveryPeriodInDays"
    days, least = table.number(period, 35), context.parameters["minimumDays"]
    if not table.get(enabled):
        yield Violation("it is off", enabled)
    elif days < least:
        yield Violation(f"for {days} days only, at least {least} are expected", period)


require_value(
    "deletionProtectionEnabled",
    (True,),
    default=False,
    id="RSL-DYNAMODB-002",
    title="Tables have deletion protection",
    why="Deleting a table deletes its data, and one changed name replaces it.",
    fix="Set deletionProtectionEnabled to true.",
    severity=Severity.MEDIUM,
    types=(_TABLE,),
    references=References(security_hub=("DynamoDB.6",), soc2=("A1.2",), iso27001=("A.8.13",)),
)
keep(
    "RES-DYNAMODB-001", "Tables replicate to allowed regions only", "aws:dynamodb/table:Table", "replicas[*].regionName"
)
forbid_type(
    "it copies a table to another region",
    id="RES-DYNAMODB-002",
    title="No global tables",
    why=RESIDENCY,
    fix="Remove it and use point-in-time recovery within the region.",
    severity=Severity.HIGH,
    types=("aws:dynamodb/globalTable:GlobalTable", "aws:dynamodb/tableReplica:TableReplica"),
    references=LAW,
)
keep(
    "RES-DYNAMODB-003",
    "Changes and exports of tables go to allowed Regions and accounts",
    (
        "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
        "aws:dynamodb/tableExport:TableExport",
    ),
    "streamArn",
    "s3BucketOwner",
)
