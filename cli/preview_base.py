"""``smile preview --against COMMIT``: what a change does to stacks that are as another commit has them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from cli.sandbox import FOLDER, ROOT, SandboxError

SMILE = (sys.executable, "-P", "-m", "cli")
"""This one, in whatever folder it runs."""


def against(commit: str, stacks: Sequence[str], *, full: bool, diff: bool) -> int:
    """Bring up the commit's stacks in a cloud of their own, which stays for the next time, and preview ours there.

    Args:
        commit: any name that git knows; what counts is where our history left it.
        stacks: of ours; one that the commit doesn't have is new.
        full: print all that the engine prints.
        diff: with the values that change.

    Raises:
        SandboxError: git doesn't know the commit, or its program can't be brought up offline.
    """
    folder, base = folder_of(commit), base_of(commit)
    keep_only(folder)
    program = folder / "program"
    if not program.is_dir():
        extract(base, program)
    for stack in stacks:
        bring_up(stack, base, folder)
    words = [*stacks, *(["--full"] if full else []), *(["--diff"] if diff else [])]
    return subprocess.run([*SMILE, "preview", *words], env=variables(folder), check=False).returncode


def base_of(commit: str) -> str:
    """Where our history left that of a commit.

    Raises:
        SandboxError: git doesn't know the commit.
    """
    return git("merge-base", "HEAD", commit).decode().strip()


def folder_of(commit: str) -> Path:
    """The offline folder of previews against a commit."""
    return FOLDER / "against" / base_of(commit)[:12]


def bring_up(stack: str, base: str, folder: Path) -> None:
    """The stack as the commit has it; at once where it is there already."""
    program, done = folder / "program", folder / f"{stack}.up"
    if done.exists() or not (program / f"Pulumi.{stack}.yaml").is_file():
        return
    print(f"bringing up {stack} as of {base[:12]}", file=sys.stderr, flush=True)
    words = [*SMILE, "offline", "--", "pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"]
    found = subprocess.run(words, cwd=program, env=variables(folder), capture_output=True, text=True, check=False)
    if found.returncode:
        raise SandboxError(f"{stack} can't be brought up as of {base[:12]}:\n{found.stdout}{found.stderr}")
    done.touch()


def variables(folder: Path) -> dict[str, str]:
    """The environment of a run of ours whose offline state is in a folder of its own."""
    return os.environ | {"SMILE_OFFLINE_FOLDER": str(folder), "PYTHONPATH": str(ROOT)}


def keep_only(folder: Path) -> None:
    """Of all commits' clouds, that of this one stays."""
    for other in folder.parent.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)


def extract(commit: str, folder: Path) -> None:
    """The commit's files, all or none of them."""
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(unfinished, filter="data")
    unfinished.rename(folder)


def git(*words: str) -> bytes:
    """What git answers.

    Raises:
        SandboxError: it doesn't know the commit, or isn't there.
    """
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise SandboxError("--against needs git") from None
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode().strip() or "they have no commit in common"
        raise SandboxError(f"git {' '.join(words)}: {why}") from None
