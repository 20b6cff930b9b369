"""Which process of pytest-xdist runs which tests: those of one file run in one, so that what they share is made once.

Runs of the engine come first, each by itself: they take longest, and what comes after them fills up what is left.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling


def runs_engine(nodeid: str) -> bool:
    """Whether a test is in a file of tests that run the real engine."""
    file = PurePath(nodeid.partition("::")[0])
    return file.parts[:2] == ("tests", "engine") or file.name in {"test_engine.py", "test_wheel.py"}


class ByFile(LoadGroupScheduling):
    """Groups of ``xdist_group`` stay together, other tests by file; all in the order in which they are collected."""

    def _split_scope(self, nodeid: str) -> str:
        group = super()._split_scope(nodeid)
        return group if group != nodeid or runs_engine(nodeid) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Called by the process that distributes."""
    if config.option.dist != "loadgroup":
        return None
    config.option.loadscopereorder = False  # it would begin with what has the most tests
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Called in each process; it is the same order in all."""
    items.sort(key=lambda item: not runs_engine(item.nodeid))
