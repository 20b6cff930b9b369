"""The state of a stack after an offline update, for what is made of it: pages and pictures."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from cli.program import Program
from cli.sandbox import ROOT, SandboxError


def exported(program: Program, stack: str) -> str:
    """What ``pulumi stack export`` says of a stack that was just made offline, a minute's work.

    Raises:
        SandboxError: the stack can't be made offline.
    """
    with tempfile.TemporaryDirectory() as folder:
        for words in (["up", "--yes", "--skip-preview"], ["stack", "export"]):
            done = pulumi(program, folder, *words, "--stack", stack)
            if done.returncode:
                raise SandboxError(f"pulumi {words[0]} fails offline:\n{done.stdout}{done.stderr}")
    return done.stdout


def pulumi(program: Program, folder: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pulumi on a program with offline state in a folder of its own."""
    command = [sys.executable, "-m", "cli", "offline", *program.options, "--", "pulumi", *words]
    variables = os.environ | {"SMILE_OFFLINE_FOLDER": folder}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
