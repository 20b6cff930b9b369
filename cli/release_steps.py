"""The steps of a release: each is previewed, made, watched, and taken back where it doesn't go well."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.release_tools import Tools
from cli.weights import WHOLE, ReleaseError, Shift, finish, give, given, remaining, replace, write
from components.core.settings.problems import SettingsError
from components.edge.release_settings import Release
from settings import load_from_files

RULE = "aws:lb/listenerRule:ListenerRule"
POLL_SECONDS = 15


class NothingChangedError(ReleaseError):
    """Refused before anything changed."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of the command.

    Attributes:
        root: folder of the project.
        stack: its name.
        services: whose weights change.
        watch_seconds: how long alarms are watched after each step.
        canary_seconds: how much longer a run of the canary is waited for.
        tools: what it works with.
    """

    root: Path
    stack: str
    services: Sequence[str]
    watch_seconds: int
    tools: Tools
    canary_seconds: int = 0

    @property
    def file(self) -> Path:
        """The stack's file."""
        return self.root / f"Pulumi.{self.stack}.yaml"

    @property
    def release(self) -> Release:
        """The weights as the file has them now."""
        return load_from_files(self.stack, self.root).release


def carry_out(job: Job, share: int | None, *, dry_run: bool = False) -> None:
    """Give the new colours a share in %: 0 takes them back, None goes through the remaining steps.

    Raises:
        ReleaseError: says what became of it.
    """
    release = job.release
    steps = remaining(release, job.services) if share is None else [share]
    if dry_run:
        rehearse(job, give(release, job.services, steps[0] if steps else WHOLE))
        return
    if share == 0:
        take_back(job)
        return
    if failing := going_off(job):
        raise NothingChangedError(f"alarms are going off already: {', '.join(failing)}; nothing was changed")
    for each in steps:
        step(job, each)
    if given(job.release, job.services) == WHOLE:
        write(job.file, finish(job.release, job.services))
        say("finished: the new colours have all requests")


def step(job: Job, share: int) -> None:
    """Give a share, watch, and take everything back where that doesn't go well (SMILE-DEPLOY-14).

    Raises:
        ReleaseError: it was taken back, or couldn't be.
    """
    try:
        shift(job, share)
        watch(job)
    except NothingChangedError:
        raise
    except ReleaseError as error:
        say(f"rolling back: {error}")
        take_back(job)
        raise ReleaseError(f"rolled back, the old colours have all requests again: {error}") from error


def take_back(job: Job) -> None:
    """Give the old colours everything, without a preview: it was right before.

    Raises:
        ReleaseError: the update failed.
    """
    release = job.release
    # Still under way until it is done: else a second try would find nothing to take back.
    target = Shift(give(release, job.services, 0).weights, release.underway)
    try:
        update(job, target)
    except ReleaseError as error:
        raise ReleaseError(f"{error}; the old colours may not have all requests: run this with --rollback") from error
    write(job.file, finish(job.release, job.services))


def shift(job: Job, share: int) -> None:
    """Give the new colours a share.

    Raises:
        NothingChangedError: more than weights would change.
        ReleaseError: the update failed.
    """
    target = give(job.release, job.services, share)
    rehearse(job, target)
    update(job, target)


def update(job: Job, target: Shift) -> None:
    """Change weights, in the file and then in AWS.

    Raises:
        ReleaseError: the update failed.
    """
    write(job.file, target)
    say(target.describe())
    job.tools.pulumi(["up", "--stack", job.stack, "--yes", "--skip-preview", "--non-interactive"])


def rehearse(job: Job, target: Shift) -> None:
    """Preview weights; the file is then as before.

    Raises:
        NothingChangedError: more than weights would change, or the preview failed.
    """
    before = job.file.read_text(encoding="utf-8")
    try:
        write(job.file, target)
        load_from_files(job.stack, job.root)
        preview = json.loads(job.tools.pulumi(["preview", "--stack", job.stack, "--json", "--non-interactive"]))
    except (ReleaseError, SettingsError) as error:
        raise NothingChangedError(f"{error}; nothing was changed") from error
    finally:
        replace(job.file, before)
    changes = [each for each in preview.get("steps", []) if each["op"] != "same"]
    others = [each for each in changes if each["op"] != "update" or not is_rule(each)]
    for each in changes:
        say(f"preview: {each['op']} {name_of(each)}")
    if others:
        found = ", ".join(f"{each['op']} {name_of(each)}" for each in others[:5])
        raise NothingChangedError(f"more than weights would change ({found}); deploy that first; nothing was changed")


def is_rule(change: dict[str, Any]) -> bool:
    """Whether a listener rule changes; an URN's second last part is the chain of types down to the resource's own."""
    return str(change["urn"]).split("::")[-2].rpartition("$")[2] == RULE


def name_of(change: dict[str, Any]) -> str:
    """The logical name of what changes."""
    return str(change["urn"]).rpartition("::")[2]


def watch(job: Job) -> None:
    """Watch the stack's alarms for a while, and until the canary has found all well since (SMILE-DEPLOY-10).

    Raises:
        ReleaseError: an alarm goes off, the canary fails, or it doesn't run.
    """
    if job.tools.failing is None:
        return
    since, waited, passed = job.tools.now(), 0, job.tools.canary is None
    while True:
        if failing := going_off(job):
            raise ReleaseError(f"alarms are going off: {', '.join(failing)}")
        passed = passed or canary_passed(job, since)
        left = job.watch_seconds - waited
        if left <= 0 and passed:
            return
        if left <= -job.canary_seconds:
            raise ReleaseError(f"no run of the canary has ended within {waited} s")
        say(f"all is well; watching for {left} s more" if left > 0 else "all is well; waiting for the canary's run")
        pause = min(left, POLL_SECONDS) if left > 0 else POLL_SECONDS
        job.tools.wait(pause)
        waited += pause


def canary_passed(job: Job, since: datetime) -> bool:
    """Whether a run of the canary that began since then found all well.

    Raises:
        ReleaseError: it found something else.
    """
    outcome = job.tools.canary(since) if job.tools.canary else None
    if outcome not in (None, "PASSED"):
        raise ReleaseError(f"the canary's run ended with {outcome}")
    return outcome == "PASSED"


def going_off(job: Job) -> Sequence[str]:
    """The alarms that are going off; none where nobody looks."""
    return job.tools.failing() if job.tools.failing else ()


def say(text: str) -> None:
    """Tell the operator what happens."""
    print(f"release: {text}", file=sys.stderr, flush=True)
