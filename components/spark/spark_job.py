"""A Spark job: its program in the bucket, a role for its pods, a template of its runs, and when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import pulumi
from pulumi_aws import cloudwatch, eks, emrcontainers, s3

from components.cluster.node_group_settings import NodeGroup
from components.cluster.pod_identity import SERVICE
from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import DECRYPT, grant_key
from components.functions.schedule import Schedule, ScheduleArgs, Target
from components.lake.grants import read_folders, write_folders
from components.spark.pods import properties, submitter, template
from components.spark.settings import Job, Spark
from components.storage.bucket import Bucket

CODE, LOGS = "jobs", "logs"
"""Folders of the bucket."""
PARTS = ("client", "driver", "executor")
"""The pods of a run: the one that starts it, and Spark's."""
KEY = "kubernetes"
"""Class of data whose key encrypts the template."""
EXECUTION = "<aws.scheduler.execution-id>"
"""What EventBridge Scheduler puts the id of an invocation for: a start that is tried again starts one run."""


@dataclass(frozen=True, kw_only=True)
class SparkJobArgs:
    """What a job needs.

    Attributes:
        context: keys ``analytics``, ``functions`` and ``kubernetes``, time zone.
        settings: of Spark, the job among them.
        job: its name.
        code: text of its program, which takes ``--NAME LOCATION`` for each table, and ``--time-zone``.
        groups: groups of nodes of the cluster.
        bucket: of the lake.
        cluster: physical name of the EKS cluster.
        cluster_name: the same, once the cluster exists.
        virtual_cluster: of EMR, in which it runs.
        log: group that its pods write to.
    """

    context: StackContext
    settings: Spark
    job: str
    code: str
    groups: Mapping[str, NodeGroup]
    bucket: Bucket
    cluster: str
    cluster_name: pulumi.Input[str]
    virtual_cluster: emrcontainers.VirtualCluster
    log: cloudwatch.LogGroup


