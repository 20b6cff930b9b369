"""Both stacks of EpicVibe."""

import pytest

STACKS = ("production", "staging")


def pytest_collection_modifyitems(items):
    for item in items:
        if "epicvibe" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("epicvibe"))  # recorded once


@pytest.fixture(params=STACKS)
def program(request, program_of):
    """One stack after the other."""
    return program_of("epicvibe", request.param)


@pytest.fixture
def production(program_of):
    return program_of("epicvibe", "production")
