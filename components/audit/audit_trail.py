"""The audit trail: who called which AWS interface, kept where nobody can change it, and alarms on some of it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudtrail, cloudwatch

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext
from components.core.iam import Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs

SECRETS_MANAGER = '$.eventSource = "secretsmanager.amazonaws.com"'
ISSUER = "$.userIdentity.sessionContext.sessionIssuer.userName"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An event that raises an alarm, each time that it is in the trail.

    Attributes:
        role: in names, such as ``secret-read``.
        pattern: as CloudWatch Logs filters JSON.
        severity: of the alarm.
        text: what has happened.
    """

    role: str
    pattern: str
    severity: Severity
    text: str


def watches(project: str) -> tuple[Watch, ...]:
    """The platform's own roles begin with its name; services such as RDS read the secrets that they keep."""
    own = f'({ISSUER} NOT EXISTS || {ISSUER} != "{project}-*") && ($.userIdentity.type != "AWSService")'
    read = '($.eventName = "GetSecretValue" || $.eventName = "BatchGetSecretValue")'
    return (
        Watch(
            role="secret-read",
            pattern=f"{{ ({SECRETS_MANAGER}) && {read} && {own} }}",
            severity="warning",
            text="Somebody other than the platform's own roles asked for the value of a secret",
        ),
        Watch(
            role="rotation-failed",
            pattern=f'{{ ({SECRETS_MANAGER}) && ($.eventName = "RotationFailed") }}',
            severity="critical",
            text="A password could not be replaced; Secrets Manager tries again at the next window",
        ),
    )


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs:
    """What the trail needs.

    Attributes:
        bucket_name: of the bucket that keeps the records; its policy lets CloudTrail in.
    """

    context: StackContext
    bucket_name: pulumi.Input[str]


class AuditTrail(pulumi.ComponentResource):
    """A trail of all management events, reads included, of all Regions; with a copy in CloudWatch Logs to watch.

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
            # Without a word on reading or writing, an event selector takes both.
            advanced_event_selectors=[
                {
                    "name": "All management events",
                    "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
                }
            ],
            cloud_watch_logs_group_arn=pulumi.Output.concat(logs.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            tags=self.tags("trail"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        for watch in watches(self.environment.project):
            self.watch(watch, logs)
        self.register_outputs({"arn": self.arn})

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
        Alarms(context=self.args.context, tags=self.tags, parent=self).add(
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
