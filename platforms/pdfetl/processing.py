"""The function that makes packages of PDF files: what it may do, and what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi

from components.core.boundary import within
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement
from components.edge.file_distribution import INVALIDATE, FileDistribution
from components.functions.function import FunctionArgs
from components.pipeline.upload_pipeline import UploadPipelineArgs
from components.queues.message_queues import MessageQueues
from components.storage.object_storage import ObjectStorage
from components.table.table import Table
from platforms.pdfetl.rules import QUEUE
from platforms.pdfetl.settings import PROFILE_PREFIXES, Embedding, Settings

MIB = 1024 * 1024
INVOKE = ["bedrock:InvokeModel"]


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
    """The function between the buckets."""

    settings: Settings
    context: StackContext
    storage: ObjectStorage
    queues: MessageQueues
    jobs: Table
    files: FileDistribution | None

    def arguments(self) -> UploadPipelineArgs:
        """Of the pipeline."""
        settings = self.settings.processing
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
                statements=[*self.statements()],
                environment=self.variables(),
                timeout_seconds=settings.timeout_seconds,
                memory_mib=settings.memory_mib,
                ephemeral_mib=settings.ephemeral_mib,
                concurrency=settings.concurrency,
            ),
        )

    def statements(self) -> Iterator[Statement]:
        """Besides its logs and its queue's messages."""
        yield from self.storage.grant_read("parts", "uploads")
        yield Statement(
            sid="ReadVersions",
            actions=["s3:GetObjectVersion"],
            resources=[f"{self.storage.arns['uploads']}/*"],
        )
        yield from self.storage.grant_write("outputs", "parts")
        yield from self.queues.grant_send(QUEUE)
        yield from self.jobs.grant_read()
        yield from self.jobs.grant_write()
        environment = self.context.environment
        yield Statement(sid="AskModels", actions=INVOKE, resources=models(environment, self.settings.embedding))
        if self.files:
            yield self.files.grant_invalidate()

    def variables(self) -> dict[str, pulumi.Input[str]]:
        """What the function is told."""
        settings, embedding = self.settings.processing, self.settings.embedding
        return {
            "DISTRIBUTION": self.files.distribution_id if self.files else "",
            "EMBEDDING_USD": embedding.thousand_tokens_usd,
            "GB_SECOND_USD": settings.gb_second_usd,
            "LARGEST_BYTES": str(settings.largest_mib * MIB),
            "MODEL": embedding.model,
            "MODEL_REGION": embedding.region,
            "OUTPUTS": self.storage.bucket_name("outputs"),
            "PAGES_PER_PART": str(settings.pages_per_part),
            "PARTS": self.storage.bucket_name("parts"),
            "QUEUE_URL": self.queues.urls[QUEUE],
            "TABLE": self.jobs.args.name,
        }
