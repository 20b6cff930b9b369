"""What a release works with: the engine, the alarms of the stack, and its canary."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cli.weights import ReleaseError
from components.canary.settings import canary_name

PROJECT = "smile"
WINDOW = re.compile(r".*-slo-.*-(long|short)")
"""One window of an objective, which tells of up to six hours ago: what mends that has to be released. Both windows
together are an alarm of their own."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Tests bring their own.

    Attributes:
        pulumi: runs the engine in the project; gives its standard output, where that is kept.
        failing: names of the stack's alarms that are going off; None where nobody looks.
        canary: how the canary's last run ended, if it began since then; None where there is no canary.
        wait: for some seconds.
        now: the time, with its zone.
    """

    pulumi: Callable[[Sequence[str]], str]
    failing: Callable[[], Sequence[str]] | None
    canary: Callable[[datetime], str | None] | None = None
    wait: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def pulumi(root: Path, words: Sequence[str]) -> str:
    """Run the engine; what it prints is shown, but for a preview's JSON.

    Raises:
        ReleaseError: it failed.
    """
    kept = subprocess.PIPE if "--json" in words else None
    done = subprocess.run(["pulumi", *words], cwd=root, stdout=kept, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"pulumi {words[0]} failed (exit {done.returncode}) {(done.stdout or '')[-2000:]}".strip())
    return done.stdout or ""


def alarms(stack: str, region: str) -> Callable[[], Sequence[str]]:
    """Asks CloudWatch for the stack's alarms that are going off, whatever they watch (SMILE-DEPLOY-10)."""
    # Here: it takes 0.3 s, which the other commands shouldn't.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    def failing() -> list[str]:
        try:
            pages = (
                boto3.client("cloudwatch", region_name=region)
                .get_paginator("describe_alarms")
                .paginate(
                    AlarmNamePrefix=f"{PROJECT}-{stack}-",
                    StateValue="ALARM",
                    AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                )
            )
            kinds = ("MetricAlarms", "CompositeAlarms")
            names = (alarm["AlarmName"] for page in pages for kind in kinds for alarm in page.get(kind, ()))
            return sorted(name for name in names if not WINDOW.fullmatch(name))
        except (BotoCoreError, ClientError) as error:
            raise ReleaseError(f"CloudWatch can't be asked for alarms: {error}; --unwatched looks at none") from error

    return failing


def canary(stack: str, region: str) -> Callable[[datetime], str | None]:
    """Asks Synthetics how the canary's last run ended, if it began since then: PASSED or FAILED (SMILE-OBS-18)."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    name = canary_name(f"{PROJECT}-{stack}")

    def outcome(since: datetime) -> str | None:
        try:
            found = boto3.client("synthetics", region_name=region).describe_canaries_last_run(Names=[name])
        except (BotoCoreError, ClientError) as error:
            raise ReleaseError(f"Synthetics can't be asked for {name}: {error}; --unwatched doesn't") from error
        for run in (each["LastRun"] for each in found["CanariesLastRun"]):
            if run["Timeline"]["Started"] >= since and run["Status"]["State"] != "RUNNING":
                return run["Status"]["State"]
        return None

    return outcome
