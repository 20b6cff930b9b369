"""Tasks for documents that are too large for the function: a network, an image, and a state machine that runs them."""

from __future__ import annotations

import pulumi

from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from components.network.dns_query_log import DnsQueryLog, DnsQueryLogArgs
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from components.network.flows import Flow
from components.network.network import Network, NetworkArgs
from components.pipeline.task_machine import TaskMachine, TaskMachineArgs
from components.service.cluster import ContainerCluster, ContainerClusterArgs
from components.service.container_task import ContainerTask
from components.stack.stack import Stack
from platforms.pdfetl.processing import Processing
from platforms.pdfetl.rules import PRIVATE, QUEUE
from platforms.pdfetl.settings import IMAGE, NAME, Settings

MINUTE = 60


def network_of(stack: Stack, settings: Settings) -> Network:
    """Private subnets with one way out; S3 and DynamoDB are reached without it."""
    args = NetworkArgs(
        context=stack.context,
        settings=settings.network,
        security_groups={"task": "Tasks for large documents"},
        flows=[Flow("task", "internet", 443, "Bedrock, ECR and SQS; S3 and DynamoDB by their gateway endpoints")],
        endpoint_security_groups=(),
    )
    return Network(NAME, args, stack.options())


def tasks_of(stack: Stack, settings: Settings, processing: Processing) -> TaskMachine:
    """What large documents need."""
    context, network = stack.context, network_of(stack, settings)
    logs = processing.storage.buckets["logs"]
    archive = FlowLogArchiveArgs(environment=context.environment, vpc_id=network.vpc_id, bucket=logs)
    FlowLogArchive(NAME, archive, stack.options())
    queries = DnsQueryLogArgs(environment=context.environment, vpc_id=network.vpc_id, bucket=logs)
    DnsQueryLog(NAME, queries, stack.options())
    images = ImageRegistry(
        f"{NAME}-images",
        ImageRegistryArgs(context=context, settings=settings.images, services=[IMAGE]),
        stack.options(),
    )
    cluster = ContainerCluster(
        NAME, ContainerClusterArgs(context=context, name=context.environment.prefix), stack.options()
    )
    about = settings.large_documents
    args = TaskMachineArgs(
        context=context,
        task=ContainerTask(f"{NAME}-large", processing.task(images), stack.options()),
        cluster=cluster,
        subnet_ids=list(network.subnet_ids[PRIVATE].values()),
        security_group_ids=[network.security_group_ids["task"]],
        table=processing.jobs,
        queues=processing.queues,
        queue=QUEUE,
        at_once=about.concurrency,
        attempts=about.attempts,
        timeout_seconds=about.timeout_minutes * MINUTE,
    )
    machine = TaskMachine(f"{NAME}-large-documents", args, stack.options(network))
    pulumi.export("image_repository", images.urls[IMAGE])
    return machine
