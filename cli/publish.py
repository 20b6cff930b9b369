"""``smile publish``: put a build of the front end where CloudFront finds it, or bring the one before back.

What new pages need is there before them, and ``index.html`` comes last: cut off at any point, the old pages still work.
Files whose names change with their content are never deleted, for whoever still has an old page open.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

from cli.answer import Answer
from cli.publish_build import INDEX, File, read
from cli.publish_site import Site, find
from cli.release_tools import pulumi
from cli.weights import ReleaseError
from settings import load_from_files
from settings.stack import Settings


def run(stack: str, build: Path | None, *, dry_run: bool) -> Answer:
    """Publish a build, or bring the one before back where none is named.

    Raises:
        ReleaseError: it can't be done.
    """
    root = Path.cwd()
    settings = load_from_files(stack, root)
    files = None if build is None else read(build, settings)
    outputs = json.loads(pulumi(root, ["stack", "output", "--json", "--stack", stack]))
    site = find(settings, outputs)
    done = roll_back(site, settings, dry_run=dry_run) if files is None else publish(site, files, dry_run=dry_run)
    return Answer({"stack": stack, "dry_run": dry_run, "uploaded": [], "restored": [], **done})


def publish(site: Site, files: list[File], *, dry_run: bool) -> dict[str, list[str]]:
    """Upload what is new, in the order of its kinds, and let the edges ask for pages again.

    Raises:
        ReleaseError: a file that browsers keep for long is there with other content; nothing was changed.
    """
    new = sorted(site.missing(files), key=lambda file: file.stage)
    for _, stage in groupby(new, key=lambda file: file.stage):
        group = list(stage)
        for file in group:
            say(f"{'would upload' if dry_run else 'uploading'} {file.key}")
        if not dry_run:
            site.upload(group)
    # All of them, changed or not: the last run may have been cut off before this.
    refreshed = refresh(site, [file.key for file in files if not file.hashed], dry_run=dry_run)
    return {"uploaded": [file.key for file in new], "refreshed": refreshed}


def roll_back(site: Site, settings: Settings, *, dry_run: bool) -> dict[str, list[str]]:
    """Bring back every file as it was when the ``index.html`` before was published.

    Raises:
        ReleaseError: there is none; nothing was changed.
    """
    earlier = site.before_last(settings.frontend)
    if earlier and site.is_brought_back():  # the last run may have been cut off after it
        say("the build before is back already; publish a folder to go on from it")
        return {"refreshed": refresh(site, [INDEX], dry_run=dry_run)}
    if not earlier:
        days = settings.storage.noncurrent_days
        raise ReleaseError(f"no build before this one, or it is older than {days} days: publish its folder instead")
    for version in earlier:
        say(f"{'would bring' if dry_run else 'bringing'} back {version.key} of {version.changed:%Y-%m-%d %H:%M:%S} UTC")
        if not dry_run:
            site.restore(version)
    keys = [version.key for version in earlier]
    return {"restored": keys, "refreshed": refresh(site, keys, dry_run=dry_run)}


def refresh(site: Site, keys: list[str], *, dry_run: bool) -> list[str]:
    """Let the edges ask for these files again, and wait until all of them do; the files."""
    say(f"{'would make' if dry_run else 'making'} edges ask again for {len(keys)} files")
    if dry_run:
        return keys
    for seconds in site.invalidate(keys):
        say(f"waiting for the edges, {seconds} s so far")
    say("finished: every edge has the new pages")
    return keys


def say(text: str) -> None:
    """Tell the operator what happens."""
    print(f"publish: {text}", file=sys.stderr, flush=True)
