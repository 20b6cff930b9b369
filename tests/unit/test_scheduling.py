"""Tests of one file run in one process, runs of the engine one by one and before all else."""

from types import SimpleNamespace

import pytest

from tests.scheduling import ByFile, pytest_collection_modifyitems, pytest_xdist_make_scheduler

FILE = "tests/unit/cli/test_docs.py"


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        (f"{FILE}::test_one", FILE),
        (f"{FILE}::test_one[a@b::c]", FILE),
        (f"{FILE}::test_one[a]@types", "types"),
        ("tests/engine/test_cost.py::test_one[prod]@prod", "prod"),
        ("tests/engine/test_against.py::test_one", "tests/engine/test_against.py::test_one"),
        ("tests/policies/engine/test_engine.py::test_one", "tests/policies/engine/test_engine.py::test_one"),
        ("tests/policies/engine/test_fuzz.py::test_one", "tests/policies/engine/test_fuzz.py"),
    ],
)
def test_tests_of_a_file_stay_together_unless_they_run_the_engine(nodeid, scope):
    assert object.__new__(ByFile)._split_scope(nodeid) == scope


def test_runs_of_the_engine_come_first_and_each_keeps_its_place_among_its_kind():
    ids = [f"{FILE}::b", f"{FILE}::a", "tests/engine/test_x.py::b", "tests/policies/test_wheel.py::a"]
    items = [SimpleNamespace(nodeid=each) for each in ids]
    pytest_collection_modifyitems(items)
    assert [each.nodeid for each in items] == [*ids[2:], *ids[:2]]


def test_it_is_what_make_distributes_by(pytestconfig):
    assert pytest_xdist_make_scheduler in [
        each.function for each in pytestconfig.hook.pytest_xdist_make_scheduler.get_hookimpls()
    ]
    assert pytest_xdist_make_scheduler(SimpleNamespace(option=SimpleNamespace(dist="load")), None) is None
