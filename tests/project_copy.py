"""A copy of the tracked files, with the environment and the engine that set-up made here: for tests that edit."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.paths import ROOT

PYTHON = f'#!/bin/sh\nexec "{ROOT}/.venv/bin/python" "$@"\n'
"""Runs ours by its own path: under that of the copy, Python has byte code of none of the SDK, and compiles it anew."""


def copy_project(to):
    """Copy into a new folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    (to / ".smile").mkdir()
    for name in (".smile/engine.json", ".smile/types"):
        (to / name).symlink_to(ROOT / name)
    copy_environment(to / ".venv" / "bin")
    share_bytecode(to)


def copy_environment(to):
    """The commands of our virtual environment."""
    to.mkdir(parents=True)
    for command in (ROOT / ".venv" / "bin").iterdir():
        if command.name.startswith("python"):
            (to / command.name).write_text(PYTHON)
            (to / command.name).chmod(0o755)
        else:
            (to / command.name).symlink_to(command)


def share_bytecode(copy):
    """Give a copy of the project the byte code that there is: of its text, as Python tells by time and size."""
    if sys.pycache_prefix:
        ours, its_own = (Path(sys.pycache_prefix, *folder.parts[1:]) for folder in (ROOT, copy))
        for file in (file for folder in ours.glob("[!.]*") for file in folder.rglob("*.pyc")):
            to = its_own / file.relative_to(ours)
            with suppress(OSError):  # another process writes it at this moment; without it, a run takes longer
                to.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, to)
