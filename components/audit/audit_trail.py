"""The audit trail: who called which AWS interface, kept where nobody can change it, and alarms on some of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudtrail, cloudwatch

from components.audit.watches import Watch, watches
from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.iam import Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs

INSIGHTS = ("ApiCallRateInsight", "ApiErrorRateInsight")
"""What CloudTrail compares with the seven days before
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html)."""


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs:
    """What the trail needs.

    Attributes:
        bucket_name: of the bucket that keeps the records; its policy lets CloudTrail in.
        unrecorded_buckets: ARNs of those whose objects nobody asks after: who reads and writes is recorded of every
            other bucket of the account.
    """

    context: StackContext
    bucket_name: pulumi.Input[str]
    unrecorded_buckets: Sequence[str] = ()


class AuditTrail(pulumi.ComponentResource):
    """A trail of all management events, reads included, of all Regions, and of who touches objects and functions.

    A copy in CloudWatch Logs is watched; far more calls or errors than usual are Insights events.

    Attributes:
        arn: of the trail, known before it is there.
    """

    arn: str

    def __init__(self, name: str, args: AuditTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:audit:AuditTrail", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="audit", data_class="confidential")
        self.physical_name = f"{self.environment.prefix}-trail"
        self.arn = self.environment.arn("cloudtrail", f"trail/{self.physical_name}")
        self.log_path = f"/{self.environment.project}/{self.environment.name}/trail"
        logs = log_group(f"{name}-trail", args.context, self.log_path, self.tags("trail"), self, evidence=True)
        role = ServiceRole(f"{name}-trail", self.role(), pulumi.ResourceOptions(parent=self))
        cloudtrail.Trail(
            f"{name}-trail",
            name=self.physical_name,
            s3_bucket_name=args.bucket_name,
            kms_key_id=args.context.keys["logs"],
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            advanced_event_selectors=self.selectors(),
            insight_selectors=[{"insight_type": insight} for insight in INSIGHTS],
            cloud_watch_logs_group_arn=pulumi.Output.concat(logs.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            tags=self.tags("trail"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        for watch in watches(self.environment):
            self.watch(watch, logs)
        self.register_outputs({"arn": self.arn})

    def selectors(self) -> list[cloudtrail.TrailAdvancedEventSelectorArgsDict]:
        """Which events: without a word on reading or writing, a selector takes both."""
        # With the slash, no bucket is left out whose name begins like one of these.
        left_out = [f"{arn}/" for arn in self.args.unrecorded_buckets]
        return [
            selector("All management events", category="Management"),
            selector("Objects", category="Data", kind="AWS::S3::Object", left_out=left_out),
            selector("Invocations of functions", category="Data", kind="AWS::Lambda::Function"),
        ]

    def role(self) -> ServiceRoleArgs:
        """The role with which CloudTrail writes the copy."""
        stream = f"log-group:{self.log_path}:log-stream:{self.environment.account_id}_CloudTrail_*"
        return ServiceRoleArgs(
            environment=self.environment,
            service="cloudtrail.amazonaws.com",
            names_source=False,
            description="Writes the audit trail to CloudWatch Logs",
            statements=[
                Statement(
                    sid="WriteRecords",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[self.environment.arn("logs", stream)],
                )
            ],
            tags=self.tags("trail"),
        )

    def watch(self, watch: Watch, logs: cloudwatch.LogGroup) -> None:
        """Count it, and raise an alarm at the first one in five minutes."""
        namespace, metric = f"{self.environment.prefix}/audit", watch.role
        child = pulumi.ResourceOptions(parent=self)
        cloudwatch.LogMetricFilter(
            f"{self.name}-{watch.role}",
            name=f"{self.environment.prefix}-{watch.role}",
            log_group_name=logs.name,
            pattern=watch.pattern,
            metric_transformation={"namespace": namespace, "name": metric, "value": "1"},
            opts=child,
        )
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook=watch.runbook).add(
            f"{self.name}-{watch.role}",
            watch.severity,
            name=f"{self.environment.prefix}-{watch.role}",
            description=watch.text,
            ok_actions=None,  # what has happened doesn't end
            namespace=namespace,
            metric_name=metric,
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            threshold=0,
        )


def selector(
    name: str, *, category: str, kind: str | None = None, left_out: Sequence[str] = ()
) -> cloudtrail.TrailAdvancedEventSelectorArgsDict:
    """An advanced event selector: a category of events, the type of their resources, how ARNs left out begin."""
    fields: list[cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgsDict] = [
        {"field": "eventCategory", "equals": [category]}
    ]
    if kind:
        fields.append({"field": "resources.type", "equals": [kind]})
    if left_out:
        fields.append({"field": "resources.ARN", "not_starts_withs": [*left_out]})
    return {"name": name, "field_selectors": fields}
