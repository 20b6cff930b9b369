"""The virtual environment, from the lock with hashes."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from bootstrap.progress import SetupError, step

COMMAND = """#!/bin/sh
# The project's command; runs in the caller's directory, whatever that is. Byte code is kept in one place for all that
# it starts, also where the caller's Python writes none: without it, each of a preview's seven processes compiles anew.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX={root}/.smile/bytecode
exec {python} -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); from cli.__main__ import main; sys.exit(main())' \\
    {root} "$@"
"""


def install(root: Path) -> None:
    """Make ``root/.venv`` hold exactly what ``requirements.lock`` says; at once when it already does.

    Raises:
        SetupError: a package can't be installed.
    """
    venv, lock = root / ".venv", root / "requirements.lock"
    stamp = venv / "installed"
    wanted = hashlib.sha256(f"{root}{sys.version}".encode() + lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(venv, ignore_errors=True)
    with step("virtual environment from requirements.lock"):
        create(venv)
        fetch(venv, lock)
    write_command(root, venv)
    stamp.write_text(wanted, encoding="ascii")


def create(venv: Path) -> None:
    """Create an empty virtual environment."""
    made = subprocess.run([sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        raise SetupError(
            "Python can't create a virtual environment (on Debian: apt install python3-venv): "
            + last_line(made.stdout + made.stderr)
        )


def fetch(venv: Path, lock: Path) -> None:
    """Install the lock, its pip before all else: that of Python 3.11 takes twice the CPU time for the rest.

    Byte code is left to first use: compiling all of the AWS SDK would take minutes.
    """
    pip = re.search(r"^pip==.*\\\n(    .*\n)+", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if pip:
        first = venv / "pip.txt"
        first.write_text(pip[0], encoding="utf-8")
        install_with_hashes(venv, first)
    install_with_hashes(venv, lock)


def install_with_hashes(venv: Path, requirements: Path) -> None:
    """Install what a file pins."""
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--no-compile", "--require-hashes", "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": ""})
    if done.returncode:
        raise SetupError(
            "the packages of requirements.lock can't be installed; is the network up and does pip reach a package "
            f"index from here? pip says: {last_line(done.stderr)}"
        )


def write_command(root: Path, venv: Path) -> None:
    """Write ``.venv/bin/smile``."""
    command = venv / "bin" / "smile"
    command.write_text(
        COMMAND.format(python=shlex.quote(f"{venv}/bin/python"), root=shlex.quote(str(root))),
        encoding="utf-8",
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "nothing")
