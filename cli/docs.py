"""``smile docs``: the generated parts of docs, from the code that they describe.

A page says what it wants: the lines between ``<!-- inputs components.queues.settings:Queues -->`` and
``<!-- /inputs -->`` become the table of that section's settings, those between ``<!-- outputs MODULE:CLASS -->`` and
``<!-- /outputs -->`` the attributes of that component.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.core.settings.field import about
from components.core.settings.translate import section_in

ROOT = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"(<!-- (inputs|outputs) ([\w.]+):(\w+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)
ATTRIBUTE = re.compile(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", re.DOTALL | re.MULTILINE)


def configure(parser: argparse.ArgumentParser) -> None:
    """Write, or look only."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a page is not current")


def run(arguments: argparse.Namespace) -> int:
    """Bring docs up to date; with --check, 1 where something would change."""
    stale = [path for path, text in generated() if path.read_text("utf-8") != text]
    for path in stale:
        print(f"{'not current' if arguments.check else 'written'}: {path.relative_to(ROOT)}")
    if not arguments.check:
        for path, text in generated():
            path.write_text(text, encoding="utf-8")
    return int(arguments.check and bool(stale))


def generated(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Each page that code makes, or makes tables for, as it should be."""
    for path in sorted((root / "docs").rglob("*.md")):
        text = path.read_text("utf-8")
        if MARKED.search(text):
            yield path, MARKED.sub(filled, text)
    yield root / "docs" / "controls.md", catalogue()


def filled(found: re.Match[str]) -> str:
    """A marked place with its table."""
    start, kind, module, name, end = found.groups()
    described = getattr(import_module(module), name)
    return f"{start}\n{inputs(described) if kind == 'inputs' else outputs(described)}\n\n{end}"


def inputs(section: type[BaseModel]) -> str:
    """The table of a section's settings, and of those in it."""
    rows = [
        (
            f"`{name}`",
            f"`{typed(field.annotation)}`",
            default(field),
            known.unit,
            source(known.valid, known.source),
            doc,
        )
        for name, field, doc in settings_of(section)
        if (known := about(field))
    ]
    return table(("Input", "Type", "Default", "Unit", "Valid", "What it does"), rows)


def settings_of(section: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo, str]]:
    """Dotted name, field and description of each setting; ``*`` stands for any name in a mapping."""
    for name, field in section.model_fields.items():
        inner = section_in(field.annotation)
        if about(field):
            yield above + name, field, field.description or ""
        if inner:
            star = ".*" if get_origin(field.annotation) is dict else ""
            yield from settings_of(inner, f"{above}{name}{star}.")


def default(field: FieldInfo) -> str:
    """The default of a setting, as it is written in YAML."""
    value = field.default
    if field.is_required():
        return "required"
    if isinstance(value, dict):
        value = [*value]
    if isinstance(value, tuple | list):
        return ", ".join(f"`{each}`" for each in value) or "none"
    return "none" if value in (None, "") else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def source(valid: str, page: str) -> str:
    """The limits, with a link to where they come from."""
    return f"{valid} ([source]({page}))" if page else valid


def typed(annotation: Any) -> str:
    """The type of a setting, in a word or two."""
    arguments = [each for each in get_args(annotation) if each is not Ellipsis]
    if get_origin(annotation) is None:
        return getattr(annotation, "__name__", str(annotation))
    if get_origin(annotation) in (tuple, list):
        return f"list of {typed(arguments[0])}"
    if get_origin(annotation) is dict:
        return f"map of {typed(arguments[1])}"
    if all(isinstance(each, str) for each in arguments):
        return "string"
    return typed(next(each for each in arguments if each is not type(None)))


def outputs(component: type) -> str:
    """The table of a component's attributes: those that its class declares, as its docstring describes them."""
    text = inspect.cleandoc(component.__doc__ or "").partition("Attributes:\n")[2]
    text = re.split(r"^\S", text, maxsplit=1, flags=re.MULTILINE)[0]
    described = {name: " ".join(doc.split()) for name, doc in ATTRIBUTE.findall(text)}
    declared: dict[str, Any] = {}
    for each in reversed(component.__mro__):
        if issubclass(component, each) and each.__module__.startswith("components."):
            declared |= inspect.get_annotations(each)
            declared |= {name: given(each) for name, each in vars(each).items() if isinstance(each, property)}
    if missing := sorted(set(described) - set(declared)):
        raise ValueError(f"{component.__qualname__} describes what it does not declare: {', '.join(missing)}")
    rows = [(f"`{name}`", f"`{declared[name]}`".replace("pulumi.", ""), doc) for name, doc in described.items()]
    return table(("Output", "Type", "What it is"), rows)


def given(attribute: property) -> str:
    """What a property gives."""
    return str(inspect.get_annotations(attribute.fget).get("return", "")) if attribute.fget else ""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (cells[0], ["---"] * len(cells[0]), *cells[1:]))


def catalogue() -> str:
    """The catalogue of controls; in a process of its own, for the packs know nothing of the program."""
    command = [sys.executable, "-c", "from guardrails.engine.catalogue import catalogue; print(catalogue(), end='')"]
    path = os.pathsep.join([str(ROOT / "policies"), str(ROOT)])
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
