"""``smile diagram``: the architecture of a stack as a picture, drawn from its own resources, without AWS."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bootstrap.layout import install
from bootstrap.progress import SetupError
from cli import sandbox
from cli.files import expecting, prepare
from cli.offline_state import exported
from cli.sandbox import ROOT, SandboxError
from report.diagram.layout import graph
from report.diagram.picture import picture
from report.diagram.resources import NoResourcesError, Resource, of_export
from report.diagram.svg import svg

KINDS = (".svg", ".png")
SCALE = 2
"""Pixels of a PNG for each of the picture's, so that small text can be read."""


class DiagramError(Exception):
    """The picture can't be drawn; the message says why."""


def configure(parser: argparse.ArgumentParser) -> None:
    """A stack, or what was exported of one; and where the picture goes."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--stack", "-s", metavar="STACK", help="made offline first, which takes a minute")
    source.add_argument("--file", type=Path, metavar="FILE", help="what `pulumi stack export` wrote")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="ends in .svg or .png")


def run(arguments: argparse.Namespace) -> int:
    """Write the picture; 1 where there is nothing to draw."""
    try:
        if arguments.output.suffix not in KINDS:
            raise DiagramError(f"--output {arguments.output}: valid are names that end in {' or '.join(KINDS)}")
        write(prepare(arguments.output), drawn(resources(arguments.stack, arguments.file)))
    except (DiagramError, NoResourcesError, SandboxError, SetupError, OSError) as error:
        print(f"smile diagram: {error}", file=sys.stderr)
        return 1
    print(arguments.output)
    return 0


def resources(stack: str | None, file: Path | None) -> list[Resource]:
    """What is drawn.

    Raises:
        DiagramError: the file is no export.
        SandboxError: there is no such file or stack, or the stack can't be made offline.
    """
    if file is None:
        return of_export(json.loads(exported(sandbox.find_project(ROOT).checked(stack))))
    try:
        with expecting("what `pulumi stack export` writes"):
            return of_export(json.loads(file.read_text(encoding="utf-8")))
    except (NoResourcesError, ValueError) as error:
        raise DiagramError(f"{file}: {error}") from None


def drawn(found: Sequence[Resource]) -> str:
    """The picture as SVG, the same for the same stack.

    Raises:
        NoResourcesError: there is nothing to draw.
        SetupError: npm can't get what places the boxes.
        DiagramError: it fails.
    """
    shown = picture(found)
    done = subprocess.run(install(ROOT), input=json.dumps(graph(shown)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DiagramError(f"the layout fails: {done.stderr.strip()[-300:]}")
    return svg(shown, json.loads(done.stdout))


def write(file: Path, image: str) -> None:
    """The picture in the format that the file's name says."""
    if file.suffix == ".png":
        import vl_convert

        file.write_bytes(vl_convert.svg_to_png(image, scale=SCALE))
    else:
        file.write_text(image, encoding="utf-8")
