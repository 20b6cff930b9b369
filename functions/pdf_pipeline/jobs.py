"""The table of jobs: what is under way, what it cost, and why it failed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

DAY = 24 * 60 * 60
KEPT_DAYS = 90
"""How long the table has a job; its package stays."""
RACE = "ConditionalCheckFailedException"
SLOTS, HOLDERS = "slots", "holders"
"""Item and its set of names of executions: who of them runs a task. It is no job, and has no status."""


class Jobs:
    """Jobs by id, and by status and time of their start (index ``by-status``)."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def begin(self, job: str, source: str, now: int) -> dict[str, Any]:
        """The job, which is under way from now on, unless it was before."""
        try:
            self.table.put_item(
                Item={
                    "job_id": job,
                    "source": source,
                    "status": "RUNNING",
                    "started_at": stamp(now),
                    "cost_usd": Decimal(0),
                    "tokens": 0,
                    "expires_at": now + KEPT_DAYS * DAY,
                },
                ConditionExpression="attribute_not_exists(job_id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != RACE:
                raise
        return self.table.get_item(Key={"job_id": job}, ConsistentRead=True)["Item"]

    def plan(self, job: str, pages: int, parts: int) -> dict[str, Any]:
        """The job with how much there is to do."""
        return self.update(job, "SET pages = :pages, parts = :parts", {":pages": pages, ":parts": parts})

    def finish_part(self, job: str, number: int, tokens: int, cost: Decimal) -> dict[str, Any]:
        """The job with one more part done; a part that was done before costs nothing more."""
        try:
            return self.update(
                job,
                "ADD done_parts :part, tokens :tokens, cost_usd :cost",
                {":part": {number}, ":tokens": tokens, ":cost": cost, ":number": number},
                "NOT contains(done_parts, :number)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != RACE:
                raise
        return self.table.get_item(Key={"job_id": job}, ConsistentRead=True)["Item"]

    def done(self, job: str, package: str, now: int) -> None:
        """There is a package."""
        self.end(job, "DONE", "package", package, now)

    def fail(self, job: str, reason: str, now: int) -> None:
        """There will be none."""
        self.end(job, "FAILED", "error", reason, now)

    def note(self, job: str, error: str) -> None:
        """What went wrong this time; the job is tried again."""
        self.update(job, "SET last_error = :error", {":error": error[:1000]})

    def give_up(self, job: str, error: str) -> None:
        """An execution ended without a package; the next has another name."""
        self.update(job, "SET last_error = :error ADD tries :one", {":error": error[:1000], ":one": 1})

    def free_slot(self, execution: str) -> None:
        """An execution runs no task any more; one that ran none changes nothing."""
        self.table.update_item(
            Key={"job_id": SLOTS},
            UpdateExpression=f"DELETE {HOLDERS} :own",
            ExpressionAttributeValues={":own": {execution}},
        )

    def end(self, job: str, status: str, name: str, value: str, now: int) -> None:
        """The end of a job, and what came of it."""
        self.update(
            job,
            "SET #status = :status, ended_at = :now, #name = :value",
            {":status": status, ":now": stamp(now), ":value": value},
            names={"#status": "status", "#name": name},
        )

    def update(
        self,
        job: str,
        expression: str,
        values: dict[str, Any],
        condition: str = "attribute_exists(job_id)",
        names: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The job after a change."""
        return self.table.update_item(
            Key={"job_id": job},
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            **({"ExpressionAttributeNames": names} if names else {}),
            ReturnValues="ALL_NEW",
        )["Attributes"]


def stamp(now: int) -> str:
    """A time as it sorts, in UTC."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
