"""Which lines of the program and of the settings a finding is about."""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from cli.answer import NoSuchValueError
from cli.policies import catalogue, library
from cli.program import Program, smile
from cli.sandbox import ROOT, SandboxError
from components.core.settings.problems import SettingsError
from components.core.settings.yaml_file import read_yaml
from components.core.source_positions import SUFFIX
from report.finding import Finding
from report.fingerprint import fingerprints
from report.place import Place
from report.run import Run

if TYPE_CHECKING:
    from guardrails.engine.exemptions import Exemption

    Exemptions = Sequence[Exemption]
LOG = ".events.json"
HELPERS = "components/core/"
"""Makes roles, log groups and alarms for every component: what is to change stands where it is called."""
STATE = re.compile(r"project:///(?P<file>.+)#(?P<line>\d+)(,\d+)?")
"""A position as the state of a stack has it."""
EXEMPTIONS = "policies/exemptions.yaml"
Positions = Mapping[str, tuple[Place, ...]]
"""URN -> the lines that made the resource, the innermost first."""


def described(
    runs: Iterable[Run], logs: Iterable[Path], positions: Iterable[Path], program: Program | None = None
) -> list[Run]:
    """The runs with the places of their findings, and what the catalogue says of all controls.

    Args:
        runs: as their logs have them.
        logs: beside each, ``STACK.events.json``, may lie ``STACK.positions.json``.
        positions: further files of positions.
        program: whose they are; SMILE's where none is named.

    Raises:
        SandboxError: a file has none.
        OSError: it can't be read.
    """
    beside = [log.with_name(log.name.removesuffix(LOG) + SUFFIX) for log in logs]
    made = dict(ChainMap(*(dict(positions_in(file)) for file in (*positions, *filter(Path.is_file, beside)))))
    controls = catalogue()
    decisions = exemptions([each.id for each in controls])
    return [replace(placed(run, made, decisions, program), controls=controls) for run in runs]


def exemptions(controls: Iterable[str]) -> Exemptions:
    """The decisions of our packs' file; none where it isn't valid, which the packs say."""
    with library():
        from guardrails.engine.exemptions import ExemptionsError, load_exemptions

    try:
        return load_exemptions(ROOT / EXEMPTIONS, list(controls), datetime.now(UTC).date())
    except ExemptionsError:
        return ()


def placed(run: Run, positions: Positions, decisions: Exemptions = (), program: Program | None = None) -> Run:
    """The run with the places of its findings, and of what lets them pass."""
    told_by = told_of(program or smile())
    parents = {step.urn: step.parent for step in run.steps}

    def made(urn: str) -> tuple[Place, ...]:
        while urn and urn not in positions:  # made by a provider: it belongs to a component of the program
            urn = parents.get(urn, "")
        return positions.get(urn, ())

    def located(finding: Finding, mark: str) -> Finding:
        places = sorted(made(finding.urn), key=lambda place: place.file.startswith(HELPERS))
        setting = setting_of(finding, places, run.stack, told_by)
        lines = (
            each.line for each in decisions if finding.exempted and each.covers(finding.control, finding.urn, mark)
        )
        decided = next((Place(EXEMPTIONS, line) for line in lines), None)
        return replace(finding, places=(*([setting] if setting else ()), *places), decided=decided)

    return replace(run, findings=tuple(map(located, run.findings, fingerprints(run.findings))))


