"""Security Hub: what the account is checked against, and notices of what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import securityhub

from aws_facts.security_standards import STANDARDS
from components.audit.settings import Audit
from components.core.context import Severity, StackContext
from components.core.notices import EventNotice, Notices


def failed(label: str) -> EventNotice:
    """A check of Security Hub's own that fails with this severity, until somebody sets its workflow status.

    What GuardDuty, Inspector and the others found reaches people from them. One event has one finding
    (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html).
    """
    return EventNotice(
        pattern={
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {
                "findings": {
                    "ProductName": ["Security Hub"],
                    "Compliance": {"Status": ["FAILED"]},
                    "Severity": {"Label": [label]},
                    "Workflow": {"Status": ["NEW"]},
                    "RecordState": ["ACTIVE"],
                }
            },
        },
        paths={
            "control": "$.detail.findings[0].Compliance.SecurityControlId",
            "resource": "$.detail.findings[0].Resources[0].Id",
        },
        message="Security Hub's control <control> fails: <resource>.",
    )


FAILED: Mapping[str, tuple[Severity, EventNotice]] = {
    "check-critical": ("critical", failed("CRITICAL")),
    "check-high": ("warning", failed("HIGH")),
}
"""Role -> topic and event."""


@dataclass(frozen=True, kw_only=True)
class SecurityHubArgs:
    """What Security Hub needs.

    Attributes:
        settings: whose it is, and the standards.
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    settings: Audit
    runbook: str


class SecurityHub(pulumi.ComponentResource):
    """The one Security Hub that the account has in the Region, its standards, and notices of checks that fail.

    AWS Config, GuardDuty, Inspector and IAM Access Analyzer send it their findings without being asked
    (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-internal-providers.html). Its checks are rules
    of AWS Config, so that a recorder comes first
    (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-setup-prereqs.html).
    """

    def __init__(self, name: str, args: SecurityHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:audit:SecurityHub", name, None, opts)
        self.name = name
        self.args = args
        prefix = args.context.environment.prefix
        if args.settings.security_hub == "stack":
            self.hub()
        tags = args.context.environment.tags(component="audit", data_class="confidential")
        add = Notices(context=args.context, tags=tags, parent=self, runbook=args.runbook).add
        for role, (severity, notice) in FAILED.items():
            add(f"{name}-{role}", severity, notice, name=f"{prefix}-{role}")
        self.register_outputs({})

    def hub(self) -> None:
        """One finding for a control, however many standards ask for it; AWS's choice of standards isn't taken."""
        account = securityhub.Account(
            self.name,
            enable_default_standards=False,
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            opts=pulumi.ResourceOptions(parent=self),
        )
        environment = self.args.context.environment
        for standard in self.args.settings.standards:
            securityhub.StandardsSubscription(
                f"{self.name}-{standard}",
                standards_arn=f"arn:{environment.partition}:securityhub:{environment.region}::{STANDARDS[standard]}",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[account]),
            )
