"""``smile release``: give a new version its requests step by step, and take them back when an alarm goes off.

Weights in the stack's file are all that changes; the file also says what is under way, so that whoever finds a release
half done can promote it or roll it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.answer import Answer
from cli.release_steps import Job, carry_out
from cli.release_tools import Tools, alarms, canary, pulumi
from cli.weights import ReleaseError
from components.core.settings.problems import suggestion
from components.edge.release_settings import COLOURS
from settings import Settings, load_from_files


def run(stack: str, named: Sequence[str], share: int | None, watch_seconds: int | None, *, dry_run: bool) -> Answer:
    """Release.

    Args:
        stack: whose services.
        named: these; all that are meant where none is.
        share: % for the new colours: 0 takes them back; None goes through the remaining steps.
        watch_seconds: how long after each step; None looks at no alarms and no canary.
        dry_run: only preview the first step.

    Raises:
        ReleaseError: it can't be made, or was taken back.
    """
    root = Path.cwd()
    settings = load_from_files(stack, root)
    region, probed = settings.account.region, settings.canary.enabled and settings.dns.public is not None
    job = Job(
        root=root,
        stack=stack,
        services=chosen(settings, named, share),
        watch_seconds=watch_seconds or 0,
        canary_seconds=2 * 60 * settings.canary.every_minutes,
        tools=Tools(
            pulumi=lambda words: pulumi(root, words),
            failing=None if watch_seconds is None else alarms(stack, region),
            canary=canary(stack, region) if probed and watch_seconds is not None else None,
        ),
    )
    carry_out(job, share, dry_run=dry_run)
    now = job.release
    weights = {name: each.by_colour for name, each in now.weights.items()}
    return Answer({"stack": stack, "services": job.services, "weights": weights, "underway": now.underway})


def chosen(settings: Settings, named: Sequence[str], share: int | None) -> list[str]:
    """The services that are meant.

    Raises:
        ReleaseError: one isn't public, or none is under way.
    """
    public, underway = settings.services.public, settings.release.underway
    for name in named:
        if name not in public:
            raise ReleaseError(f"no public service{suggestion(name, public)}: {name}; valid: {', '.join(public)}")
    if share:
        services = list(named) or [name for name in public if len(settings.workloads.versions_of(name)) == len(COLOURS)]
        if not services:
            raise ReleaseError("no public service runs in both colours; set smile:workloads.versions, and deploy that")
        return services
    services = [name for name in named or underway if name in underway]
    if not services:
        raise ReleaseError("no release of these services is under way; begin one with --canary 10")
    return services
