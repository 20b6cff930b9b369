"""What the pipeline works with, and on: its environment, an upload, what a message asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pdf_pipeline import packages


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the pipeline works with.

    Attributes:
        outputs: bucket of what is made of documents.
        parts: bucket of what is made of ranges of pages, until all are there.
        table: of the jobs.
        queue_url: where ranges of long documents go, and packages that a task has made.
        model: of Bedrock, which embeds.
        model_region: where it is asked.
        pages_per_part: that one run takes on.
        largest_bytes: of a document; a larger one is for a task.
        most_pages: of a document; a longer one is for a task.
        state_machine: which runs the tasks; none where there are none.
        largest_task_bytes: of a document for a task.
        distribution: whose edges forget what is replaced; none where nothing is served.
        token_usd: price of a thousand tokens.
        second_usd: price of a second of this run.
    """

    outputs: str
    parts: str
    table: str
    queue_url: str
    model: str
    model_region: str
    pages_per_part: int
    largest_bytes: int
    most_pages: int
    state_machine: str
    largest_task_bytes: int
    distribution: str
    token_usd: Decimal
    second_usd: Decimal

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Work:
        """What the environment variables say."""
        return cls(
            outputs=environment["OUTPUTS"],
            parts=environment["PARTS"],
            table=environment["TABLE"],
            queue_url=environment["QUEUE_URL"],
            model=environment["MODEL"],
            model_region=environment["MODEL_REGION"],
            pages_per_part=int(environment["PAGES_PER_PART"]),
            largest_bytes=int(environment["LARGEST_BYTES"]),
            most_pages=int(environment["MOST_PAGES"]),
            state_machine=environment.get("STATE_MACHINE", ""),
            largest_task_bytes=int(environment.get("LARGEST_TASK_BYTES", "0")),
            distribution=environment.get("DISTRIBUTION", ""),
            token_usd=Decimal(environment["EMBEDDING_USD"]),
            second_usd=Decimal(environment["SECOND_USD"]),
        )

    def cost(self, tokens: int, seconds: float) -> Decimal:
        """In USD: of the tokens, and of the run itself."""
        return (tokens * self.token_usd / 1000 + Decimal(str(seconds)) * self.second_usd).quantize(Decimal("1e-9"))


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One version of one object."""

    bucket: str
    key: str
    version: str

    @property
    def job(self) -> str:
        """The same for the same upload, however often it is told."""
        return packages.digest(f"{self.bucket}/{self.key}?{self.version}")

    @property
    def source(self) -> str:
        """Where it is."""
        return f"{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """Its key, without the ending ``.pdf``, in whatever case."""
        return self.key[: -len(".pdf")]

    @classmethod
    def told_by(cls, event: Mapping[str, Any]) -> Upload:
        """The upload that an event of S3 tells of."""
        bucket, item = event["detail"]["bucket"]["name"], event["detail"]["object"]
        return cls(bucket=bucket, key=item["key"], version=item.get("version-id", ""))
