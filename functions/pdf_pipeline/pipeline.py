"""From message to package, whether a function or a task does it.

The table of jobs says what is done already: a message that comes again makes no second package, and counts no cost
twice. What is too large or too long for functions is handed to a state machine, which runs a task for it.
"""

from __future__ import annotations

import io
import json
import logging
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from time import monotonic, time
from typing import Any
from urllib.parse import quote

import boto3
from boto3.s3.transfer import TransferConfig

from pdf_pipeline import documents, embedding, packages
from pdf_pipeline.jobs import Jobs
from pdf_pipeline.work import Upload, Work

log = logging.getLogger()
Job = Mapping[str, Any]
CHUNK_BYTES = 1024 * 1024
ONE_BY_ONE = TransferConfig(use_threads=False)
"""Parts of an upload: each thread would hold some of them in memory."""
ENDED = {"DONE", "FAILED"}


@cache
def client(service: str, region: str | None = None) -> Any:
    """One of each for all runs of this instance."""
    return boto3.client(service, region_name=region)


class Pipeline:
    """What is done of a document, each step as often as it is asked for, with the same result."""

    def __init__(self, work: Work) -> None:
        self.work = work
        dynamodb: Any = boto3.resource("dynamodb")
        self.jobs = Jobs(dynamodb.Table(work.table))

    @contextmanager
    def job(self, upload: Upload) -> Generator[Job | None]:
        """The job of an upload while something is done for it; None where it has ended.

        A file that no retry makes readable ends it; anything else that goes wrong is noted, and raised.
        """
        job = self.jobs.begin(upload.job, upload.source, int(time()))
        if job["status"] in ENDED:
            log.info("job %s is %s already", upload.job, job["status"])
            yield None
            return
        try:
            yield job
        except documents.UnreadableError as reason:
            log.warning("job %s failed: %s", upload.job, reason)
            self.jobs.fail(upload.job, str(reason), int(time()))
        except Exception as error:
            self.jobs.note(upload.job, f"{type(error).__name__}: {error}")
            raise

    @contextmanager
    def document(self, upload: Upload) -> Generator[documents.Document]:
        """The document, on disk.

        Raises:
            UnreadableError: it is none.
        """
        version = {"VersionId": upload.version} if upload.version else {}
        with tempfile.TemporaryFile() as file:
            found = client("s3").get_object(Bucket=upload.bucket, Key=upload.key, **version)
            for chunk in found["Body"].iter_chunks(CHUNK_BYTES):
                file.write(chunk)
            file.seek(0)
            yield documents.read(documents.Source(io.FileIO(file.fileno(), closefd=False)))

    def start(self, event: Mapping[str, Any]) -> None:
        """An upload: process a short document; send the ranges of a long one, each as a message, or have a task."""
        upload = Upload.told_by(event)
        with self.job(upload) as job:
            if job is None:
                return
            size = event["detail"]["object"]["size"]
            if size > self.work.largest_bytes:
                self.hand_over(upload, job, event, f"{size} bytes, more than {self.work.largest_bytes}")
                return
            with self.document(upload) as document:
                if self.work.state_machine and document.pages > self.work.most_pages:
                    self.hand_over(upload, job, event, f"{document.pages} pages, more than {self.work.most_pages}")
                    return
                ranges = self.ranges(document.pages)
                planned = self.jobs.plan(upload.job, document.pages, len(ranges))
                if len(ranges) > 1:
                    for each in ranges:
                        self.send({"range": list(each), "upload": asdict(upload)})
                    log.info("job %s: %d pages in %d parts", upload.job, document.pages, len(ranges))
                    return
                done = self.part(upload, document, planned, *ranges[0])
            self.finish(upload, done)

    def hand_over(self, upload: Upload, job: Job, event: Mapping[str, Any], why: str) -> None:
        """Have a task process it; asked again while that runs, nothing happens.

        Raises:
            UnreadableError: there are no tasks, or it is too large for them.
        """
        if not self.work.state_machine:
            raise documents.UnreadableError(f"{why}: split it")
        if event["detail"]["object"]["size"] > self.work.largest_task_bytes:
            raise documents.UnreadableError(f"{why}, and than {self.work.largest_task_bytes}: split it")
        states = client("stepfunctions")
        # A name is taken for 90 days, so that what failed for good has another one when it is tried again.
        name = f"{upload.job}-{job.get('tries', 0)}"
        told = {"job": upload.job, "message": {"detail": event["detail"]}}
        try:
            states.start_execution(
                stateMachineArn=self.work.state_machine, name=name, input=json.dumps(told, sort_keys=True)
            )
        except states.exceptions.ExecutionAlreadyExists:
            log.info("execution %s was started before", name)
        else:
            log.info("job %s: execution %s, for %s", upload.job, name, why)

    def ranges(self, pages: int) -> list[tuple[int, int]]:
        """First page of each part and the first that is no longer in it, from zero."""
        step = self.work.pages_per_part
        return [(first, min(first + step, pages)) for first in range(0, pages, step)]

    def pages(self, message: Mapping[str, Any]) -> None:
        """A range of pages; whoever finishes the last makes the package."""
        upload, (first, last) = Upload(**message["upload"]), [int(each) for each in message["range"]]
        with self.job(upload) as job:
            if job is None:
                return
            done = job
            if first // self.work.pages_per_part not in job.get("done_parts", ()):
                with self.document(upload) as document:
                    done = self.part(upload, document, job, first, last)
            self.finish(upload, done)

    def whole(self, event: Mapping[str, Any]) -> None:
        """All of a document, range by range: one that was interrupted goes on where it was."""
        upload = Upload.told_by(event)
        with self.job(upload) as job:
            if job is None:
                return
            with self.document(upload) as document:
                ranges = self.ranges(document.pages)
                done = self.jobs.plan(upload.job, document.pages, len(ranges))
                for each in ranges:
                    done = self.part(upload, document, done, *each)
            self.package(upload, done)
            # A function tells the edges: CloudFront's API has no endpoint in a VPC.
            self.send({"packaged": asdict(upload)})

    def part(self, upload: Upload, document: documents.Document, job: Job, first: int, last: int) -> Job:
        """The job once a range of pages is embedded and stored; one that was before is left as it is."""
        number = first // self.work.pages_per_part
        if number in job.get("done_parts", ()):
            return job
        begun = monotonic()
        lines, tokens = self.embed(document, first, last)
        body = packages.zipped("".join(json.dumps(line) + "\n" for line in lines).encode())
        client("s3").put_object(Bucket=self.work.parts, Key=part_key(upload, number), Body=body)
        return self.jobs.finish_part(upload.job, number, tokens, self.work.cost(tokens, monotonic() - begun))

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

    def finish(self, upload: Upload, job: Job) -> None:
        """Where all parts are there, package and publish them."""
        if len(job["done_parts"]) == job["parts"]:
            self.package(upload, job)
            self.publish(upload)

    def package(self, upload: Upload, job: Job) -> None:
        """Store what was made, the package last.

        Raises:
            UnreadableError: there is no text on any page.
        """
        s3, work, parts = client("s3"), self.work, range(int(job["parts"]))
        bodies = (s3.get_object(Bucket=work.parts, Key=part_key(upload, each))["Body"].read() for each in parts)
        about = {"job": upload.job, "source": upload.source, "pages": int(job["pages"]), "model": work.model}
        with tempfile.TemporaryDirectory() as folder:
            made = packages.write(Path(folder), bodies, about)
            if not made.chunks:
                raise documents.UnreadableError("no text on any page: a scan has to go through OCR first")
            for kind, key in packages.keys(upload.name).items():
                typed = {"ContentType": "application/gzip"}
                s3.upload_file(str(made.files[kind]), work.outputs, key, ExtraArgs=typed, Config=ONE_BY_ONE)

    def publish(self, upload: Upload) -> None:
        """Edges forget what was there before; the job is done."""
        keys = packages.keys(upload.name)
        if self.work.distribution:
            client("cloudfront").create_invalidation(
                DistributionId=self.work.distribution,
                InvalidationBatch={
                    # The same job asks once, however often it gets here.
                    "CallerReference": upload.job,
                    "Paths": {"Quantity": len(keys), "Items": [f"/{quote(key)}" for key in keys.values()]},
                },
            )
        self.jobs.done(upload.job, keys["package"], int(time()))
        log.info("job %s: %s", upload.job, keys["package"])

    def packaged(self, message: Mapping[str, Any]) -> None:
        """A task has made a package."""
        upload = Upload(**message["packaged"])
        with self.job(upload) as job:
            if job is not None:
                self.publish(upload)

    def ended(self, event: Mapping[str, Any]) -> None:
        """An execution was ended by somebody, or couldn't clean up: its slot is free for the next."""
        execution = event["detail"]["name"]
        job = execution.rpartition("-")[0]
        self.jobs.free_slot(execution)
        self.jobs.give_up(job, f"execution {execution}: {event['detail']['status']}")

    def send(self, message: Mapping[str, Any]) -> None:
        """To whichever run takes it."""
        client("sqs").send_message(QueueUrl=self.work.queue_url, MessageBody=json.dumps(message))


def part_key(upload: Upload, number: int) -> str:
    """Where a part is kept until all are there."""
    return f"{upload.job}/{number:05}.jsonl.gz"
