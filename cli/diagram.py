"""``smile diagram``: the architecture of a stack as a picture, drawn from its own resources, without AWS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bootstrap.layout import install
from cli.answer import Answer, CommandError
from cli.files import expecting, prepare
from cli.offline_state import exported
from cli.program import Program
from cli.sandbox import ROOT
from report.diagram.layout import graph
from report.diagram.picture import picture
from report.diagram.resources import NoResourcesError, Resource, of_export
from report.diagram.svg import svg

KINDS = (".svg", ".png")
SCALE = 2
"""Pixels of a PNG for each of the picture's, so that small text can be read."""


class DiagramError(CommandError):
    """The picture can't be drawn; the message says why."""


def run(program: Program, stack: str | None, file: Path | None, output: Path) -> Answer:
    """Write the picture.

    Raises:
        DiagramError: it can't be drawn.
    """
    if output.suffix not in KINDS:
        raise DiagramError(f"--output {output}: valid are names that end in {' or '.join(KINDS)}")
    write(prepare(output), drawn(resources(program, stack, file)))
    return Answer({"written": [str(output)]}, str(output))


def resources(program: Program, stack: str | None, file: Path | None) -> list[Resource]:
    """What is drawn.

    Raises:
        DiagramError: the file is no export.
        SandboxError: there is no such file or stack, or the stack can't be made offline.
    """
    if file is None:
        return of_export(json.loads(exported(program, program.project.checked(stack))))
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
