"""``smile dashboard``: the dashboards of a stack as pictures, for whoever reviews them; no AWS, and no data."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, cast

from aws_facts.dashboard_body import Body, parsed
from cli import sandbox
from cli.files import expecting, prepare
from cli.offline_state import exported
from cli.sandbox import ROOT, SandboxError

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
FOLDER = ROOT / ".smile" / "dashboards"
VALID = "an export of a stack, or the body of a dashboard"


class DashboardError(Exception):
    """There is nothing to draw; the message says why."""


def configure(parser: argparse.ArgumentParser) -> None:
    """A stack, or a file; which of its dashboards, and where the pictures go."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--stack", "-s", metavar="STACK", help="made offline first, which takes a minute")
    source.add_argument(
        "--file", type=Path, metavar="FILE", help="what `pulumi stack export` wrote, or the body of a dashboard"
    )
    parser.add_argument("--name", metavar="NAME", help="the dashboard with this name, or its last part; default: all")
    parser.add_argument("--output", type=Path, default=FOLDER, metavar="FOLDER", help=f"default: {FOLDER}")


def run(arguments: argparse.Namespace) -> int:
    """Write an SVG and a PNG of each dashboard; 1 where there is none."""
    try:
        found = bodies(*source(arguments.stack, arguments.file))
        wanted = {each: body for each, body in found.items() if arguments.name in {None, each, each.rpartition("-")[2]}}
        if not wanted:
            raise DashboardError(f"--name: no dashboard {arguments.name}; valid: {', '.join(found)}")
        for path in draw(wanted, arguments.output):
            print(path)
    except (DashboardError, SandboxError, OSError) as error:
        print(f"smile dashboard: {error}", file=sys.stderr)
        return 1
    return 0


def source(stack: str | None, file: Path | None) -> tuple[str, str]:
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
    found = sandbox.find_project(ROOT).checked(stack)
    return found, exported(found)


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
