"""What looks for intruders and open doors: GuardDuty, IAM Access Analyzer, and notices of what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import accessanalyzer, guardduty

from components.audit.settings import Audit
from components.core.context import Severity, StackContext
from components.core.notices import EventNotice, Notices

FEATURES = ("EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS")
"""Protection plans (Regions: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_regions.html).

None takes anything of the stack: GuardDuty reads logs at their source, and snapshots of disks in the Region. Runtime
Monitoring isn't among them: it takes an agent on every node, which AWS documents up to Kubernetes 1.35
(https://docs.aws.amazon.com/guardduty/latest/ug/prereq-runtime-monitoring-eks-support.html).
"""
HIGH = 7
"""From here on GuardDuty calls a finding high or critical; from 4 on, medium
(https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html)."""
FINDING = {"severity": "$.detail.severity", "type": "$.detail.type", "id": "$.detail.id"}


def finding(severity: list[object]) -> EventNotice:
    """Findings of GuardDuty of these severities. Their titles may name users: the message has type and id."""
    return EventNotice(
        pattern={
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": severity}]},
        },
        paths=FINDING,
        message="GuardDuty found <type>: severity <severity>, finding <id>.",
    )


OF_GUARDDUTY: Mapping[str, tuple[Severity, EventNotice]] = {
    "threat-high": ("critical", finding([">=", HIGH])),
    "threat-medium": ("warning", finding([">=", 4, "<", HIGH])),
}
OF_ANALYZER: Mapping[str, tuple[Severity, EventNotice]] = {
    "external-access": (
        "critical",
        EventNotice(
            pattern={
                "source": ["aws.access-analyzer"],
                "detail-type": ["Access Analyzer Finding"],
                "detail": {"status": ["ACTIVE"]},
            },
            paths={"resource": "$.detail.resource", "public": "$.detail.isPublic", "id": "$.detail.id"},
            message="Somebody outside the account may use <resource>: public <public>, finding <id>.",
        ),
    ),
}
"""Role -> topic and event."""


@dataclass(frozen=True, kw_only=True)
class ThreatDetectionArgs:
    """What threat detection needs.

    Attributes:
        settings: whose detector and analyzer the account has.
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    settings: Audit
    runbook: str


class ThreatDetection(pulumi.ComponentResource):
    """The one detector that the account has in the Region, its analyzer of external access, and notices of both."""

    def __init__(self, name: str, args: ThreatDetectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:audit:ThreatDetection", name, None, opts)
        self.name = name
        self.context = args.context
        self.runbook = args.runbook
        self.tags = args.context.environment.tags(component="audit", data_class="confidential")
        if args.settings.guardduty == "stack":
            self.detector()
        if args.settings.guardduty != "none":
            self.notify(OF_GUARDDUTY)
        if args.settings.access_analyzer == "stack":
            self.analyzer()
        if args.settings.access_analyzer != "none":
            self.notify(OF_ANALYZER)
        if args.settings.unused_access_days is not None:
            self.unused_access(args.settings.unused_access_days)
        self.register_outputs({})

    def detector(self) -> None:
        """GuardDuty, with its protection plans; what is found again is published every quarter of an hour."""
        child = pulumi.ResourceOptions(parent=self)
        detector = guardduty.Detector(
            self.name,
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=self.tags("detector"),
            opts=child,
        )
        for feature in FEATURES:
            guardduty.DetectorFeature(
                f"{self.name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                opts=child,
            )

    def analyzer(self) -> None:
        """What opens a resource of the account to anybody outside it."""
        accessanalyzer.Analyzer(
            self.name,
            analyzer_name=f"{self.context.environment.prefix}-external-access",
            type="ACCOUNT",
            tags=self.tags("external-access"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def unused_access(self, days: int) -> None:
        """Roles, users and permissions that nobody used so long: Security Hub has its findings, nobody is woken."""
        accessanalyzer.Analyzer(
            f"{self.name}-unused-access",
            analyzer_name=f"{self.context.environment.prefix}-unused-access",
            type="ACCOUNT_UNUSED_ACCESS",
            configuration={"unused_access": {"unused_access_age": days}},
            tags=self.tags("unused-access"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def notify(self, notices: Mapping[str, tuple[Severity, EventNotice]]) -> None:
        """Each to its topic."""
        add = Notices(context=self.context, tags=self.tags, parent=self, runbook=self.runbook).add
        for role, (severity, notice) in notices.items():
            add(f"{self.name}-{role}", severity, notice, name=f"{self.context.environment.prefix}-{role}")
