"""``smile preview --against COMMIT``: what a change does to stacks that are as another commit has them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.answer import Answer, NoSuchValueError
from cli.program import Program
from cli.sandbox import FOLDER, ROOT, SandboxError

SMILE = (sys.executable, "-P", "-m", "cli")
"""This one, in whatever folder it runs."""
NO_GIT = "needs git, which isn't on PATH"


class NoSuchCommitError(SandboxError, NoSuchValueError):
    """Git knows no commit of that name."""


def against(
    commit: str, program: Program, stacks: Sequence[str], packs: Sequence[str], options: Sequence[str]
) -> Answer:
    """Bring up the commit's stacks in a cloud of their own, which stays for the next time, and preview ours there.

    Args:
        commit: any name that git knows; what counts is where our history left it.
        program: which.
        stacks: of it; one that the commit doesn't have is new.
        packs: of ours, which judge the commit's stacks as well: what they find there too is no news.
        options: of our preview, such as ``--full``.

    Raises:
        SandboxError: git doesn't know the commit, or its program can't be brought up offline.
    """
    folder, base = folder_of(commit), base_of(commit)
    keep_only(folder)
    if not root_of(folder).is_dir():
        extract(base, root_of(folder))
    for stack in stacks:
        bring_up(program, stack, base, folder)
        judge(program, stack, packs, folder)
    kept = subprocess.PIPE if "--json" in options else None
    done = subprocess.run(
        [*SMILE, "preview", *program.options, *stacks, *options], env=variables(folder), stdout=kept, check=False
    )
    return Answer(json.loads(done.stdout) if done.stdout else None, code=done.returncode)


def base_of(commit: str) -> str:
    """Where our history left that of a commit.

    Raises:
        SandboxError: git doesn't know the commit.
    """
    return git("merge-base", "HEAD", commit_of(commit)).decode().strip()


def commit_of(name: str) -> str:
    """The hash of a commit by any name that git knows.

    Raises:
        NoSuchCommitError: it knows none of that name.
        SandboxError: git isn't there.
    """
    words = ("git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SandboxError(NO_GIT) from None
    if done.returncode:
        why = because(done.stderr)
        raise NoSuchCommitError(f"no commit {name!r}{why}; valid: a branch, a tag or a hash of this clone")
    return done.stdout.strip()


def because(said: str) -> str:
    """What git says, where it says anything."""
    return f": {said.strip()}" if said.strip() else ""


def folder_of(commit: str) -> Path:
    """The offline folder of previews against a commit."""
    return FOLDER / "against" / base_of(commit)[:12]


def root_of(folder: Path) -> Path:
    """The commit's repository, in the folder of previews against it."""
    return folder / "program"


def as_it_was(program: Program, root: Path) -> Path:
    """The folder that the program has in the commit's repository."""
    return root / program.folder.relative_to(ROOT)


def bring_up(program: Program, stack: str, base: str, folder: Path) -> None:
    """The stack as the commit has it; at once where it is there already."""
    source, name = as_it_was(program, root_of(folder)), program.label(stack)
    done = folder / f"{name}.up"
    if done.exists() or not has(source, stack):
        return
    print(f"bringing up {name} as of {base[:12]}", file=sys.stderr, flush=True)
    words = [*SMILE, "offline", "--", "pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"]
    found = silent(words, source, variables(folder))
    if found.returncode:
        raise SandboxError(f"{name} can't be brought up as of {base[:12]}:\n{found.stdout}{found.stderr}")
    done.touch()


def judge(program: Program, stack: str, packs: Sequence[str], folder: Path) -> None:
    """What our packs find in the stack as the commit has it, configured as the commit has them; at once if they did.

    It stays as an event log beside that of our preview. Where it can't be had, there is none: everything is news then.
    """
    root, name = root_of(folder), program.label(stack)
    source, log = as_it_was(program, root), base_log(folder, name)
    configuration, judged = folder / f"{name}.policies.json", folder / f"{name}.judged"
    version = digest(ROOT / "policies", ROOT / "aws_facts")
    is_known = log.is_file() and judged.is_file() and judged.read_text(encoding="utf-8") == version
    if is_known or not has(source, stack):
        return
    print(f"judging {name} as it was", file=sys.stderr, flush=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    asked = [*SMILE, "policies", *program.options, "--stack", stack, "--output", str(configuration)]
    if not silent(asked, root, variables(folder, root)).returncode:
        preview = ["pulumi", "preview", "--stack", stack, "--non-interactive", "--event-log", str(log)]
        for pack in packs:
            preview += ["--policy-pack", str(ROOT / "policies" / pack), "--policy-pack-config", str(configuration)]
        silent(
            [*SMILE, "offline", "--", *preview], source, variables(folder)
        )  # its code says whether it broke a control
    if log.is_file():
        judged.write_text(version, encoding="utf-8")
    else:
        print(f"{name} can't be judged as it was; all that is found counts as new", file=sys.stderr)


def has(source: Path, stack: str) -> bool:
    """Whether the commit has a stack of this name."""
    return (source / f"Pulumi.{stack}.yaml").is_file()


def base_log(folder: Path, stack: str) -> Path:
    """What our packs found in the stack before the change, event by event."""
    return folder / "previews" / f"{stack}.base.events.json"


def digest(*folders: Path) -> str:
    """Of all files in some folders."""
    content = hashlib.sha256()
    for file in sorted(file for folder in folders for file in folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return content.hexdigest()


def silent(words: Sequence[str], where: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command; what it prints is kept."""
    return subprocess.run(words, cwd=where, env=environment, capture_output=True, text=True, check=False)


def variables(folder: Path, program: Path = ROOT) -> dict[str, str]:
    """The environment of a run of ours, or of another program, whose offline state is in a folder of its own."""
    return os.environ | {"SMILE_OFFLINE_FOLDER": str(folder), "PYTHONPATH": str(program)}


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
        raise SandboxError(NO_GIT) from None
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode().strip() or "they have no commit in common"
        raise SandboxError(f"git {' '.join(words)}: {why}") from None
