"""make tells what it can do, and has a target for each kind of tests."""

import re
import subprocess

import pytest

from tests.paths import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


def make(*words):
    done = subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_help_is_what_make_says_by_itself_and_lists_every_target_with_a_purpose():
    assert make() == make("help")
    listed = dict(line.removeprefix("make ").split(maxsplit=1) for line in make("help"))
    documented = re.findall(r"^([a-z-]+):.*# ", MAKEFILE, re.MULTILINE)
    assert sorted(listed) == sorted([*documented, "test-NAME"])
    for target, purpose in listed.items():
        assert purpose in MAKEFILE or target == "test-NAME"


def test_every_target_is_phony_or_a_file_of_that_name_would_hide_it():
    (phony,) = re.findall(r"^\.PHONY: (.*)", MAKEFILE.replace("\\\n", ""), re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    assert set(targets) <= set(phony.split())


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in ROOT.glob("tests/*/conftest.py")))
def test_each_kind_of_tests_has_its_target(folder):
    assert make("-n", f"test-{folder}")[-1].endswith(f"--dist loadgroup tests/{folder}")


@pytest.mark.parametrize(
    ("target", "words"), [("drift", ["drift"]), ("plan", ["deploy", "plan"]), ("update", ["deploy", "update"])]
)
def test_what_concerns_an_account_names_its_stack(target, words):
    assert make("-n", target, "STACK=prod")[-1].split() == [".venv/bin/smile", *words, "--stack", "prod"]
    asked = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"say which stack: make {target} STACK=prod" in asked.stderr


def test_all_tests_are_run_with_the_check_of_requirements_beside_the_types():
    commands = make("-n", "test")
    assert any("ruff check ." in line for line in commands)
    assert commands[-2] == ".venv/bin/basedpyright"
    assert commands[-1].endswith(" --dist loadgroup -p tests.requirements")


def test_what_runs_the_engine_has_a_process_more_than_there_are_processors():
    ask = "echo $(getconf _NPROCESSORS_ONLN)"
    processors = int(subprocess.run(ask, shell=True, check=True, capture_output=True, text=True).stdout)
    for target in ("tests", "test-engine", "test-platforms"):
        (words,) = re.findall(r"--numprocesses (.*) --dist", make("-n", target)[-1])
        said = subprocess.run(f"echo {words}", shell=True, check=True, capture_output=True, text=True).stdout
        assert int(said) == processors + 1
    assert (
        "--numprocesses auto --dist loadgroup -m 'not engine and not slow and not long' tests/unit"
        in make("-n", "test-fast")[-1]
    )
