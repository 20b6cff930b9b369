"""The tree is the architecture: which package may import which, and no circle anywhere."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.paths import ROOT

LIBRARY = "components"
MAY_IMPORT = {
    "aws_facts": set(),
    LIBRARY: {"aws_facts"},
    "settings": {"aws_facts", LIBRARY},
    "layers": {"aws_facts", LIBRARY, "settings"},
    "guardrails": {"aws_facts", "report"},
    "offline": {"aws_facts"},
    "report": {"aws_facts"},
    "functions": set(),
    "bootstrap": set(),
    "doctor": {"aws_facts", LIBRARY, "settings", "layers", "bootstrap"},
}
"""Package of the project -> those of its own that it may import."""
FOLDERS = {name: ROOT / ("policies/guardrails" if name == "guardrails" else name) for name in MAY_IMPORT}
EVERYTHING = FOLDERS | {name: ROOT / name for name in ("cli", "bench")}


@cache
def modules():
    """Dotted name of each module -> its file."""
    found = {}
    for package, folder in EVERYTHING.items():
        for file in folder.rglob("*.py"):
            parts = (package, *file.relative_to(folder).with_suffix("").parts)
            found[".".join(part for part in parts if part != "__init__")] = file
    return found


@cache
def imports(name):
    """The modules of the project that a module imports, also for its types alone."""
    wanted = set()
    for node in ast.walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            wanted |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
    within = {module for module in wanted if module in modules()}
    # ``from package import module`` needs the package only where that holds more than its modules
    packages = {other.rpartition(".")[0] for other in within}
    return within - packages


def test_the_graph_is_seen():
    assert "components.core.environment" in imports("components.core.context")


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_what_lies_below_them(package):
    allowed = MAY_IMPORT[package] | {package}
    found = {
        (name, other)
        for name in modules()
        if name.split(".")[0] == package
        for other in imports(name)
        if other.split(".")[0] not in allowed
    }
    assert not found


def test_no_module_imports_itself_by_way_of_others():
    try:
        TopologicalSorter({name: imports(name) for name in modules()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize("word", ["smile", "jakarta", "ap-southeast-3"])
def test_the_library_knows_no_program_and_no_region(word):
    found = {
        f"{file.relative_to(ROOT)}:{number}"
        for file in (ROOT / LIBRARY).rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(word, line, re.IGNORECASE)
    }
    assert not found


GATHERS = {"yaml_file.Document", "evaluation._Outcome"}
"""Filled in as a file or a run is read."""


def test_what_is_handed_on_never_changes():
    """Components share arguments: a change by one of them would reach the others."""
    found = {}
    for file in modules().values():
        for class_ in (each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.ClassDef)):
            for decorator in class_.decorator_list:
                name, _, given = ast.unparse(decorator).partition("(")
                if name == "dataclass":
                    found[f"{file.stem}.{class_.name}"] = "frozen=True" in given
    assert len(found) > 150
    assert {name for name, frozen in found.items() if not frozen} == GATHERS


def test_every_component_ends_with_its_outputs_in_the_spelling_of_pulumi():
    """Without ``register_outputs`` the engine takes a component for unfinished."""
    seen = 0
    for name, file in modules().items():
        for class_ in (each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.ClassDef)):
            if "pulumi.ComponentResource" not in map(ast.unparse, class_.bases):
                continue
            calls = [each for each in ast.walk(class_) if isinstance(each, ast.Call)]
            (given,) = [each.args[0] for each in calls if ast.unparse(each.func) == "self.register_outputs"]
            keys = [each.value for each in getattr(given, "keys", []) if isinstance(each, ast.Constant)]
            assert all(re.fullmatch("[a-z]+([A-Z][a-z0-9]*)*", key) for key in keys), (name, keys)
            seen += 1
    assert seen > 80
