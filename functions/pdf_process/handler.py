"""Makes a package of each PDF that is uploaded: its text, in chunks, each with its embedding.

A message is an upload, as EventBridge tells it; a range of pages of a document that is too long for one run; a package
that a task has made; or an execution of the state machine that ended before its time. What fails for a while comes
again, and ends in the dead-letter queue; a file that no retry makes readable is a failed job.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

from pdf_pipeline.pipeline import Pipeline
from pdf_pipeline.work import Work

log = logging.getLogger()
log.setLevel(logging.INFO)


def handle(event: Mapping[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Process the messages; gives those that shall come again."""
    pipeline = Pipeline(Work.of(os.environ))
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            take(pipeline, json.loads(record["body"]))
        except Exception:
            log.exception("message %s comes again", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def take(pipeline: Pipeline, message: Mapping[str, Any]) -> None:
    """What one message asks for."""
    if "range" in message:
        pipeline.pages(message)
    elif "packaged" in message:
        pipeline.packaged(message)
    elif message.get("source") == "aws.states":
        pipeline.ended(message)
    else:
        pipeline.start(message)
