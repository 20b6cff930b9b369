"""``smile dashboard``: the dashboards of a stack as pictures, for whoever reviews them; no AWS, and no data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from aws_facts.dashboard_body import Body, parsed
from cli.answer import Answer, CommandError
from cli.files import expecting, prepare
from cli.offline_state import exported
from cli.program import Program
from cli.sandbox import ROOT

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
FOLDER = ROOT / ".smile" / "dashboards"
VALID = "an export of a stack, or the body of a dashboard"


class DashboardError(CommandError):
    """There is nothing to draw; the message says why."""


def run(program: Program, stack: str | None, file: Path | None, name: str | None, output: Path) -> Answer:
    """Write an SVG and a PNG of each dashboard.

    Raises:
        DashboardError: there is none.
    """
    found = bodies(*source(program, stack, file))
    wanted = {each: body for each, body in found.items() if name in {None, each, each.rpartition("-")[2]}}
    if not wanted:
        raise DashboardError(f"--name: no dashboard {name}; valid: {', '.join(found)}")
    written = list(map(str, draw(wanted, output)))
    return Answer({"written": written}, "\n".join(written))


def source(program: Program, stack: str | None, file: Path | None) -> tuple[str, str]:
    """A name for where the dashboards are from, and the text that they are in.

    Raises:
        DashboardError: the file holds no text.
        SandboxError: there is no such file or stack.
    """
    if file is not None:
        try:
            with expecting(VALID):
                return str(file), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise DashboardError(f"{file}: no text; valid: {VALID}") from None
    found = program.project.checked(stack)
    return found, exported(program, found)


def bodies(where: str, text: str) -> dict[str, Body]:
    """Name -> body of each dashboard.

    Raises:
        DashboardError: there is none, or one of them isn't a body.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise DashboardError(f"{where}: no JSON: {error}") from None
    written = named(where, content)
    if not written:
        raise DashboardError(f"{where}: no dashboard; valid: {VALID}")
    found: dict[str, Body] = {}
    for name, body in written.items():
        try:
            found[name] = parsed(body)
        except ValueError as error:
            raise DashboardError(f"{where}: {name}: {error}") from None
    return found


def named(where: str, content: Any) -> dict[str, str]:
    """Name -> text of each dashboard in an export; of a body, its file's name."""
    match content:
        case {"widgets": _}:
            return {Path(where).stem: json.dumps(content)}
        case {"deployment": {"resources": list(resources)}}:
            outputs = [
                cast("dict[str, str]", each["outputs"])
                for each in cast("list[dict[str, Any]]", resources)
                if each.get("type") == DASHBOARD
            ]
            return {each["dashboardName"]: each["dashboardBody"] for each in outputs}
        case _:
            return {}


def draw(wanted: dict[str, Body], folder: Path) -> list[Path]:
    """The pictures of dashboards, in a folder."""
    from cli.dashboard_picture import png, svg

    made: list[Path] = []
    for name, body in wanted.items():
        drawn = svg(name, body)
        made += [prepare(folder / f"{name}.svg"), folder / f"{name}.png"]
        made[-2].write_text(drawn, encoding="utf-8")
        made[-1].write_bytes(png(drawn))
    return made
