"""The program under test: the project itself, or a copy that the test may change."""

import os
from functools import cache

import pytest
from engine_runs import Offline, copy_of_program, small_program
from lives import Life


def pytest_collection_modifyitems(items):
    for item in items:
        if "engine" in item.path.parts:
            item.add_marker(pytest.mark.engine)


@pytest.fixture
def offline(tmp_path):
    """The project itself."""
    return Offline(tmp_path / "offline")


@pytest.fixture
def changed(tmp_path):
    """A copy of the program in which the test changes files; gives the runner for it."""
    return copy_of_program(tmp_path)


@pytest.fixture
def small(tmp_path):
    """A program of a few resources, for what doesn't depend on the stack; its stack is dev."""
    return small_program(tmp_path)


@pytest.fixture(scope="session")
def lives(tmp_path_factory):
    """Gives the life of a stack, one and the same to all who ask; all stacks live side by side in one cloud."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own  # with the other processes of this run

    def begin(stack):
        (shared / f"{stack}-lives-here").touch(exist_ok=False)  # or pytest-xdist no longer groups tests
        return Life(stack, shared / "lives")

    return cache(begin)


@pytest.fixture
def life(request, lives):
    """Of the stack that the test looks at: see ``lives.looks_at``."""
    return lives(request.param)
