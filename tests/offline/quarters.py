"""Every type is tried in four parts: one in each run, the others in the slow one, since reading all takes a minute."""

import pytest

QUARTERS = pytest.mark.parametrize(
    "quarter", [0, *(pytest.param(number, marks=pytest.mark.slow) for number in (1, 2, 3))]
)


def part(tokens, quarter):
    """The tokens of a quarter: those of each service, since they are in order."""
    return tokens[quarter::4]
