"""Flow logs: who talked to whom in the VPC, allowed or not."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs

INTERVAL_SECONDS = 60
"""The shortest time over which AWS gathers records: an incident is seen within minutes."""


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """What the flow logs need.

    Attributes:
        context: the key ``logs``, and whether the records stay in AWS when the stack goes.
        vpc_id: the VPC whose traffic is recorded.
        retention_days: how long CloudWatch Logs keeps the records.
    """

    context: StackContext
    vpc_id: pulumi.Input[str]
    retention_days: int


class FlowLogs(pulumi.ComponentResource):
    """An encrypted log group, and a role that may write to it and to nothing else.

    Attributes:
        log_group_arn: where the records are.
    """

    log_group_arn: pulumi.Output[str]

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:FlowLogs", name, None, opts)
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="network", data_class="confidential")
        child = pulumi.ResourceOptions(parent=self)
        logs = log_group(
            f"{name}-flow-logs",
            args.context,
            self.log_group_name,
            self.tags("flow-logs"),
            self,
            evidence=True,
            retention_days=args.retention_days,
        )
        role = ServiceRole(f"{name}-flow-logs", self.role(), child)
        ec2.FlowLog(
            f"{name}-flow-logs",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=INTERVAL_SECONDS,
            log_destination_type="cloud-watch-logs",
            log_destination=logs.arn,
            iam_role_arn=role.arn,
            tags=self.tags("flow-logs"),
            # The role's permissions too: a flow log that is refused at first stays silent for a while.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.log_group_arn = logs.arn
        self.register_outputs({"logGroupArn": self.log_group_arn})

    @property
    def log_group_name(self) -> str:
        """The log group's name, such as ``/acme/prod/vpc-flow-logs``."""
        return f"/{self.environment.project}/{self.environment.name}/vpc-flow-logs"

    def role(self) -> ServiceRoleArgs:
        """The role that the flow log writes with. Its ARNs are built, not read, so that a preview shows them."""
        environment = self.environment
        log_group = environment.arn("logs", f"log-group:{self.log_group_name}")
        return ServiceRoleArgs(
            environment=environment,
            service="vpc-flow-logs.amazonaws.com",
            source_arn=environment.arn("ec2", "vpc-flow-log/*"),
            description="Writes the VPC flow logs",
            statements=[
                Statement(
                    sid="WriteRecords",
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[log_group, f"{log_group}:*"],
                ),
                Statement(
                    sid="FindLogGroup",
                    actions=["logs:DescribeLogGroups"],
                    resources=[ANY],
                    allow_any="it lists log groups, and takes no narrower resource",
                ),
            ],
            tags=self.tags("flow-logs"),
        )
