"""Verdicts on stacks that files tell of, without the engine, on all cores: ``guardrails audit`` and ``smile audit``."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from guardrails.commands.audit_text import Audited, text
from guardrails.commands.pack import AuditError, Told, check
from guardrails.commands.verdicts import catalogue, fails, judged_file, run_of
from report.run import Run

ENDINGS = (".json", ".json.gz")
"""Of the files of a folder that are read."""
FORMATS = {
    "markdown": "report.markdown",
    "sarif": "report.sarif",
    "junit": "report.junit",
    "json": "report.findings_json",
    "exceptions": "report.policy_exceptions",
}
"""Besides ``text``; name -> the module that has it, as ``render(runs: Sequence[Run]) -> str``."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be judged.

    Attributes:
        places: files and folders.
        told: by what.
        shard: which part of the files, of how many.
        output: where the report will be written: none of the files.
        fail_on: the level, or the lowest severity, of violations that fail; ``never`` for none.
    """

    places: Sequence[Path]
    told: Told = field(default_factory=Told)
    shard: tuple[int, int] = (1, 1)
    output: Path | None = None
    fail_on: str = "mandatory"


@dataclass(frozen=True)
class Refused:
    """A file that holds no stack, and why."""

    problem: str


@dataclass(frozen=True)
class Result:
    """What an audit came to.

    Attributes:
        text: the report.
        problems: files that hold no stack.
        code: 1 where something fails, 2 where a file holds no stack, whatever the others hold.
    """

    text: str
    problems: Sequence[str]
    code: int


Progress = Callable[[Callable[[], str]], AbstractContextManager[object]]
"""Shows, as long as its context lasts, what a function says."""


def run(asked: Asked, format_: str, progress: Progress = lambda _: nullcontext()) -> Result:
    """Judge the files.

    Args:
        asked: what is to be judged.
        format_: ``text``, or one of `FORMATS`.
        progress: while several files are judged.

    Raises:
        AuditError: there is nothing to judge, or the configuration can't be used.
    """
    files = part(files_in(asked.places), asked.shard)
    if asked.output and asked.output.resolve() in {each.resolve() for each in files}:
        raise AuditError(f"{asked.output}: is one of the files to judge; valid: another file for the report")
    check(asked.told)
    started = time.monotonic()
    answers = [*progressing(files, asked.told, progress)]
    audited = sorted((each for each in answers if isinstance(each, Audited)), key=lambda each: each.file)
    problems = sorted(each.problem for each in answers if isinstance(each, Refused))
    runs = [replace(each.run, controls=catalogue()) for each in audited]
    said = text(audited, time.monotonic() - started) if format_ == "text" else renderer(format_)(runs)
    failed = any(fails(finding, asked.fail_on) for each in runs for finding in each.findings)
    return Result(said, problems, 2 if problems else int(failed))


def renderer(name: str) -> Callable[[Sequence[Run]], str]:
    """The function of a format."""
    return import_module(FORMATS[name]).render


def files_in(places: Iterable[Path]) -> list[Path]:
    """The files that are meant, each once.

    Raises:
        AuditError: a place isn't there, or a folder has none.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            within = sorted(each for each in place.rglob("*") if each.is_file() and each.name.endswith(ENDINGS))
            if not within:
                raise AuditError(f"{place}: no file in this folder ends in {' or '.join(ENDINGS)}; valid: exports")
            found |= dict.fromkeys(within)
        elif place.exists():
            found[place] = None
        else:
            raise AuditError(f"{place}: no such file or folder; valid: what `pulumi stack export` writes")
    return list(found)


def part(files: Sequence[Path], shard: tuple[int, int]) -> list[Path]:
    """One of several parts of about the same size; a file is in exactly one of them, whichever machine asks."""
    number, of = shard
    return sorted(files, key=lambda each: (-each.stat().st_size, each))[number - 1 :: of]


def progressing(files: Sequence[Path], told: Told, progress: Progress) -> Iterator[Audited | Refused]:
    """The files, side by side on all cores."""
    workers = min(len(files), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    if workers <= 1:
        yield from (audit(file, told) for file in files)
        return
    done = 0
    with progress(lambda: f"{done} of {len(files)} stacks"), pool_of(workers) as pool:
        for each in as_completed([pool.submit(audit, file, told) for file in files]):
            done += 1
            yield each.result()


def pool_of(workers: int) -> ProcessPoolExecutor:
    """Processes that begin anew: a copy of this one would lack the threads that it counts on, such as the line's."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))


def audit(file: Path, told: Told) -> Audited | Refused:
    """Judge one file."""
    started = time.monotonic()
    try:
        state, judged = judged_file(file, told)
    except AuditError as error:
        return Refused(str(error))
    seconds = time.monotonic() - started
    return Audited(file, run_of(state, judged, round(seconds)), sum(judged.verdicts.values()), seconds)
