"""The programs in ``platforms/``: further systems on the same components, each a Pulumi project with packs of its own.

A program has a Pulumi.yaml, a Pulumi.STACK.yaml for each stack, and what its packs are told: ``policies.json``, and for
one stack over it ``policies.STACK.json``, with ``reason``, ``owner`` and ``until`` for what is laxer than by itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cli.answer import Answer
from cli.policies import check_configuration, laxer_among, text, told, write_text
from cli.sandbox import FOLDER, ROOT, NoSuchProgramError, Project, project_name

PLATFORMS = ROOT / "platforms"
ALL = "all"


def programs(folder: Path = PLATFORMS) -> dict[str, Project]:
    """Folder -> program, of those that have a stack."""
    found = (Project(file.parent, project_name(file)) for file in sorted(folder.glob("*/Pulumi.yaml")))
    return {project.source.name: project for project in found if project.stacks}


def chosen(name: str, folder: Path = PLATFORMS) -> list[Project]:
    """The program in the folder of that name, or all.

    Raises:
        NoSuchProgramError: there is none.
    """
    known = programs(folder)
    if name == ALL:
        return [*known.values()]
    if name not in known:
        valid = f"{', '.join(known)}, {ALL} (one folder of platforms/ each)"
        raise NoSuchProgramError(f"no platform {name!r}; valid: {valid}")
    return [known[name]]


def is_platform(project: Project) -> bool:
    """Whether it is one of those, and not SMILE."""
    return project.source.parent == PLATFORMS


def label(project: Project, stack: str) -> str:
    """What a stack is called among those of all programs: ``epicvibe-staging``; SMILE's by their names alone."""
    return f"{project.source.name}-{stack}" if is_platform(project) else stack


def configuration(project: Project, stack: str) -> dict[str, dict[str, Any]]:
    """Control -> level and parameters, as ``--policy-pack-config`` takes them.

    Raises:
        SandboxError: a file isn't valid.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in ("policies.json", f"policies.{stack}.json"):
        file = project.source / name
        if file.is_file():
            check_configuration(file)
            for control, about in json.loads(file.read_text("utf-8")).items():
                found[control] = found.get(control, {}) | about
    return dict(sorted(found.items()))


def run_policies(name: str, stack: str, output: Path | None) -> Answer:
    """What the packs are told of a stack of a program, in a file where one is named.

    Raises:
        SandboxError: there is no such program or stack, or a file isn't valid.
    """
    if name == ALL:
        raise NoSuchProgramError(f"got {ALL}; valid: {', '.join(programs())}")
    (project,) = chosen(name)
    return told(configuration(project, project.checked(stack)), output)


def pack_configuration(project: Project, stack: str) -> tuple[Path, int]:
    """The file that the packs are given, and how many controls it makes laxer than they are by themselves.

    Raises:
        SandboxError: the packs would refuse it.
    """
    given = configuration(project, stack)
    file = FOLDER / "policies" / f"{label(project, stack)}.json"
    write_text(file, text(given))
    return file, len(laxer_among(given, f"{project.source.name}, stack {stack}"))
