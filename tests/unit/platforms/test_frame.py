"""What every program in ``platforms/`` has in common, and what it leaves to the library."""

import ast

import pytest

from cli.docs.platforms import components, matrix
from cli.program import programs
from components.core.settings.source import stacks_of
from tests.paths import ROOT
from tests.unit.platforms.conftest import loader_of

PROGRAMS = programs()
WHOLE = sorted(set(PROGRAMS) - {"parcels"})
"""Those of a system; parcels is a sample in one file."""
OWN_PACKAGES = {"aws_facts", "components", "settings", "layers", "cli", "offline", "report", "doctor", "platforms"}


def imports(name):
    """What a program's files import of this repository."""
    for file in PROGRAMS[name].folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OWN_PACKAGES:
                yield node.module


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_stands_on_the_library_and_on_nothing_of_smiles(name):
    found = set(imports(name))
    assert any(module.startswith("components.") for module in found)
    allowed = ("aws_facts.", "components.", f"platforms.{name}.")
    assert {module for module in found if not f"{module}.".startswith(allowed)} == set()


@pytest.mark.parametrize("name", WHOLE)
def test_a_program_has_the_files_of_the_frame(name):
    folder = PROGRAMS[name].folder
    files = {file.name for file in folder.iterdir()}
    assert {"Pulumi.yaml", "README.md", "__main__.py", "loader.py", "rules.py", "settings.py", "policies.json"} <= files
    assert len((folder / "__main__.py").read_text().splitlines()) <= 250
    assert "```mermaid" in (folder / "README.md").read_text()


@pytest.mark.parametrize("name", WHOLE)
def test_each_stack_has_settings_that_can_be_used_and_an_account_of_its_own(name):
    loader = loader_of(name)
    accounts = [loader.from_files(stack).account.id for stack in stacks_of(loader.root)]
    assert len(set(accounts)) == len(accounts) >= 1


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_what_is_laxer_has_a_reason_an_owner_and_an_end(name):
    for stack in PROGRAMS[name].project.stacks:
        for control, about in PROGRAMS[name].configuration(stack).items():
            if about.get("enforcementLevel") == "disabled":
                assert {"reason", "owner", "until"} <= set(about), control


def test_the_matrix_shows_what_each_program_wires():
    rows = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in matrix().splitlines()}
    head = [cell.strip() for cell in rows["component"]]
    assert head == ["SMILE", *sorted(PROGRAMS)]

    def wired(component, program):
        (row,) = (cells for name, cells in rows.items() if name.startswith(f"[`{component}`]"))
        return row[head.index(program)].strip() == "x"

    assert wired("Cluster", "SMILE")
    assert not wired("Cluster", "epicvibe")
    assert wired("ContainerCluster", "epicvibe")
    assert not any("Args" in name for name in rows)


def test_components_are_told_from_what_else_a_module_has():
    assert components("components.service.container_service") == {"ContainerService"}
    assert components("components.core") == set()
    assert (ROOT / "docs" / "platforms.md").read_text().count("components/service/cluster.py") == 1
