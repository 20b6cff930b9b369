"""The program under test: the project itself, or a copy that the test may change."""

import pytest
from engine_runs import Offline, copy_of_program


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
