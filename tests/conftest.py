"""What set-up made comes first on PATH; programs run as fast as they do under the engine; property tests do not depend
on how fast the machine is.
"""

import gc
import os

from hypothesis import HealthCheck, settings

from bootstrap import engine
from components.core import sdk_performance
from tests.paths import ROOT
from tests.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler

NEW_OBJECTS_BETWEEN_COLLECTIONS = 100_000
__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]  # hooks

ready = engine.recorded(ROOT)
if ready is None:
    raise RuntimeError(f"no engine yet; run: make -C {ROOT} setup")
os.environ["PATH"] = os.pathsep.join([str(ROOT / ".venv" / "bin"), ready.bin, os.environ["PATH"]])

sdk_performance.apply()
gc.disable()  # until all is collected, which stays to the end: nothing of it need be looked at

# The same examples on every run, however slow the machine: a red test means that something changed.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()