def positions_in(file: Path) -> Positions:
    """What a program recorded, or what ``pulumi stack export`` has.

    Raises:
        OSError: it can't be read.
        SandboxError: it's neither.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if resources := content.get("deployment", {}).get("resources"):
            return {each["urn"]: tuple(unique(of_state(each))) for each in resources}
        return {urn: tuple(unique(recorded(lines))) for urn, lines in content.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        valid = "what a preview leaves in STACK.positions.json, or pulumi stack export"
        raise SandboxError(f"{file}: no positions of resources: {error!r}; valid: {valid}") from error


def recorded(lines: Iterable[str]) -> Iterator[Place]:
    """``FILE:LINE`` of the call stack, what lies in the repository."""
    for name, _, line in (each.rpartition(":") for each in lines):
        if file := in_repository(name):
            yield Place(file, int(line))


def of_state(resource: Mapping[str, Any]) -> Iterator[Place]:
    """The position and the call stack of a resource in the state, what lies in the repository."""
    frames = [
        resource.get("sourcePosition"),
        *(frame.get("sourcePosition") for frame in resource.get("stackTrace", ())),
    ]
    for found in filter(None, (STATE.fullmatch(frame or "") for frame in frames)):
        if file := in_repository(str(ROOT / found["file"])):
            yield Place(file, int(found["line"]))


@cache
def in_repository(name: str) -> str:
    """A file from the root of the repository; empty for one that is installed or made."""
    file = Path(name).resolve()
    within = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else "."
    return "" if within.startswith(".") else within


def unique(places: Iterable[Place]) -> Iterable[Place]:
    """Each once: a comprehension is a frame of its own."""
    return dict.fromkeys(places)


@dataclass(frozen=True)
class Told:
    """Where a program's settings are.

    Attributes:
        project: namespace of its keys.
        folder: of its files, from the root of the repository.
        packages: section -> the package that has its class, ``components.database``.
    """

    project: str
    folder: str
    packages: Mapping[str, str]


def told_of(program: Program) -> Told:
    """Where its settings are; of none where they can't be read without the engine."""
    folder = program.folder.relative_to(ROOT).as_posix() if program.folder.is_relative_to(ROOT) else "."
    try:
        return Told(program.loader.project, folder, packages(program.loader.settings))
    except NoSuchValueError:
        return Told(program.project.name, folder, {})


def setting_of(finding: Finding, places: Iterable[Place], stack: str, told: Told) -> Place | None:
    """The line of the stack's file, or else of Pulumi.yaml, that says what is wrong.

    It is known where a component's settings have the property's own name: ``multiAz`` of a database is ``multi_az`` in
    ``smile:database``. Where several entries have it, such as queues, the resource's name tells which.
    """
    name = re.sub(r"(?<=[a-z0-9])[A-Z]", r"_\g<0>", finding.path.rpartition(".")[2].partition("[")[0]).lower()
    sections = sections_of({Path(place.file).parts[:2] for place in places}, told.packages)
    wanted = [f"{told.project}:{section}" for section in sections]
    if not name or not wanted:
        return None
    for file in ((Path(told.folder) / name).as_posix() for name in (f"Pulumi.{stack}.yaml", "Pulumi.yaml")):
        found = [path for path in lines(file) if path[-1] == name and path[:1] == ("config",) and path[1] in wanted]
        if len(found) > 1:
            parts = set(finding.urn.rpartition("::")[2].split("-"))
            found = [path for path in found if parts & set(path[2:-1])]
        if len(found) == 1:
            return Place(file, lines(file)[found[0]])
    return None


@cache
def lines(file: str) -> Mapping[tuple[str, ...], int]:
    """Path of each value in a file of settings -> its line; empty for one that can't be read."""
    try:
        document = read_yaml(ROOT / file, file)
    except SettingsError:
        return {}
    return {tuple(map(str, path)): line for path, line in document.lines.items() if path}


def sections_of(folders: Iterable[tuple[str, ...]], packages: Mapping[str, str]) -> list[str]:
    """The sections of settings that lie beside the code of these folders, such as ``components/database``."""
    found = {".".join(folder): folder[-1] for folder in folders if folder}
    return [section for section, package in packages.items() if package in found or section in found.values()]


@cache
def packages(settings: type[BaseModel]) -> Mapping[str, str]:
    """Section -> the package that has its class, ``components.database``."""
    classes = {name: [field.annotation, *get_args(field.annotation)] for name, field in settings.model_fields.items()}
    modules = {name: next(each.__module__ for each in reversed(kinds) if each) for name, kinds in classes.items()}
    return {name: module.rpartition(".")[0] for name, module in modules.items()}
