from collections.abc import Callable
from pathlib import Path

import pytest

from tests.offline.offline_workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[[str], Workspace]:
    """Makes a workspace for one of the programs beside the tests."""
    return lambda program: Workspace(tmp_path, program)
