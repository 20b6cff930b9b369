"""What makes packages of PDF files, a function or a task: what each may do, and what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pulumi

from components.core.boundary import within
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement
from components.edge.file_distribution import INVALIDATE, FileDistribution
from components.encryption.grants import DECRYPT, ENCRYPT
from components.functions.function import FunctionArgs
from components.images.image_registry import ImageRegistry
from components.pipeline.task_machine import TaskMachine
from components.pipeline.upload_pipeline import UploadPipelineArgs
from components.queues.message_queues import MessageQueues
from components.service.container_task import ContainerTaskArgs
from components.storage.grants import objects
from components.storage.object_storage import ObjectStorage
from components.table.table import Table
from platforms.pdfetl.rules import QUEUE
from platforms.pdfetl.settings import IMAGE, PROFILE_PREFIXES, Embedding, Settings

MIB = 1024 * 1024
GIB_IN_MIB = CPU_UNITS = 1024
HOUR = 3600
INVOKE = ["bedrock:InvokeModel"]
OBJECTS = {
    "ReadObjects": (["s3:GetObject"], ["parts", "uploads"], DECRYPT),
    "ReadVersions": (["s3:GetObjectVersion"], ["uploads"], ()),
    "WriteObjects": (["s3:PutObject"], ["outputs", "parts"], ENCRYPT),
    "EndUploads": (["s3:AbortMultipartUpload"], ["outputs"], ()),
}
"""What is done with objects -> actions, buckets, and what of it S3 needs their key for, unless another says so."""


def beyond(settings: Settings) -> list[Statement]:
    """What the function reaches outside the Region: the edges, which have none, and models, where they may be."""
    return [within("AskModels", INVOKE, settings.embedding.region), within("RefreshEdges", INVALIDATE)]


def models(environment: Environment, embedding: Embedding) -> list[str]:
    """ARNs of the models that may be asked, and of no other."""
    names = [embedding.model, *embedding.inference_models]
    return [
        environment.arn("bedrock", f"inference-profile/{name}", region=embedding.region)
        if name.startswith(PROFILE_PREFIXES)
        else environment.arn("bedrock", f"foundation-model/{name}", region=embedding.region, account="")
        for name in names
    ]


@dataclass(frozen=True, kw_only=True)
class Processing:
    """What lies between the buckets."""

    settings: Settings
    context: StackContext
    storage: ObjectStorage
    queues: MessageQueues
    jobs: Table
    files: FileDistribution | None

    def pipeline(self, machine: TaskMachine | None) -> UploadPipelineArgs:
        """Of the pipeline, whose function hands over to the state machine what it can't do."""
        settings = self.settings.processing
        large = self.settings.large_documents.largest_mib
        of_tasks = {"STATE_MACHINE": machine.arn, "LARGEST_TASK_BYTES": str(large * MIB)} if machine else {}
        second = Decimal(settings.gb_second_usd) * settings.memory_mib / GIB_IN_MIB
        statements = [*self.statements(), *(machine.grant_start() if machine else [])]
        if self.files:
            statements.append(self.files.grant_invalidate())
        return UploadPipelineArgs(
            context=self.context,
            bucket=self.storage.buckets["uploads"],
            suffix=".pdf",
            queues=self.queues,
            queue=QUEUE,
            function=FunctionArgs(
                context=self.context,
                component="processing",
                data_class="personal",
                description="Makes packages of text and embeddings of PDF files",
                code="pdf_process",
                packages=("pdf_pipeline", "pypdf"),
                statements=statements,
                environment={**self.variables(second), **of_tasks},
                timeout_seconds=settings.timeout_seconds,
                memory_mib=settings.memory_mib,
                ephemeral_mib=settings.ephemeral_mib,
                concurrency=settings.concurrency,
            ),
        )

    def task(self, images: ImageRegistry) -> ContainerTaskArgs:
        """Of the task, which has the same code in an image."""
        settings = self.settings.large_documents
        vcpus, gigabytes = Decimal(settings.cpu_units) / CPU_UNITS, Decimal(settings.memory_mib) / GIB_IN_MIB
        hour = vcpus * Decimal(settings.vcpu_hour_usd) + gigabytes * Decimal(settings.gb_hour_usd)
        return ContainerTaskArgs(
            context=self.context,
            settings=settings,
            data_class="personal",
            statements=[*self.statements()],
            variables={**self.variables(hour / HOUR), "AWS_REGION": self.context.environment.region},
            repository_arns=[images.repository_arns[IMAGE]],
        )

    def statements(self) -> Iterator[Statement]:
        """What both do, besides logs and messages received."""
        for what, (actions, buckets, use) in OBJECTS.items():
            yield from objects(self.context, what, actions, self.storage.keys_of(buckets), use)
        yield from self.queues.grant("Send", ["sqs:SendMessage"], [QUEUE], ENCRYPT)
        yield from self.jobs.grant("Keep", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"])
        environment = self.context.environment
        yield Statement(sid="AskModels", actions=INVOKE, resources=models(environment, self.settings.embedding))

    def variables(self, second_usd: Decimal) -> dict[str, pulumi.Input[str]]:
        """What both are told.

        Args:
            second_usd: price of a second.
        """
        settings, embedding = self.settings.processing, self.settings.embedding
        return {
            "DISTRIBUTION": self.files.distribution_id if self.files else "",
            "EMBEDDING_USD": embedding.thousand_tokens_usd,
            "LARGEST_BYTES": str(settings.largest_mib * MIB),
            "MODEL": embedding.model,
            "MODEL_REGION": embedding.region,
            "MOST_PAGES": str(settings.most_pages),
            "OUTPUTS": self.storage.bucket_name("outputs"),
            "PAGES_PER_PART": str(settings.pages_per_part),
            "PARTS": self.storage.bucket_name("parts"),
            "QUEUE_URL": self.queues.urls[QUEUE],
            "SECOND_USD": f"{second_usd:.12f}",
            "TABLE": self.jobs.args.name,
        }
