"""The canary: CloudWatch Synthetics runs ``functions/canary`` on a schedule, outside the VPC, where users are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import s3, synthetics

from components.canary.settings import Canary as CanarySettings
from components.canary.settings import canary_name
from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.log_group import log_group
from components.core.metrics import publish_metrics
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import ENCRYPT, grant_key
from components.functions.code import archive
from components.storage.bucket import Bucket, BucketArgs, Lifecycle

RUNS = "runs"
"""Folder of the bucket with what each run leaves: its log, and a report."""
RUN_DAYS = 31
"""As long as Synthetics itself keeps what it knows of a run, if nothing else is said."""
NAMESPACE = "CloudWatchSynthetics"
MEMORY_MIB = 960
"""The least that Synthetics takes."""


@dataclass(frozen=True, kw_only=True)
class CanaryArgs:
    """What the canary needs.

    Attributes:
        settings: what is asked for, and how often.
        host: the stack's public host, which probes with a path are for.
        bucket_name: of the bucket for its code and its runs.
        access_logs: the bucket that each request for these is logged to.
    """

    context: StackContext
    settings: CanarySettings
    host: str
    bucket_name: str
    access_logs: Bucket


class Canary(pulumi.ComponentResource):
    """The canary, its role, its log group, its bucket, and an alarm on what fails and on silence.

    It isn't traced itself: Synthetics traces canaries in Node.js alone, and in some Regions none
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_tracing.html).
    What it asks samples its requests as everybody's.

    Attributes:
        name: of the canary.
        arn: of the canary.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: CanaryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:canary:Canary", name, None, opts)
        self.logical_name = name
        self.args = args
        self.context = args.context
        self.physical_name = canary_name(args.context.environment.prefix)
        self.tags = args.context.environment.tags(component="observability", data_class="internal")
        self.bucket = self.make_bucket()
        canary = self.canary(self.role())
        self.logs(canary)
        self.alarm(canary)
        self.name, self.arn = canary.name, canary.arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    def make_bucket(self) -> Bucket:
        """Code stays, runs go after a month."""
        return Bucket(
            self.logical_name,
            BucketArgs(
                context=self.context,
                name=self.args.bucket_name,
                purpose="canary",
                data_class="internal",
                key="telemetry",
                lifecycle=Lifecycle(expire=RUN_DAYS, expire_prefix=f"{RUNS}/"),
                access_logs=self.args.access_logs,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def role(self) -> ServiceRole:
        """What a run may do; it makes no log group: one that Lambda made would have neither key nor end.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
        """
        environment, bucket = self.context.environment, self.bucket.arn
        statements = [
            Statement(sid="KeepRuns", actions=["s3:GetObject", "s3:PutObject"], resources=[f"{bucket}/{RUNS}/*"]),
            Statement(sid="FindBucket", actions=["s3:GetBucketLocation"], resources=[bucket]),
            Statement(
                sid="ListBuckets",
                actions=["s3:ListAllMyBuckets"],
                resources=[ANY],
                allow_any="it lists all of the account's, and takes no narrower resource",
            ),
            grant_key(
                self.context,
                ["telemetry"],
                "s3",
                sid="EncryptRuns",
                actions=ENCRYPT,
                equals={"kms:EncryptionContext:aws:s3:arn": [bucket]},
            ),
            Statement(
                sid="WriteLogs",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[environment.arn("logs", f"log-group:/aws/lambda/cwsyn-{self.physical_name}-*:*")],
            ),
            publish_metrics(NAMESPACE),
        ]
        return ServiceRole(
            self.logical_name,
            ServiceRoleArgs(
                environment=environment,
                service="lambda.amazonaws.com",
                names_source=False,
                description="Asks for the public site and the API",
                statements=statements,
                tags=self.tags("canary"),
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def canary(self, role: ServiceRole) -> synthetics.Canary:
        """It runs from the beginning; Synthetics takes its Lambda function away with it."""
        code = s3.BucketObjectv2(
            self.logical_name,
            bucket=self.bucket.name,
            key="code/canary.zip",
            source=archive("canary", folder="python"),
            tags=self.tags("canary"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.bucket]),
        )
        key = self.context.keys["telemetry"]
        return synthetics.Canary(
            self.logical_name,
            name=self.physical_name,
            runtime_version=self.args.settings.runtime,
            handler="handler.handle",
            s3_bucket=code.bucket,
            s3_key=code.key,
            s3_version=code.version_id,
            artifact_s3_location=pulumi.Output.format("s3://{0}/{1}", self.bucket.name, RUNS),
            artifact_config={"s3_encryption": {"encryption_mode": "SSE_KMS", "kms_key_arn": key}},
            execution_role_arn=role.arn,
            kms_key_arn=key,
            schedule={"expression": every(self.args.settings.every_minutes)},
            run_config={
                "timeout_in_seconds": self.args.settings.timeout_seconds,
                "memory_in_mb": MEMORY_MIB,
                "environment_variables": {"PROBES": json.dumps(probes(self.args.settings, self.args.host))},
            },
            start_canary=True,
            delete_lambda=True,
            success_retention_period=RUN_DAYS,
            failure_retention_period=RUN_DAYS,
            tags=self.tags("canary"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role, self.bucket]),
        )

    def logs(self, canary: synthetics.Canary) -> None:
        """The log group of its Lambda function, whose name Synthetics makes up."""
        path = canary.engine_arn.apply(lambda arn: f"/aws/lambda/{arn.split(':')[6]}")
        log_group(self.logical_name, self.context, path, self.tags("canary-logs"), self)

    def alarm(self, canary: synthetics.Canary) -> None:
        """One failed run is one too many. Two intervals, since runs don't begin on the dot: one may fall between."""
        made = Alarms(
            context=self.context, tags=self.tags, parent=self, runbook="edge", incident="edge", after=[canary]
        )
        made.add(
            self.logical_name,
            "critical",
            name=self.physical_name,
            description="The public site or the API doesn't answer the canary as it should, or the canary doesn't run",
            namespace=NAMESPACE,
            metric_name="SuccessPercent",
            dimensions={"CanaryName": self.physical_name},
            statistic="Average",
            period=2 * 60 * self.args.settings.every_minutes,
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=100,
            treat_missing_data="breaching",
        )


def every(minutes: int) -> str:
    """A schedule as Synthetics takes it."""
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"


def probes(settings: CanarySettings, host: str) -> Sequence[Mapping[str, object]]:
    """What the canary's code is given, each with its whole URL."""
    found: list[Mapping[str, object]] = []
    for name, probe in settings.probes.items():
        target = probe.target if probe.target.startswith("https://") else f"https://{host}{probe.target}"
        about = {field: getattr(probe, field) for field in ("status", "contains", "within_seconds")}
        found.append({"name": name, "url": target, **about})
    return found
