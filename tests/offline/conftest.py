from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from offline.cloud.store import Cloud
from offline.providers.aws import Aws
from tests.offline.offline_workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[[str], Workspace]:
    """Makes a workspace for one of the programs beside the tests."""
    return lambda program: Workspace(tmp_path, program)


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Aws]:
    """The mock provider of AWS, over a cloud in which nothing is yet."""
    cloud = Cloud(tmp_path / "cloud.db")
    yield Aws(cloud, "7.0.0")
    cloud.close()
