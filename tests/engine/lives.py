"""The life of each stack on the real engine, lived once in a test run however many tests look at it."""

import json
import os
import sqlite3
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path

import pytest
from engine_runs import Offline

from cli.preview import policy_arguments

KIND, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How the engine marks a value that is more than itself, and one that is secret; neither mark is."""
STACKS = ("dev", "staging", "prod")


def looks_at(*stacks):
    """The test takes the ``life`` of each of the stacks; all tests of one stack run in one process, to share it."""
    lives = [pytest.param(stack, marks=pytest.mark.xdist_group(stack), id=stack) for stack in stacks]
    return pytest.mark.parametrize("life", lives, indirect=True)


class Life:
    """One stack from its creation to its end. Whoever asks for a step gets all that come before it, each done once."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.said = ""

    def does(self, *words):
        said = Offline(self.folder).succeeds(*words, "--stack", self.stack)
        self.said += said
        return said

    @cached_property
    def packs(self):
        return policy_arguments(self.stack)

    @cached_property
    def resources(self):
        """What its state holds once it is created, with every pack enforcing."""
        self.does("up", "--yes", "--skip-preview", *self.packs)
        return Offline(self.folder).resources(self.stack)

    @cached_property
    def secrets(self):
        """Every value that its state keeps encrypted, as plain text; not among what was said, for it was asked for."""
        assert self.resources
        exported = Offline(self.folder).succeeds("stack", "export", "--show-secrets", "--stack", self.stack)
        return set(plain_texts(json.loads(exported)))

    @cached_property
    def unchanged(self):
        """What ``smile preview`` says of it then; a refresh finds nothing to do either."""
        assert self.resources
        assert self.in_cloud()
        done = Offline(self.folder).smile("preview", self.stack)
        self.said += done.stdout + done.stderr
        assert done.returncode == 0, done.stdout + done.stderr
        self.does("refresh", "--yes", "--skip-preview", "--expect-no-changes")
        return done.stdout

    @cached_property
    def left(self):
        """What is still in its state or in the cloud after it was destroyed."""
        assert self.secrets is not None
        self.does("destroy", "--yes", "--skip-preview")
        return Offline(self.folder).resources(self.stack) + self.in_cloud()

    def files(self):
        """Path -> content of what is on disk; another stack's run may take some of its own away meanwhile."""
        found = {}
        for parent, _, names in os.walk(self.folder):
            for path in (Path(parent, name) for name in names):
                with suppress(FileNotFoundError):
                    if path.is_file() and not path.is_symlink():
                        found[str(path)] = path.read_bytes()
        return found

    def in_cloud(self):
        """The URNs of what the mock AWS has of this stack; it may have some of others."""
        with closing(sqlite3.connect(self.folder / "cloud.sqlite")) as cloud:
            found = cloud.execute("SELECT urn FROM resource WHERE urn LIKE ?", (f"urn:pulumi:{self.stack}::%",))
            return [urn for (urn,) in found]


def plain_texts(value, *, secret=False):
    """The texts that an export with ``--show-secrets`` marks as secret, alone or as part of something."""
    if isinstance(value, dict) and value.get(KIND) == SECRET:
        yield from plain_texts(json.loads(value["plaintext"]), secret=True)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from plain_texts(item, secret=secret)
    elif secret and isinstance(value, str):
        yield value
