"""``smile audit``: the packs' verdicts on stacks that files tell of, without the engine, on all cores."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.answer import Answer, CommandError
from cli.audit_text import Audited, text
from cli.files import prepare
from cli.policies import catalogue, library
from cli.progress import MovingLine
from cli.report import renderer
from report.finding import SEVERITIES, Finding
from report.run import Run, Step

if TYPE_CHECKING:
    from guardrails.engine.audit import Judged
    from guardrails.engine.configuration import Configuration
    from guardrails.engine.exemptions import Exemption
    from guardrails.engine.state import State

ENDINGS = (".json", ".json.gz")
"""Of the files of a folder that are read."""
SILENT = "no control that is enabled looks at a resource of this stack"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be judged.

    Attributes:
        places: files and folders.
        config: for the packs, as ``--policy-pack-config`` takes it; None for the controls' defaults.
        shard: which part of the files, of how many.
        fail_on: the level, or the lowest severity, of violations that fail; ``never`` for none.
    """

    places: Sequence[Path]
    config: Path | None = None
    shard: tuple[int, int] = (1, 1)
    fail_on: str = "mandatory"


@dataclass(frozen=True)
class Refused:
    """A file that holds no stack, and why."""

    problem: str


def run(asked: Asked, format_: str, output: Path | None) -> Answer:
    """Judge the files; 1 where something fails, 2 where a file holds no stack, whatever the others hold.

    Args:
        asked: what is to be judged.
        format_: ``text``, or a format of ``smile report``.
        output: the report's file; standard output by default.

    Raises:
        CommandError: there is nothing to judge, or the configuration can't be used.
    """
    if output:
        prepare(output)
    files = part(files_in(asked.places), asked.shard)
    check(asked.config)
    started = time.monotonic()
    answers = [*progressing(files, asked.config)]
    audited = sorted((each for each in answers if isinstance(each, Audited)), key=lambda each: each.file)
    problems = sorted(each.problem for each in answers if isinstance(each, Refused))
    runs = [replace(each.run, controls=catalogue()) for each in audited]
    said = text(audited, time.monotonic() - started) if format_ == "text" else renderer(format_)(runs)
    if output:
        output.write_text(said, encoding="utf-8")
    for each in problems:
        print(f"smile audit: {each}", file=sys.stderr)
    failed = any(fails(finding, asked.fail_on) for each in runs for finding in each.findings)
    return Answer(text="" if output else said.rstrip("\n"), code=2 if problems else int(failed))


def files_in(places: Iterable[Path]) -> list[Path]:
    """The files that are meant, each once.

    Raises:
        CommandError: a place isn't there, or a folder has none.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            within = sorted(each for each in place.rglob("*") if each.is_file() and each.name.endswith(ENDINGS))
            if not within:
                raise CommandError(f"{place}: no file in this folder ends in {' or '.join(ENDINGS)}; valid: exports")
            found |= dict.fromkeys(within)
        elif place.exists():
            found[place] = None
        else:
            raise CommandError(f"{place}: no such file or folder; valid: what `pulumi stack export` writes")
    return list(found)


def part(files: Sequence[Path], shard: tuple[int, int]) -> list[Path]:
    """One of several parts of about the same size; a file is in exactly one of them, whichever machine asks."""
    number, of = shard
    return sorted(files, key=lambda each: (-each.stat().st_size, each))[number - 1 :: of]


def check(config: Path | None) -> None:
    """Refuse a configuration or exemptions that the packs would refuse.

    Raises:
        CommandError: names every problem.
    """
    with library():
        from guardrails.engine.configuration import ConfigurationError
        from guardrails.engine.exemptions import ExemptionsError

    try:
        configured(config)
    except (ConfigurationError, ExemptionsError) as error:
        raise CommandError(str(error)) from None


@cache
def configured(config: Path | None) -> tuple[Configuration, list[Exemption]]:
    """What the packs are told; read once in each process."""
    with library():
        from guardrails.engine.audit import configuration_of
        from guardrails.engine.exemptions import in_force
        from guardrails.engine.packs import load_controls

        configuration = configuration_of(config)
    today = datetime.now(UTC).date()
    return configuration, in_force(configuration.settings["exemptions"], load_controls().keys(), today)


def progressing(files: Sequence[Path], config: Path | None) -> Iterator[Audited | Refused]:
    """The files, side by side on all cores, with a moving line on a terminal."""
    workers = min(len(files), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    if workers <= 1:
        yield from (audit(file, config) for file in files)
        return
    done = 0
    with MovingLine(lambda: f"{done} of {len(files)} stacks"), pool_of(workers) as pool:
        for each in as_completed([pool.submit(audit, file, config) for file in files]):
            done += 1
            yield each.result()


def pool_of(workers: int) -> ProcessPoolExecutor:
    """Processes that begin anew: a copy of this one would lack the threads that it counts on, such as the line's."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))


def audit(file: Path, config: Path | None) -> Audited | Refused:
    """Judge one file."""
    started = time.monotonic()
    try:
        state, judged = judged_file(file, config)
    except CommandError as error:
        return Refused(str(error))
    seconds = time.monotonic() - started
    return Audited(file, run_of(state, judged, round(seconds)), sum(judged.verdicts.values()), seconds)


def judged_file(file: Path, config: Path | None) -> tuple[State, Judged]:
    """The stack in a file, and what was found.

    Raises:
        CommandError: it holds none.
    """
    configuration, exemptions = configured(config)
    with library():
        from guardrails.engine.audit import judge
        from guardrails.engine.exemptions import Exemptions
        from guardrails.engine.state import StateError, load

    try:
        state = load(file)
    except StateError as error:
        raise CommandError(str(error)) from None
    return state, judge(state, configuration, Exemptions(exemptions, datetime.now(UTC).date()))


def run_of(state: State, judged: Judged, seconds: int) -> Run:
    """What was found as reports know it, with the engine's operations on resources and none of their values."""
    findings = [Finding.of(event) for event in events(judged)]
    return Run(
        stack=state.name,
        steps=tuple(Step(urn=urn, op=operation) for urn, operation in state.operations.items()),
        findings=tuple(findings),
        errors=(),
        seconds=seconds,
        is_preview=state.is_preview,
        is_finished=True,
    )


def events(judged: Judged) -> Iterator[dict[str, Any]]:
    """Reports as the engine's events have them; a stack that no control looks at is one of them."""
    from guardrails.engine.packs import family_of

    for each in judged.reports:
        yield {
            "policyName": each.control.id,
            "policyPackName": family_of(each.control.id).name,
            "resourceUrn": each.urn,
            "message": each.message,
            "enforcementLevel": str(each.level),
            "severity": str(each.control.severity),
        }
    if not judged.verdicts:
        yield {"policyName": "settings", "message": SILENT, "enforcementLevel": "advisory"}


def fails(finding: Finding, fail_on: str) -> bool:
    """Whether a finding makes the command fail; what is exempted or open doesn't, unless it is mandatory."""
    if fail_on == "mandatory":
        return finding.level == "mandatory"
    if fail_on == "never" or finding.exempted or finding.is_open or not finding.severity:
        return False
    return SEVERITIES.index(finding.severity) <= SEVERITIES.index(fail_on)
