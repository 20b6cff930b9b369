"""PDF ETL: what is uploaded becomes text, embeddings and a package, which CloudFront serves; tables keep track."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # where the library isn't installed, it lies beside

import pulumi

from components.cost.cost_monitoring import CostMonitoring, CostMonitoringArgs
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.file_distribution import FileDistribution, FileDistributionArgs
from components.observability.dashboards import Dashboards
from components.pipeline.upload_pipeline import UploadPipeline
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.stack.stack import stack_of
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from components.table.table import Table, TableArgs, TableKey
from platforms.pdfetl.clients import clients
from platforms.pdfetl.dashboard import shown
from platforms.pdfetl.large_documents import tasks_of
from platforms.pdfetl.loader import loader
from platforms.pdfetl.processing import Processing, beyond
from platforms.pdfetl.settings import NAME, REGION

settings = loader.for_program()
stack = stack_of(
    NAME,
    settings,
    region=REGION,
    keys=settings.keys,
    time_zone="Asia/Jakarta",
    reserve_concurrency=True,
    services=["dynamodb", *(["ecs", "states"] if settings.has_tasks else [])],
    beyond=beyond(settings),
)
context, phases = stack.context, settings.phases

# 1. Buckets: uploads, what is made of them, what is under way, and backups.
storage = ObjectStorage(
    NAME,
    ObjectStorageArgs(context=context, settings=settings.storage, policy_later=["outputs"] if phases.delivery else []),
    stack.options(),
)

# 2. Tables: jobs with their costs and errors, and what students use.
jobs = None
if phases.tracking:
    jobs = Table(
        f"{NAME}-jobs",
        TableArgs(
            context=context,
            name="EtlJobs",
            data_class="internal",
            key=TableKey(hash=("job_id", "S")),
            indexes={"by-status": TableKey(hash=("status", "S"), range=("started_at", "S"))},
            expires="expires_at",
        ),
        stack.options(),
    )
    Table(
        f"{NAME}-usage",
        TableArgs(
            context=context,
            name="StudentUsageLogs",
            data_class="personal",
            key=TableKey(hash=("student_id", "S"), range=("timestamp", "S")),
            expires="expires_at",
        ),
        stack.options(),
    )

# 4. CloudFront, in front of what was made.
files = None
if phases.delivery:
    files = FileDistribution(
        f"{NAME}-files",
        FileDistributionArgs(
            context=context,
            settings=settings.files,
            firewall=settings.firewall,
            bucket=storage.buckets["outputs"],
            framed_by=(),
            logs=storage.buckets["logs"],
            firewall_logs=storage.buckets["firewall-logs"],
            names=DnsNames(NAME, DnsNamesArgs(context=context, dns=settings.dns), stack.options()),
            host=settings.files_host,
        ),
        stack.options(),
    )
    pulumi.export("files_url", f"https://{files.host}")
    pulumi.export("distribution_id", files.distribution_id)

# 3. The function, which uploads start, and tasks for what is too large for it.
machine = None
if phases.processing and jobs:
    queues = MessageQueues(NAME, MessageQueuesArgs(context=context, queues=settings.queues), stack.options())
    processing = Processing(settings=settings, context=context, storage=storage, queues=queues, jobs=jobs, files=files)
    machine = tasks_of(stack, settings, processing) if settings.has_tasks else None
    pipeline = UploadPipeline(f"{NAME}-process", processing.pipeline(machine), stack.options())
    pulumi.export("function", pipeline.function.name)

policies = clients(stack, storage, jobs)
CostMonitoring(
    f"{NAME}-cost", CostMonitoringArgs(context=context, settings=settings.cost, project=NAME), stack.options()
)
if phases.processing:
    Dashboards(NAME, shown(context, machine), stack.options())

pulumi.export("uploads_bucket", storage.bucket_name("uploads"))
pulumi.export("outputs_bucket", storage.bucket_name("outputs"))
pulumi.export("backups_bucket", storage.bucket_name("backups"))
pulumi.export("client_policies", policies)
