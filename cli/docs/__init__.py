"""``smile docs``: the generated parts of docs, from the code that they describe.

A page says what it wants between ``<!-- KIND MODULE:NAME -->`` and ``<!-- /KIND -->``: the ``inputs`` of a section of
settings, the ``outputs`` of a component, or the ``table`` that a function of this package makes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from cli.answer import Answer
from cli.diagram import drawn
from cli.docs import cost as costs
from cli.docs import platform_cost
from cli.docs.code import inputs, outputs
from cli.docs.cost_picture import picture
from cli.offline_state import exported
from cli.program import smile
from cli.sandbox import ROOT, SandboxError
from report.diagram.resources import of_export

MARKED = re.compile(r"(<!-- (inputs|outputs|table) ([\w.]+):(\w+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def run(*, check: bool, access: bool, cost: bool) -> Answer:
    """Bring docs up to date, or only look: 1 where something would change.

    Args:
        check: change nothing.
        access: what takes an offline update of prod, too.
        cost: docs/cost.json and docs/cost.platforms.json, too.

    Raises:
        CommandError: a page can't be made.
    """
    if cost:
        costs.record()
        platform_cost.record()
    pages = [*generated(), *(of_prod() if access else [])]
    stale = [(path, text) for path, text in pages if not path.is_file() or path.read_text("utf-8") != text]
    for path, text in [] if check else stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    gone = sorted({*(ROOT / "docs" / "controls").glob("*.md")} - {path for path, _ in pages})
    for path in [] if check else gone:
        path.unlink()
    changed = [str(path.relative_to(ROOT)) for path in (*(path for path, _ in stale), *gone)]
    said = "\n".join(f"{'not current' if check else 'written'}: {name}" for name in changed)
    return Answer({"changed": changed}, said, int(check and bool(stale)))


def generated(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Each page that code makes, or makes tables for, as it should be."""
    for path in sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md"), *root.glob("platforms/*/README.md")]):
        text = path.read_text("utf-8")
        if MARKED.search(text):
            yield path, MARKED.sub(filled, text)
    yield from ((root / "docs" / name, text) for name, text in catalogue().items())
    yield root / "docs" / "cost.svg", picture(costs.components())


def filled(found: re.Match[str]) -> str:
    """A marked place with its table."""
    start, kind, module, name, end = found.groups()
    described = getattr(import_module(module), name)
    made = described() if kind == "table" else {"inputs": inputs, "outputs": outputs}[kind](described)
    return f"{start}\n{made}\n\n{end}"


def catalogue() -> dict[str, str]:
    """The catalogue of controls, by the names of its pages."""
    return json.loads(
        from_policies("import json; from guardrails.engine.catalogue import catalogue; print(json.dumps(catalogue()))")
    )


def of_prod() -> Iterator[tuple[Path, str]]:
    """Who may do what on what in prod, and how it and its overview look: from its state after an offline update.

    Raises:
        SandboxError: prod can't be updated offline.
    """
    state = exported(smile(), "prod")
    yield ROOT / "docs" / "access.md", from_policies("from cli.docs.access.page import main; main()", state)
    yield from pictures(state)


def pictures(state: str) -> Iterator[tuple[Path, str]]:
    """The overview, as `smile dashboard` draws it, and the architecture, as `smile diagram` does."""
    from cli.dashboard import bodies
    from cli.dashboard_picture import svg

    yield ROOT / "docs" / "pictures" / "prod.svg", drawn(of_export(json.loads(state)))
    for name, body in bodies("prod", state).items():
        if name.endswith("-overview"):
            yield ROOT / "docs" / "pictures" / "prod-overview.svg", svg(name, body)


def from_policies(code: str, text: str = "") -> str:
    """What code prints that imports the packs; in a process of its own, for the packs know nothing of the program.

    Raises:
        SandboxError: it fails, for instance because two controls have one id.
    """
    path = os.pathsep.join([str(ROOT / "policies"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path}, input=text, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SandboxError(f"the packs can't be loaded: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout
