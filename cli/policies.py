"""``smile policies``: the configuration that the packs are given for a stack, as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.answer import Answer
from cli.files import prepare
from cli.sandbox import ROOT, SandboxError
from report.control import Control as About

Configuration = Mapping[str, Mapping[str, Any]]
"""Control -> level and parameters."""


def run(configuration: Configuration, output: Path | None) -> Answer:
    """What the packs are told of a stack, in a file where one is named."""
    if output:
        write_text(prepare(output), text(configuration))
    return Answer(configuration, "" if output else text(configuration))


def text(configuration: Configuration) -> str:
    """One control on a line."""
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in configuration.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def write_text(file: Path, content: str) -> None:
    """Write all of it or nothing: several previews may read the file at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(content + "\n", encoding="utf-8")
    draft.replace(file)


def laxer_among(configuration: Configuration, whose: str) -> list[str]:
    """The controls that a configuration switches off or makes laxer than they are by themselves.

    Raises:
        SandboxError: the packs would refuse it.
    """
    with library():
        from guardrails.engine.configuration import ConfigurationError, configure
        from guardrails.engine.decisions import laxer
        from guardrails.engine.packs import load_controls
        from guardrails.model.control import Level

        controls = load_controls()
    given = {name: dict(about) for name, about in configuration.items()}
    levels = {name: Level(about.pop("enforcementLevel", Level.ADVISORY)) for name, about in given.items()}
    try:
        configure("all", controls.values(), {name: (levels[name], about) for name, about in given.items()})
    except ConfigurationError as error:
        raise SandboxError(f"{whose}: {error}") from None
    return [name for name, about in given.items() if name in controls and laxer(controls[name], levels[name], about)]


def check_configuration(file: Path) -> None:
    """Refuse a file that the packs are told with the line of each mistake; the engine takes some of them in silence.

    Raises:
        SandboxError: it isn't valid.
    """
    with library():
        from guardrails.engine.configuration import ConfigurationError
        from guardrails.engine.configuration_file import check

    try:
        check(file, overlay=True)
    except ConfigurationError as error:
        raise SandboxError(str(error)) from None


def catalogue() -> tuple[About, ...]:
    """What our packs say of their controls."""
    with library():
        from guardrails.commands.verdicts import catalogue as described
    return described()


@contextmanager
def library() -> Generator[None]:
    """The library of the packs, which lies beside them, can be imported."""
    sys.path.append(str(ROOT / "policies"))
    try:
        yield
    finally:
        sys.path.pop()
