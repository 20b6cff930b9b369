"""``smile publish``: put a build of the front end where CloudFront finds it, or bring the one before back.

What new pages need is there before them, and ``index.html`` comes last: cut off at any point, the old pages still work.
Files whose names change with their content are never deleted, for whoever still has an old page open.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cli.publish_build import INDEX, File, read
from cli.publish_site import Site, find
from cli.release_tools import pulumi
from cli.weights import ReleaseError
from components.core.settings.problems import SettingsError
from settings import load_from_files
from settings.stack import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """What to publish, and where."""
    parser.add_argument("--stack", required=True, help="one with a Pulumi.STACK.yaml")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("build", nargs="?", type=Path, metavar="FOLDER", help="the React build, with its index.html")
    what.add_argument("--rollback", action="store_true", help="bring back what there was before the last build")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def run(arguments: argparse.Namespace) -> int:
    """Publish; 1 when it can't be done."""
    # Here: it takes 0.3 s, which the other commands shouldn't.
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        root = Path.cwd()
        settings = load_from_files(arguments.stack, root)
        files = None if arguments.rollback else read(arguments.build, settings)
        outputs = json.loads(pulumi(root, ["stack", "output", "--json", "--stack", arguments.stack]))
        site = find(settings, outputs)
        if files is None:
            roll_back(site, settings, dry_run=arguments.dry_run)
        else:
            publish(site, files, dry_run=arguments.dry_run)
    except (ReleaseError, SettingsError, BotoCoreError, ClientError) as error:
        print(f"smile publish: {error}", file=sys.stderr)
        return 1
    return 0


def publish(site: Site, files: list[File], *, dry_run: bool) -> None:
    """Upload what is new, in the order of its kinds, and let the edges ask for pages again.

    Raises:
        ReleaseError: a file that browsers keep for long is there with other content; nothing was changed.
    """
    new = site.missing(files)
    for stage in sorted({file.stage for file in new}):
        group = [file for file in new if file.stage == stage]
        for file in group:
            say(f"{'would upload' if dry_run else 'uploading'} {file.key}")
        if not dry_run:
            site.upload(group)
    # All of them, changed or not: the last run may have been cut off before this.
    refresh(site, [file.key for file in files if not file.hashed], dry_run=dry_run)


def roll_back(site: Site, settings: Settings, *, dry_run: bool) -> None:
    """Bring back every file as it was when the ``index.html`` before was published.

    Raises:
        ReleaseError: there is none; nothing was changed.
    """
    earlier = site.before_last(settings.frontend)
    if earlier and site.is_brought_back():  # the last run may have been cut off after it
        say("the build before is back already; publish a folder to go on from it")
        return refresh(site, [INDEX], dry_run=dry_run)
    if not earlier:
        days = settings.storage.noncurrent_days
        raise ReleaseError(f"no build before this one, or it is older than {days} days: publish its folder instead")
    for version in earlier:
        say(f"{'would bring' if dry_run else 'bringing'} back {version.key} of {version.changed:%Y-%m-%d %H:%M:%S} UTC")
        if not dry_run:
            site.restore(version)
    return refresh(site, [version.key for version in earlier], dry_run=dry_run)


def refresh(site: Site, keys: list[str], *, dry_run: bool) -> None:
    """Let the edges ask for these files again, and wait until all of them do."""
    say(f"{'would make' if dry_run else 'making'} edges ask again for {len(keys)} files")
    if dry_run:
        return
    for seconds in site.invalidate(keys):
        say(f"waiting for the edges, {seconds} s so far")
    say("finished: every edge has the new pages")


def say(text: str) -> None:
    """Tell the operator what happens."""
    print(f"publish: {text}", file=sys.stderr, flush=True)
