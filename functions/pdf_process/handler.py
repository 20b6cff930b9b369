"""Makes a package of each PDF that is uploaded: its text, in chunks, each with its embedding.

A message is an upload, as EventBridge tells it, or a range of pages of a document that is too long for one run. The
table of jobs says what is done already: a message that comes again makes no second package, and counts no cost twice.
What fails for a while comes again, and ends in the dead-letter queue; a file that no retry makes readable is a failed
job.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from time import monotonic, time
from typing import Any
from urllib.parse import quote

import boto3

from pdf_pipeline import documents, embedding, packages
from pdf_pipeline.jobs import Jobs

log = logging.getLogger()
log.setLevel(logging.INFO)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the function works with.

    Attributes:
        outputs: bucket of what is made of documents.
        parts: bucket of what is made of ranges of pages, until all are there.
        table: of the jobs.
        queue_url: where ranges of long documents go.
        model: of Bedrock, which embeds.
        model_region: where it is asked.
        pages_per_part: that one run takes on.
        largest_bytes: of a document.
        distribution: whose edges forget what is replaced; none where nothing is served.
        token_usd: price of a thousand tokens.
        gb_second_usd: price of a GB of memory for a second.
        memory_mib: of the function.
    """

    outputs: str
    parts: str
    table: str
    queue_url: str
    model: str
    model_region: str
    pages_per_part: int
    largest_bytes: int
    distribution: str
    token_usd: Decimal
    gb_second_usd: Decimal
    memory_mib: int

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Work:
        """What the function's environment variables say."""
        return cls(
            outputs=environment["OUTPUTS"],
            parts=environment["PARTS"],
            table=environment["TABLE"],
            queue_url=environment["QUEUE_URL"],
            model=environment["MODEL"],
            model_region=environment["MODEL_REGION"],
            pages_per_part=int(environment["PAGES_PER_PART"]),
            largest_bytes=int(environment["LARGEST_BYTES"]),
            distribution=environment.get("DISTRIBUTION", ""),
            token_usd=Decimal(environment["EMBEDDING_USD"]),
            gb_second_usd=Decimal(environment["GB_SECOND_USD"]),
            memory_mib=int(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        )


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


def handle(event: Mapping[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Process the messages; gives those that shall come again."""
    pipeline = Pipeline(Work.of(os.environ))
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            pipeline.take(json.loads(record["body"]))
        except Exception:
            log.exception("message %s comes again", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


@cache
def client(service: str, region: str | None = None) -> Any:
    """One of each for all runs of this instance."""
    return boto3.client(service, region_name=region)


class Pipeline:
    """From message to package."""

    def __init__(self, work: Work) -> None:
        self.work = work
        dynamodb: Any = boto3.resource("dynamodb")
        self.jobs = Jobs(dynamodb.Table(work.table))

    def take(self, message: Mapping[str, Any]) -> None:
        """One message: an upload, or a range of its pages."""
        if "range" in message:
            upload, pages = Upload(**message["upload"]), [int(each) for each in message["range"]]
        else:
            told, pages = message["detail"], None
            bucket, item = told["bucket"]["name"], told["object"]
            upload = Upload(bucket=bucket, key=item["key"], version=item.get("version-id", ""))
        job = self.jobs.begin(upload.job, f"{upload.bucket}/{upload.key}", int(time()))
        if job["status"] in {"DONE", "FAILED"}:
            log.info("job %s is %s already", upload.job, job["status"])
            return
        try:
            document = self.fetch(upload)
            if pages is None:
                self.start(upload, document)
            else:
                self.part(upload, document, job, pages[0], pages[1])
        except documents.UnreadableError as reason:
            log.warning("job %s failed: %s", upload.job, reason)
            self.jobs.fail(upload.job, str(reason), int(time()))
        except Exception as error:
            self.jobs.note(upload.job, f"{type(error).__name__}: {error}")
            raise

    def fetch(self, upload: Upload) -> documents.Document:
        """The document.

        Raises:
            UnreadableError: it is none, or too large.
        """
        version = {"VersionId": upload.version} if upload.version else {}
        found = client("s3").get_object(Bucket=upload.bucket, Key=upload.key, **version)
        if found["ContentLength"] > self.work.largest_bytes:
            raise documents.UnreadableError(
                f"{found['ContentLength']} bytes, more than {self.work.largest_bytes}: split it"
            )
        return documents.read(found["Body"].read())

    def start(self, upload: Upload, document: documents.Document) -> None:
        """Process a short document; send the ranges of a long one, each as a message."""
        ranges = [*self.ranges(document.pages)]
        job = self.jobs.plan(upload.job, document.pages, len(ranges))
        if len(ranges) == 1:
            self.part(upload, document, job, *ranges[0])
            return
        for first, last in ranges:
            body = {"range": [first, last], "upload": asdict(upload)}
            client("sqs").send_message(QueueUrl=self.work.queue_url, MessageBody=json.dumps(body))
        log.info("job %s: %d pages in %d parts", upload.job, document.pages, len(ranges))

    def ranges(self, pages: int) -> Iterator[tuple[int, int]]:
        """First page of each part and the first that is no longer in it, from zero."""
        step = self.work.pages_per_part
        return ((first, min(first + step, pages)) for first in range(0, pages, step))

    def part(self, upload: Upload, document: documents.Document, job: Mapping[str, Any], first: int, last: int) -> None:
        """Embed a range of pages, unless that is done; whoever finishes the last part makes the package."""
        number = first // self.work.pages_per_part
        if number not in job.get("done_parts", ()):
            begun = monotonic()
            lines, tokens = self.embed(document, first, last)
            body = packages.zipped("".join(json.dumps(line) + "\n" for line in lines).encode())
            client("s3").put_object(Bucket=self.work.parts, Key=self.part_key(upload, number), Body=body)
            cost = self.cost(tokens, monotonic() - begun)
            job = self.jobs.finish_part(upload.job, number, tokens, cost)
        if len(job["done_parts"]) == job["parts"]:
            self.finish(upload, int(job["parts"]), int(job["pages"]))

    def embed(self, document: documents.Document, first: int, last: int) -> tuple[list[dict[str, Any]], int]:
        """The chunks of a range of pages with their vectors, and the tokens that they took."""
        model = embedding.Model(client("bedrock-runtime", self.work.model_region), self.work.model)
        lines: list[dict[str, Any]] = []
        tokens = 0
        for page, text in document.texts(first, last):
            for chunk in documents.chunks(text):
                vector, used = model.embed(chunk)
                tokens += used
                lines.append({"page": page + 1, "text": chunk, "embedding": vector})
        return lines, tokens

    def part_key(self, upload: Upload, number: int) -> str:
        """Where a part is kept until all are there."""
        return f"{upload.job}/{number:05}.jsonl.gz"

    def cost(self, tokens: int, seconds: float) -> Decimal:
        """In USD: of the tokens, and of the function while it ran."""
        compute = Decimal(str(seconds)) * self.work.memory_mib / 1024 * self.work.gb_second_usd
        return (tokens * self.work.token_usd / 1000 + compute).quantize(Decimal("1e-9"))

    def finish(self, upload: Upload, parts: int, pages: int) -> None:
        """Store what was made, the package last; then edges forget what was there before.

        Raises:
            UnreadableError: there is no text on any page.
        """
        s3, outputs = client("s3"), self.work.outputs
        bodies = [
            s3.get_object(Bucket=self.work.parts, Key=self.part_key(upload, n))["Body"].read() for n in range(parts)
        ]
        vectors = b"".join(map(packages.unzipped, bodies))
        if not vectors:
            raise documents.UnreadableError("no text on any page: a scan has to go through OCR first")
        about = {"job": upload.job, "source": f"{upload.bucket}/{upload.key}", "pages": pages, "model": self.work.model}
        name = upload.key[: -len(".pdf")]  # in whatever case
        files = packages.files(name, vectors, about)
        for key, body in files.items():
            s3.put_object(Bucket=outputs, Key=key, Body=body, ContentType="application/gzip")
        if self.work.distribution:
            client("cloudfront").create_invalidation(
                DistributionId=self.work.distribution,
                InvalidationBatch={
                    # The same job asks once, however often it gets here.
                    "CallerReference": upload.job,
                    "Paths": {"Quantity": len(files), "Items": [f"/{quote(key)}" for key in files]},
                },
            )
        self.jobs.done(upload.job, f"packages/{name}.vkp.tar.gz", int(time()))
        log.info("job %s: packages/%s.vkp.tar.gz", upload.job, name)
