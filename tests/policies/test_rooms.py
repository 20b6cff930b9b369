"""The rooms of the guardrails: imports go one way, and a control lies in the file of its service."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from guardrails.engine.packs import load_controls
from guardrails.testing import load_file
from tests.paths import ROOT
from tests.policies.conftest import FIXTURES

POLICIES = ROOT / "policies"
CONTROLS = POLICIES / "guardrails" / "controls"
LOWER = {
    "aws": set(),
    "model": {"aws"},
    "iam": {"aws", "model"},
    "services": {"aws", "model"},
    "network": {"aws", "model", "services"},
    "shapes": {"aws", "model", "iam", "services"},
    "controls": {"aws", "model", "iam", "services", "network", "shapes"},
    "engine": {"model", "iam"},
    "testing": {"model", "engine"},
    "commands": {"model", "engine"},
}
"""What each room may import besides itself; controls are loaded by the engine, not imported."""


def modules() -> dict[str, Path]:
    """Every module below policies/ that can be imported, by its full name."""
    return {".".join(path.relative_to(POLICIES).with_suffix("").parts): path for path in POLICIES.rglob("*.py")}


def imported(path: Path, known: set[str]) -> set[str]:
    """The modules among ``known`` that a file imports anywhere, for type checking and inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & known


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one import circle; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_through_others():
    known = modules()
    graph = {name: imported(path, set(known)) for name, path in known.items()}
    assert sum(map(len, graph.values())) > 500
    assert cycle(graph) == []


def test_a_circle_is_found_also_when_half_of_it_is_for_type_checking(tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pack import other\n")
    other.write_text("def late():\n    import pack.one\n")
    known = {"pack.one", "pack.other"}
    assert cycle({"pack.one": imported(one, known), "pack.other": imported(other, known)}) != []


def test_rooms_import_lower_rooms_only():
    known = modules()
    for name, path in known.items():
        room = name.split(".")[1]
        if room in LOWER:
            rooms = {each.split(".")[1] for each in imported(path, set(known))} - {room, "__init__"}
            assert rooms <= LOWER[room], f"{name} imports from {', '.join(sorted(rooms - LOWER[room]))}"


@cache
def files() -> dict[str, Path]:
    """The file that defines each control, below the folder of the controls."""
    return {
        control_id: path.relative_to(CONTROLS)
        for path in CONTROLS.rglob("*.py")
        for control_id in re.findall(
            r'"((?:ENC|RES|LP|RSL)-[A-Z0-9]+-\d+)"',
            re.sub(r"(unless=|is_type_of\()\([^)]*\)", "", path.read_text(encoding="utf-8")),  # those of others
        )
    }


@pytest.mark.parametrize("control_id", load_controls())
def test_a_control_lies_in_the_file_or_folder_of_its_service(control_id):
    _category, service, *_ = files()[control_id].with_suffix("").parts
    assert service.strip("_").upper() == control_id.split("-")[1]


def test_fixtures_lie_where_their_controls_do():
    for path in FIXTURES.rglob("*.yaml"):
        place = path.relative_to(FIXTURES).with_suffix(".py")
        assert [each for each in load_file(path) if files()[each] != place] == [], path.name
