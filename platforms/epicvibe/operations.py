"""What watches over EpicVibe, brings it back, counts its costs and deploys it."""

from __future__ import annotations

from components.backup.backup import Backup, BackupArgs, ProtectedDatabase
from components.cost.cost_monitoring import CostMonitoring, CostMonitoringArgs
from components.database.database import Database
from components.delivery.deployment_roles import DeploymentRoles, DeploymentRolesArgs
from components.images.image_registry import ImageRegistry
from components.network.dns_query_log import DnsQueryLog, DnsQueryLogArgs
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from components.network.network import Network
from components.stack.stack import Stack
from components.storage.object_storage import ObjectStorage
from components.tracing.tracing import Tracing, TracingArgs
from platforms.epicvibe.pipeline import CI_ROLE, IMAGE_WORKFLOW, program
from platforms.epicvibe.settings import NAME, Settings


def operations(  # noqa: PLR0913 - what it is about
    stack: Stack,
    settings: Settings,
    *,
    network: Network,
    storage: ObjectStorage,
    database: Database,
    images: ImageRegistry,
) -> None:
    """Records of the network, traces by setting, backups, the budget, the pipeline's roles."""
    context = stack.context
    logs = storage.buckets["logs"]
    flow_logs = FlowLogArchiveArgs(environment=context.environment, vpc_id=network.vpc_id, bucket=logs)
    FlowLogArchive(NAME, flow_logs, stack.options())
    queries = DnsQueryLogArgs(environment=context.environment, vpc_id=network.vpc_id, bucket=logs)
    DnsQueryLog(NAME, queries, stack.options())
    if settings.tracing.collector:
        traces = TracingArgs(context=context, settings=settings.tracing, runbook=f"{context.runbooks}/cluster.md")
        Tracing(NAME, traces, stack.options())
    Backup(
        NAME,
        BackupArgs(
            context=context,
            settings=settings.backup,
            database=ProtectedDatabase(
                identifier=database.identifier,
                subnet_group=database.subnets.name,
                security_group_ids=[network.security_group_ids["database"]],
            ),
            documents_bucket=storage.bucket_name("media"),
            backups_bucket=storage.bucket_name("media"),  # for exports of the archive, which is off
            runbook=f"{context.runbooks}/backup.md",
        ),
        stack.options(),
    )
    spending = CostMonitoringArgs(context=context, settings=settings.cost, project=NAME)
    CostMonitoring(f"{NAME}-cost", spending, stack.options())
    if settings.deployment.enabled:
        DeploymentRoles(
            f"{NAME}-delivery",
            DeploymentRolesArgs(
                context=context,
                settings=settings.deployment,
                program=program(context.environment),
                ci_role=CI_ROLE,
                image_workflow=IMAGE_WORKFLOW,
                push_policy_arn=images.push_policy_arn,
                github_environment=context.environment.prefix,
            ),
            stack.options(),
        )
