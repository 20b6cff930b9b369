"""Patching: one maintenance window a week, in which Run Command installs what the baseline approves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssm

from components.core.context import Severity, StackContext
from components.core.environment import Environment
from components.core.iam import ANY, Statement
from components.core.log_group import log_group
from components.core.notices import EventNotice, Notices
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.patching.settings import Patching as PatchingSettings

COMPONENT = "patching"
GROUP_TAG = "PatchGroup"
"""The tag by which Patch Manager finds the baseline of a host; without a space, as instance metadata takes it
(https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html)."""
INSTALL = "AWS-RunPatchBaseline"
INVENTORY = "AWS-GatherSoftwareInventory"
CUTOFF_HOURS = 1
RULES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "CRITICAL": (("Security",), ("Critical", "Important")),
    "MEDIUM": (("Security",), ("Medium", "Low")),
    "LOW": (("Bugfix",), (ANY,)),
}
"""Compliance level of a missing patch -> classifications and severities that Amazon Linux 2023 gives its patches
(https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-create-a-patch-baseline-for-linux.html)."""
NOTICES: Mapping[str, tuple[Severity, EventNotice]] = {
    "host-not-compliant": (
        "warning",
        EventNotice(
            pattern={
                "source": ["aws.ssm"],
                "detail-type": ["Configuration Compliance State Change"],
                "detail": {"compliance-status": ["non_compliant"]},
            },
            paths={"host": "$.detail.resource-id", "kind": "$.detail.compliance-type"},
            message="Host <host> is not compliant: <kind>.",
        ),
    ),
    "maintenance-failed": (
        "warning",
        EventNotice(
            pattern={
                "source": ["aws.ssm"],
                "detail-type": ["Maintenance Window Execution State-change Notification"],
                "detail": {"status": ["CANCELLED", "FAILED", "TIMED_OUT"]},
            },
            paths={"window": "$.detail.window-id", "status": "$.detail.status", "run": "$.detail.window-execution-id"},
            message="Maintenance window <window> ended as <status>: run <run>.",
        ),
    ),
}
"""Role -> topic and event, of any host and window of the account
(https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html)."""


@dataclass(frozen=True, kw_only=True)
class PatchingArgs:
    """What patching needs.

    Attributes:
        settings: window and days.
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    settings: PatchingSettings
    runbook: str