class SparkJob(pulumi.ComponentResource):
    """A job with all that a run of it needs.

    Attributes:
        template_id: what a run is started from.
        role_arn: of its pods.
    """

    template_id: pulumi.Output[str]
    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: SparkJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:spark:SparkJob", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.settings: Job = args.settings.jobs[args.job]
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = self.environment.tags(component="spark", data_class="personal")
        self.role_name = self.environment.physical_name(f"spark-{args.job}", 40)
        role = self.role()
        self.role_arn = role.arn
        self.identities(role)
        made = self.template(role, self.files())
        self.template_id = made.id
        if self.settings.schedule:
            self.schedule(made, self.settings.schedule)
        self.register_outputs({"templateId": self.template_id, "roleArn": self.role_arn})

    def role(self) -> ServiceRole:
        """What the job's pods may do; other pods of the namespace can't take it on."""
        session: Mapping[str, str | list[str]] = {
            "aws:RequestTag/eks-cluster-arn": self.environment.arn("eks", f"cluster/{self.args.cluster}"),
            "aws:RequestTag/kubernetes-namespace": self.args.settings.namespace,
            "aws:RequestTag/kubernetes-service-account": self.accounts(),
        }
        args = ServiceRoleArgs(
            environment=self.environment,
            service=SERVICE,
            description=f"The Spark job {self.args.job}",
            statements=self.statements(),
            tags=self.tags(f"spark-{self.args.job}"),
            trust=Statement(
                sid="PodsOfJob",
                actions=["sts:AssumeRole", "sts:TagSession"],
                principals={"Service": SERVICE},
                conditions={"StringEquals": session},
            ),
        )
        return ServiceRole(f"{self.environment.project}-spark-{self.args.job}", args, self.child)

    def statements(self) -> list[Statement]:
        """Tables and code are read, tables and logs are written.

        https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/creating-job-execution-role.html
        """
        context, bucket, job = self.args.context, self.args.bucket.arn, self.args.job
        log = f"log-group:/aws/emr-containers/{self.environment.prefix}"
        return [
            *read_folders(context, bucket, [*self.settings.reads, f"{CODE}/{job}"]),
            *write_folders(context, bucket, [*self.settings.writes, f"{LOGS}/{job}"]),
            Statement(
                sid="WriteLog",
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[self.environment.arn("logs", each) for each in (log, f"{log}:*")],
            ),
            Statement(
                sid="FindLog",
                actions=["logs:DescribeLogGroups"],
                resources=[ANY],
                allow_any="it lists all log groups or none",
            ),
        ]

    def accounts(self) -> list[str]:
        """The service accounts that EMR makes for the role."""
        return [service_account(part, self.environment.account_id, self.role_name) for part in PARTS]

    def identities(self, role: ServiceRole) -> None:
        """What binds the role to them."""
        for part, account in zip(PARTS, self.accounts(), strict=True):
            eks.PodIdentityAssociation(
                f"{self.name}-{part}",
                cluster_name=self.args.cluster_name,
                namespace=self.args.settings.namespace,
                service_account=account,
                role_arn=role.arn,
                tags=self.tags(f"spark-{self.args.job}-{part}"),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
            )

    def files(self) -> Mapping[str, pulumi.Output[str]]:
        """Program and pod templates, under a name that tells the content: a run that goes on keeps its own."""
        settings, groups = self.args.settings, self.args.groups
        texts = {
            "main.py": self.args.code,
            "driver.json": template(groups[settings.driver.group]),
            "executor.json": template(groups[settings.executor.group]),
        }
        return {file: self.upload(file, text) for file, text in texts.items()}

    def upload(self, file: str, text: str) -> pulumi.Output[str]:
        """Put a file into the bucket; gives its location."""
        digest = sha256(text.encode()).hexdigest()[:12]
        uploaded = s3.BucketObjectv2(
            f"{self.name}-{file}",
            bucket=self.args.bucket.name,
            key=f"{CODE}/{self.args.job}/{digest}/{file}",
            content=text,
            tags=self.tags(f"spark-{self.args.job}-code"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.args.bucket]),
        )
        return pulumi.Output.concat("s3://", uploaded.bucket, "/", uploaded.key)

    def template(self, role: ServiceRole, files: Mapping[str, pulumi.Output[str]]) -> emrcontainers.JobTemplate:
        """A run, as EMR is asked for it. It can't be changed, only replaced."""
        args, spark = self.args, self.args.settings
        bucket = args.bucket.args.name
        tables = (*self.settings.reads, *self.settings.writes)
        arguments = [part for table in tables for part in (f"--{table}", f"s3://{bucket}/{table}")]
        defaults: Mapping[str, pulumi.Input[str]] = {
            **properties(spark),
            "spark.kubernetes.driver.podTemplateFile": files["driver.json"],
            "spark.kubernetes.executor.podTemplateFile": files["executor.json"],
        }
        return emrcontainers.JobTemplate(
            self.name,
            name=self.role_name,
            kms_key_arn=args.context.keys[KEY],
            job_template_data={
                "execution_role_arn": role.arn,
                "release_label": spark.release,
                "job_driver": {
                    "spark_submit_job_driver": {
                        "entry_point": files["main.py"],
                        "entry_point_arguments": [*arguments, "--time-zone", args.context.time_zone],
                    }
                },
                "configuration_overrides": {
                    "application_configurations": [
                        {"classification": "spark-defaults", "properties": defaults},
                        {"classification": "emr-job-submitter", "properties": submitter(spark, args.groups)},
                    ],
                    "monitoring_configuration": {
                        "persistent_app_ui": "DISABLED",  # it keeps event logs with AWS, with no key of ours
                        "cloud_watch_monitoring_configuration": {
                            "log_group_name": args.log.name,
                            "log_stream_name_prefix": args.job,
                        },
                        "s3_monitoring_configuration": {"log_uri": f"s3://{bucket}/{LOGS}/{args.job}/"},
                    },
                },
            },
            tags=self.tags(f"spark-{args.job}"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )

    def schedule(self, made: emrcontainers.JobTemplate, expression: str) -> None:
        """Starts a run of the template on the virtual cluster, and nothing else."""
        cluster = self.args.virtual_cluster
        parameters = {
            "VirtualClusterId": cluster.id,
            "JobTemplateId": made.id,
            "Name": self.args.job,
            "ClientToken": EXECUTION,
        }
        target = Target(
            arn=f"arn:{self.environment.partition}:scheduler:::aws-sdk:emrcontainers:startJobRun",
            statements=self.start(made, cluster),
            input=pulumi.Output.json_dumps(parameters),
        )
        args = ScheduleArgs(
            context=self.args.context,
            target=target,
            expression=expression,
            description=f"start the Spark job {self.args.job}",
            component="spark",
        )
        Schedule(f"{self.environment.project}-spark-{self.args.job}", args, self.child)

    def start(self, made: emrcontainers.JobTemplate, cluster: emrcontainers.VirtualCluster) -> list[Statement]:
        """What starting a run from this template takes.

        https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/iam-job-template.html
        """
        role = self.environment.iam_arn(f"role/{self.role_name}")
        return [
            Statement(
                sid="StartJobRun",
                actions=["emr-containers:StartJobRun"],
                resources=[cluster.arn],
                conditions={"ArnEquals": {"emr-containers:JobTemplateArn": made.arn}},
            ),
            Statement(sid="ReadTemplate", actions=["emr-containers:DescribeJobTemplate"], resources=[made.arn]),
            Statement(
                sid="PassRoleOfJob",
                actions=["iam:PassRole"],
                resources=[role],
                conditions={"StringEquals": {"iam:PassedToService": SERVICE}},
            ),
            grant_key(self.args.context, [KEY], "emr-containers", sid="ReadTemplateWithKey", actions=DECRYPT),
        ]


def service_account(part: str, account_id: str, role_name: str) -> str:
    """What EMR calls the service account of one kind of pod of the runs with a role.

    https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/setting-up-enable-IAM.html
    """
    return f"emr-containers-sa-spark-{part}-{account_id}-{base36(role_name)}"


def base36(text: str) -> str:
    """The text's bytes as one number, in digits and lower-case letters."""
    number, digits = int.from_bytes(text.encode(), "big"), ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
