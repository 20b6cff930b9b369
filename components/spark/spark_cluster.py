"""A namespace of a cluster that EMR runs Spark in: how much fits, what its pods reach, and who is told of failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, emrcontainers
from pulumi_kubernetes import core, meta, networking

from components.cluster.node_group_settings import NodeGroup
from components.core.context import StackContext
from components.core.log_group import log_group
from components.core.notices import EventNotice, Notices
from components.spark.network_policies import network_policies
from components.spark.pods import quota
from components.spark.settings import Spark
from components.spark.spark_job import SparkJob, SparkJobArgs
from components.storage.bucket import Bucket
from components.workloads.labels import Labels

FAILED = EventNotice(
    pattern={
        "source": ["aws.emr-containers"],
        "detail-type": ["EMR Job Run State Change"],
        "detail": {"state": ["FAILED"]},
    },
    paths={"job": "$.detail.name", "id": "$.detail.id"},
    message="a Spark job failed: <job>, run <id>.",
)
"""https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/emr-eks-events-eventbridge.html"""


@dataclass(frozen=True, kw_only=True)
class SparkClusterArgs:
    """What Spark needs.

    Attributes:
        context: keys ``analytics``, ``functions``, ``kubernetes`` and ``logs``, topics, time zone.
        settings: pods and jobs.
        cluster: physical name of the EKS cluster.
        cluster_name: the same, once the cluster exists.
        groups: its groups of nodes, on which pods run.
        vpc: range of its addresses.
        bucket: of the lake, whose folders are tables; with the jobs' code and logs in folders of their own.
        code: job -> text of its program.
        runbook: what people are pointed to when a job failed.
    """

    context: StackContext
    settings: Spark
    cluster: str
    cluster_name: pulumi.Input[str]
    groups: Mapping[str, NodeGroup]
    vpc: str
    bucket: Bucket
    code: Mapping[str, str]
    runbook: str


class SparkCluster(pulumi.ComponentResource):
    """A virtual cluster of EMR on its own namespace, and a template, a role and a schedule for each job.

    EMR lets itself into the namespace as the virtual cluster is made, by an access entry of EKS for its service-linked
    role: nobody else may make that entry
    (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/setting-up-cluster-access.html).

    Attributes:
        virtual_cluster_id: what job runs are started on.
        namespace: of its pods.
        job_template_ids: job -> id of its template.
    """

    virtual_cluster_id: pulumi.Output[str]
    namespace: pulumi.Output[str]
    job_template_ids: Mapping[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        args: SparkClusterArgs,
        kubernetes: pulumi.ResourceOptions,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:spark:SparkCluster", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.labels = Labels(self.environment.project)
        self.tags = self.environment.tags(component="spark", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.inside = pulumi.ResourceOptions.merge(kubernetes, self.child)
        self.namespace = self.make_namespace()
        limits = self.limits()
        self.virtual_cluster = self.make_virtual_cluster(limits)
        self.virtual_cluster_id = self.virtual_cluster.id
        log = self.log()
        self.notices()
        jobs = {job: self.job(job, log) for job in args.settings.jobs}
        self.job_template_ids = {job: made.template_id for job, made in jobs.items()}
        self.register_outputs(
            {
                "virtualClusterId": self.virtual_cluster_id,
                "namespace": self.namespace,
                "jobTemplateIds": self.job_template_ids,
            }
        )

    def make_namespace(self) -> pulumi.Output[str]:
        """The namespace. It enforces `baseline`: pods that EMR makes don't say all that `restricted` asks for."""
        levels = {"enforce": "baseline", "audit": "restricted", "warn": "restricted"}
        security = {f"pod-security.kubernetes.io/{mode}": level for mode, level in levels.items()}
        made = core.v1.Namespace(
            f"{self.name}-namespace",
            metadata={"name": self.args.settings.namespace, "labels": {**self.labels(), **security}},
            opts=self.inside,
        )
        return made.metadata["name"]

    def limits(self) -> list[pulumi.Resource]:
        """How much its pods take together, and what they may talk to."""

        def metadata(name: str) -> meta.v1.ObjectMetaArgsDict:
            return {"name": name, "namespace": self.namespace, "labels": self.labels()}

        room = core.v1.ResourceQuota(
            f"{self.name}-quota", metadata=metadata("jobs"), spec={"hard": quota(self.args.settings)}, opts=self.inside
        )
        policies = [
            networking.v1.NetworkPolicy(f"{self.name}-{role}", metadata=metadata(role), spec=spec, opts=self.inside)
            for role, spec in network_policies(self.args.vpc).items()
        ]
        return [room, *policies]

    def make_virtual_cluster(self, limits: list[pulumi.Resource]) -> emrcontainers.VirtualCluster:
        """What registers the namespace with EMR; every change makes a new one, and costs nothing."""
        return emrcontainers.VirtualCluster(
            self.name,
            name=f"{self.environment.prefix}-{self.args.settings.namespace}",
            container_provider={
                "id": self.args.cluster_name,
                "type": "EKS",
                "info": {"eks_info": {"namespace": self.namespace}},
            },
            tags=self.tags("virtual-cluster"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=limits),
        )

    def log(self) -> cloudwatch.LogGroup:
        """What drivers and executors say."""
        path = f"/aws/emr-containers/{self.environment.prefix}"
        return log_group(f"{self.name}-log", self.args.context, path, self.tags("log"), self)

    def notices(self) -> None:
        """A job that failed is a day without figures."""
        notices = Notices(context=self.args.context, tags=self.tags, parent=self, runbook=self.args.runbook)
        notices.add(f"{self.name}-failed", "warning", FAILED, name=f"{self.environment.prefix}-spark-failed")

    def job(self, job: str, log: cloudwatch.LogGroup) -> SparkJob:
        """One job."""
        args = SparkJobArgs(
            context=self.args.context,
            settings=self.args.settings,
            job=job,
            code=self.args.code[job],
            groups=self.args.groups,
            bucket=self.args.bucket,
            cluster=self.args.cluster,
            cluster_name=self.args.cluster_name,
            virtual_cluster=self.virtual_cluster,
            log=log,
        )
        return SparkJob(f"{self.name}-{job}", args, self.child)