class Patching(pulumi.ComponentResource):
    """The baseline of Amazon Linux 2023, the window, and what is done in it to hosts that carry the group's tag.

    Attributes:
        window_id: of the maintenance window, for further tasks.
        baseline_id: of the patch baseline.
    """

    window_id: pulumi.Output[str]
    baseline_id: pulumi.Output[str]

    def __init__(self, name: str, args: PatchingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:patching:Patching", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component=COMPONENT, data_class="internal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.baseline_id = self.baseline()
        self.window_id = self.window()
        self.install()
        self.inventory()
        self.notify()
        self.register_outputs({"windowId": self.window_id, "baselineId": self.baseline_id})

    def baseline(self) -> pulumi.Output[str]:
        """What is approved, and when, for the stack's group; hosts of no group keep AWS's own baseline."""
        settings = self.args.settings
        baseline = ssm.PatchBaseline(
            self.name,
            name=f"{self.environment.prefix}-al2023",
            description="Patches of Amazon Linux 2023: security at once, the rest once others have tried it",
            operating_system="AMAZON_LINUX_2023",
            approved_patches_compliance_level="HIGH",
            approval_rules=[
                {
                    "approve_after_days": settings.security_days if level == "CRITICAL" else settings.other_days,
                    "compliance_level": level,
                    "patch_filters": [
                        {"key": "CLASSIFICATION", "values": [*classifications]},
                        {"key": "SEVERITY", "values": [*severities]},
                    ],
                }
                for level, (classifications, severities) in RULES.items()
            ],
            tags=self.tags("al2023"),
            opts=self.child,
        )
        ssm.PatchGroup(
            self.name, baseline_id=baseline.id, patch_group=group_of(self.environment)[GROUP_TAG], opts=self.child
        )
        return baseline.id

    def window(self) -> pulumi.Output[str]:
        """When maintenance is done."""
        settings = self.args.settings
        return ssm.MaintenanceWindow(
            self.name,
            name=f"{self.environment.prefix}-maintenance",
            description="Patches of hosts, and nodes that are not yet of the release that the program pins",
            schedule=settings.schedule,
            schedule_timezone=self.args.context.time_zone,
            duration=settings.hours,
            cutoff=CUTOFF_HOURS,
            allow_unassociated_targets=False,
            tags=self.tags("maintenance"),
            opts=self.child,
        ).id

    def install(self) -> None:
        """Hosts one after the other, until one fails; their output goes to the log group."""
        logs = log_group(self.name, self.args.context, log_path(self.environment), self.tags("logs"), self)
        target = ssm.MaintenanceWindowTarget(
            self.name,
            window_id=self.window_id,
            name=f"{self.environment.prefix}-hosts",
            description=f"Hosts with the tag {GROUP_TAG} of the stack",
            resource_type="INSTANCE",
            targets=[{"key": f"tag:{tag}", "values": [value]} for tag, value in group_of(self.environment).items()],
            opts=self.child,
        )
        ssm.MaintenanceWindowTask(
            f"{self.name}-install",
            window_id=self.window_id,
            name=f"{self.environment.prefix}-install-patches",
            description="Installs approved patches, and restarts where one asks for it",
            task_type="RUN_COMMAND",
            task_arn=INSTALL,
            service_role_arn=self.role().arn,
            targets=[{"key": "WindowTargetIds", "values": [target.id]}],
            max_concurrency="1",
            max_errors="0",
            priority=1,
            cutoff_behavior="CONTINUE_TASK",
            task_invocation_parameters={
                "run_command_parameters": {
                    "comment": "Weekly patches",
                    "document_version": "$DEFAULT",
                    "timeout_seconds": 600,
                    "parameters": [
                        {"name": "Operation", "values": ["Install"]},
                        {"name": "RebootOption", "values": ["RebootIfNeeded"]},
                    ],
                    "cloudwatch_config": {
                        "cloudwatch_log_group_name": logs.name,
                        "cloudwatch_output_enabled": True,
                    },
                }
            },
            opts=self.child,
        )

    def role(self) -> ServiceRole:
        """The role of the task: this one document, on the stack's hosts."""
        environment = self.environment
        return ServiceRole(
            self.name,
            ServiceRoleArgs(
                environment=environment,
                service="ssm.amazonaws.com",
                description="Installs patches on the stack's hosts in the maintenance window",
                statements=[
                    Statement(
                        sid="RunOnHosts",
                        actions=["ssm:SendCommand"],
                        resources=[environment.arn("ec2", "instance/*")],
                        conditions={
                            "StringEquals": {
                                f"ssm:resourceTag/{tag}": value for tag, value in group_of(environment).items()
                            }
                        },
                    ),
                    Statement(
                        sid="RunDocument",
                        actions=["ssm:SendCommand"],
                        resources=[environment.arn("ssm", f"document/{INSTALL}", account="")],
                    ),
                    Statement(
                        sid="FollowCommands",
                        actions=[
                            "ssm:CancelCommand",
                            "ssm:GetCommandInvocation",
                            "ssm:ListCommandInvocations",
                            "ssm:ListCommands",
                        ],
                        resources=[ANY],
                        allow_any="a command that is followed or cancelled has no ARN of its own",
                    ),
                    Statement(
                        sid="FindHostsByTag",
                        actions=["tag:GetResources"],
                        resources=[ANY],
                        allow_any="it lists what carries a tag, and takes no narrower resource",
                    ),
                ],
                tags=self.tags("install"),
            ),
            self.child,
        )

    def inventory(self) -> None:
        """What is installed on the hosts, every half day; files and the registry of Windows are left out."""
        ssm.Association(
            f"{self.name}-inventory",
            name=INVENTORY,
            association_name=f"{self.environment.prefix}-inventory",
            schedule_expression="rate(12 hours)",
            compliance_severity="MEDIUM",
            targets=[{"key": f"tag:{tag}", "values": [value]} for tag, value in group_of(self.environment).items()],
            tags=self.tags("inventory"),
            opts=self.child,
        )

    def notify(self) -> None:
        """Hosts that aren't compliant, and windows that failed. SSM reports both as well as it can (best effort)."""
        add = Notices(context=self.args.context, tags=self.tags, parent=self, runbook=self.args.runbook).add
        for role, (severity, notice) in NOTICES.items():
            add(f"{self.name}-{role}", severity, notice, name=f"{self.environment.prefix}-{role}")


def group_of(environment: Environment) -> dict[str, str]:
    """The tag of the hosts that the stack patches: one of Patch Manager's groups, which are the account's."""
    return {GROUP_TAG: environment.prefix}


def log_path(environment: Environment) -> str:
    """The log group of patches, such as ``/acme/prod/patching``."""
    return f"/{environment.project}/{environment.name}/patching"


def reporting(environment: Environment) -> list[Statement]:
    """What a host's role needs to write what its patches said; being managed is the host's own."""
    logs = environment.arn("logs", f"log-group:{log_path(environment)}")
    return [
        Statement(
            sid="WritePatchLog",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[logs, f"{logs}:*"],
        )
    ]
