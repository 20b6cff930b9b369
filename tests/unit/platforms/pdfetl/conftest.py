"""The three stacks of the PDF ETL."""

from unittest import mock

import pytest

from tests.unit.platforms.conftest import recorded

STACKS = ("dev", "staging", "prod")


def pytest_collection_modifyitems(items):
    for item in items:
        if "pdfetl" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("pdfetl"))  # recorded once


@pytest.fixture(params=STACKS)
def program(request, program_of):
    """One stack after the other."""
    return program_of("pdfetl", request.param)


@pytest.fixture
def prod(program_of):
    return program_of("pdfetl", "prod")


@pytest.fixture
def exported():
    """The outputs of a stack, as the program exports them."""

    def run(stack, changes=None):
        found = {}
        with mock.patch("pulumi.export", side_effect=found.__setitem__):
            recorded("pdfetl", stack, changes)
        return found

    return run
