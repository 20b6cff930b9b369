"""Notifications of backups that fail: events of AWS Backup, as sentences, to the topic of critical alarms."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.backup.vault import DESTROY, UNLOCK
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.notices import EventNotice, Notices

FAILED = ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]


def alarms(environment: Environment) -> dict[str, EventNotice]:
    """The alarms of a stack, by role."""
    vaults = [environment.arn("backup", f"backup-vault:{environment.prefix}-")]
    ours = [{"prefix": arn} for arn in vaults]
    return {
        "failed": EventNotice(
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["Backup Job State Change"],
                "detail": {"state": FAILED, "backupVaultArn": ours},
            },
            paths={"state": "$.detail.state", "resource": "$.detail.resourceArn", "why": "$.detail.statusMessage"},
            message="The backup of <resource> ended as <state>: <why>.",
        ),
        "restore-failed": EventNotice(
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["Restore Job State Change"],
                "detail": {"status": FAILED},
            },
            paths={"state": "$.detail.status", "resource": "$.detail.resourceType", "why": "$.detail.statusMessage"},
            message="A restore of <resource> ended as <state>: <why>. If nobody started it, it was the monthly test: "
            "until the next one succeeds, count on no backup.",
        ),
        # Anything that left the vault is a copy that nobody here asked for.
        "copied": EventNotice(
            pattern={"source": ["aws.backup"], "detail-type": ["Copy Job State Change"]},
            paths={
                "state": "$.detail.state",
                "resource": "$.detail.resourceArn",
                "target": "$.detail.destinationBackupVaultArn",
            },
            message="A copy of a backup of <resource> to <target> is <state>. No plan copies backups.",
        ),
        "touched": EventNotice(
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["backup.amazonaws.com"],
                    "eventName": sorted(action.removeprefix("backup:") for action in (*DESTROY, *UNLOCK)),
                },
            },
            paths={
                "action": "$.detail.eventName",
                "who": "$.detail.userIdentity.arn",
                "address": "$.detail.sourceIPAddress",
            },
            message="<who> called <action> from <address>: it takes away backups or what protects them.",
        ),
        "unmet": EventNotice(
            pattern={
                "source": ["aws.config"],
                "detail-type": ["Config Rules Compliance Change"],
                "detail": {
                    "configRuleARN": [
                        {"prefix": environment.arn("config", "config-rule/aws-service-rule/backup.amazonaws.com")}
                    ],
                    "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
                },
            },
            paths={"rule": "$.detail.configRuleName", "resource": "$.detail.resourceId"},
            message="<resource> no longer meets the backup control <rule>: it may have no recent backup.",
        ),
    }


@dataclass(frozen=True, kw_only=True)
class BackupAlarmsArgs:
    """What the alarms need.

    Attributes:
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    runbook: str


class BackupAlarms(pulumi.ComponentResource):
    """A rule for each kind of event, which writes to the topic."""

    def __init__(self, name: str, args: BackupAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:backup:BackupAlarms", name, None, opts)
        environment = args.context.environment
        tags = environment.tags(component="backup", data_class="internal")
        notices = Notices(context=args.context, tags=tags, parent=self, runbook=args.runbook)
        for role, alarm in alarms(environment).items():
            notices.add(f"{name}-{role}", "critical", alarm, name=f"{environment.prefix}-backup-{role}")
        self.register_outputs({})
