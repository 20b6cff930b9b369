"""Runs of the real engine on mock providers, in a folder of the test's own."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from cli import preview
from cli.sandbox import Project, project_name
from offline.cloud.backend import Backend, Stack
from tests.paths import ROOT
from tests.project_copy import share_bytecode

PACKS = [word for pack in preview.PACKS for word in ("--policy-pack", str(ROOT / "policies" / pack))]


class Offline:
    """Runs commands through ``smile`` with state of its own."""

    def __init__(self, folder, cwd=ROOT):
        self.folder, self.cwd = folder, cwd
        if (cwd / "components").is_dir():
            share_bytecode(folder / "projects" / Project(cwd, "smile").shadow.name)

    def environment(self, **variables):
        return os.environ | {"SMILE_OFFLINE_FOLDER": str(self.folder)} | variables

    def smile(self, *words, **variables):
        return subprocess.run(
            [ROOT / ".venv" / "bin" / "smile", *words],
            cwd=self.cwd,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=900,  # a hang, however busy the machine
        )

    def pulumi(self, *words, **variables):
        return self.smile("offline", "--", "pulumi", *words, "--non-interactive", **variables)

    def succeeds(self, *words):
        done = self.pulumi(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def resources(self, stack):
        """Those in the state, secrets encrypted: from the file, for ``pulumi stack export`` takes a second."""
        file = Backend(self.folder / "state").file(Stack(project_name(self.cwd / "Pulumi.yaml"), stack))
        return (json.loads(file.read_text())["checkpoint"]["latest"] or {}).get("resources", [])


PARTS = ("aws_facts", "components", "functions", "jobs", "layers", "policies", "settings")
"""Folders that a stack's program is made of, packs included."""
PROD = {
    "smile:environment": {"kind": "production"},
    "smile:account": {"id": "123456789012"},
    "smile:dns": {"domain": "smile.example"},
    "smile:audit": {"configuration_recorder": "account"},
}
"""What every stack's file says."""


def copy_of_program(folder: Path) -> Offline:
    """The program and its packs, copied to where a test may change them."""
    copy = folder / "program"
    copy.mkdir()
    for name in PARTS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (ROOT / "__main__.py", *ROOT.glob("Pulumi*.yaml")):
        shutil.copy2(file, copy)
    share_bytecode(copy)
    return Offline(folder / "offline", copy)


def small_program(folder: Path) -> Offline:
    """A copy of a program of a few resources, for what doesn't depend on the stack; its stack is dev."""
    shutil.copytree(Path(__file__).parent / "programs" / "small", folder / "small")
    return Offline(folder / "offline", folder / "small")


def edit(file: Path, old: str, new: str):
    """Replace the one place where ``file`` says ``old``."""
    text = file.read_text()
    assert text.count(old) == 1, f"{file} says {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new))
