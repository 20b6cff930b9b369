"""What somebody gets who installs the library."""

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from guardrails.engine import server
from tests.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
GUARDRAILS = tomllib.loads((ROOT / "policies" / "pyproject.toml").read_text())["project"]
"""The same controls as a wheel of their own, see tests/policies/test_wheel.py."""
LIBRARIES = {"components": ROOT / "components", "guardrails": ROOT / "policies" / "guardrails"}


def modules(folder: Path) -> set[str]:
    """The files of a package, its data included, as they are named in a wheel."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return {f"{folder.name}/{file.relative_to(folder)}" for file in files}


def imported(folder: Path) -> set[str]:
    """The top-level names that a package imports from elsewhere, those in functions included."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Import():
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(LIBRARIES)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: a build writes into the folder that it builds."""
    source, target = (tmp_path_factory.mktemp(name) for name in ("source", "wheel"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("components", "policies", "settings", "cli"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    words = ["-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", target]
    subprocess.run([sys.executable, *words, source], check=True)
    (file,) = target.iterdir()
    with zipfile.ZipFile(file) as archive:
        yield archive


def test_wheel_holds_the_library_and_nothing_of_the_program(wheel):
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == modules(LIBRARIES["components"]) | modules(LIBRARIES["guardrails"])


def test_wheel_carries_version_and_licence(wheel):
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    assert f"\nVersion: {PROJECT['version']}\n" in wheel.read(metadata).decode()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel.namelist())


@pytest.mark.parametrize(
    ("library", "requirements"),
    [
        ("components", PROJECT["dependencies"]),
        ("guardrails", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["policies"]),
        ("guardrails", GUARDRAILS["dependencies"]),
    ],
)
def test_what_a_library_imports_is_required(library, requirements):
    declared = {canonicalize_name(Requirement(line).name) for line in requirements}
    providers = packages_distributions()
    missing = {
        name
        for name in imported(LIBRARIES[library]) & set(providers)
        if not declared & {canonicalize_name(provider) for provider in providers[name]}
    }
    assert not missing, f"add to pyproject.toml what provides {missing}"


def test_required_versions_admit_what_is_locked():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    locked = dict(line.split(" ")[0].split("==") for line in lines if "==" in line and not line.startswith(" "))
    for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["policies"]):
        requirement = Requirement(line)
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier, line


def test_both_wheels_ask_for_the_same_versions():
    assert {*GUARDRAILS["dependencies"]} <= {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["policies"]}


def test_version_stands_in_one_place():
    assert GUARDRAILS["version"] == server.VERSION
    for file in ROOT.glob("policies/*/PulumiPolicy.yaml"):
        assert "version" not in yaml.safe_load(file.read_text()), f"{file}: the engine asks the pack for its version"


def test_changelog_begins_with_what_is_unreleased_and_has_the_version():
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0] == "## [Unreleased]"
    assert headings[1].startswith(f"## [{PROJECT['version']}] - ")
