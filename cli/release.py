"""``smile release``: give a new version its requests step by step, and take them back when an alarm goes off.

Weights in the stack's file are all that changes; the file also says what is under way, so that whoever finds a release
half done can promote it or roll it back.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cli.release_steps import Job, carry_out
from cli.release_tools import Tools, alarms, canary, pulumi
from cli.weights import WHOLE, ReleaseError
from components.core.settings.problems import SettingsError, suggestion
from components.edge.release_settings import COLOURS
from settings import load_from_files


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do, to which services."""
    parser.add_argument("--stack", required=True, help="one with a Pulumi.STACK.yaml")
    parser.add_argument(
        "--service",
        action="append",
        metavar="NAME",
        help="one of several; default: all that run in both colours, or all under way",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--canary", type=percent, metavar="PERCENT", help="give the new colour this share, and watch")
    what.add_argument("--promote", action="store_true", help="go through the remaining steps, up to everything")
    what.add_argument("--rollback", action="store_true", help="give the old colour everything again")
    parser.add_argument("--watch-seconds", type=int, default=300, help="how long after each step; default: 300")
    parser.add_argument(
        "--unwatched", action="store_true", help="look at no alarms and no canary: offline, or without CloudWatch"
    )
    parser.add_argument("--dry-run", action="store_true", help="only preview the first step")


def percent(text: str) -> int:
    """A share that a canary can have.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdigit() or not 0 < int(text) < WHOLE:
        raise argparse.ArgumentTypeError(f"got {text}; valid: 1 to 99 (0 is --rollback, 100 comes with --promote)")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Release; 1 when it can't be made, or was taken back."""
    try:
        root = Path.cwd()
        settings = load_from_files(arguments.stack, root)
        region, probed = settings.account.region, settings.canary.enabled and settings.dns.public is not None
        job = Job(
            root=root,
            stack=arguments.stack,
            services=chosen(root, arguments),
            watch_seconds=arguments.watch_seconds,
            canary_seconds=2 * 60 * settings.canary.every_minutes,
            tools=Tools(
                pulumi=lambda words: pulumi(root, words),
                failing=None if arguments.unwatched else alarms(arguments.stack, region),
                canary=canary(arguments.stack, region) if probed and not arguments.unwatched else None,
            ),
        )
        carry_out(job, arguments)
    except (ReleaseError, SettingsError) as error:
        print(f"smile release: {error}", file=sys.stderr)
        return 1
    return 0


def chosen(root: Path, arguments: argparse.Namespace) -> list[str]:
    """The services that are meant.

    Raises:
        ReleaseError: one isn't public, or none is under way.
    """
    settings = load_from_files(arguments.stack, root)
    public, underway = settings.services.public, settings.release.underway
    named: list[str] = arguments.service or []
    for name in named:
        if name not in public:
            raise ReleaseError(f"no public service{suggestion(name, public)}: {name}; valid: {', '.join(public)}")
    if arguments.canary is not None:
        services = named or [name for name in public if len(settings.workloads.versions_of(name)) == len(COLOURS)]
        if not services:
            raise ReleaseError("no public service runs in both colours; set smile:workloads.versions, and deploy that")
        return services
    services = [name for name in named or underway if name in underway]
    if not services:
        raise ReleaseError("no release of these services is under way; begin one with --canary 10")
    return services
