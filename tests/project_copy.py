"""A copy of the tracked files, with the environment and the engine that set-up made here: for tests that edit."""

import shutil
import subprocess

from tests.paths import ROOT


def copy_project(to):
    """Copy into a new folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)
    (to / ".smile").mkdir()
    for name in (".venv", ".smile/engine.json", ".smile/types"):
        (to / name).symlink_to(ROOT / name)
