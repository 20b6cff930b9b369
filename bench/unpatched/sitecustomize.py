"""On PYTHONPATH, makes a program run on the SDK as published: its work-arounds become nothing."""

import sys
from types import ModuleType

MODULE = "components.core.sdk_performance"

unpatched = ModuleType(MODULE)
unpatched.apply = lambda: None  # type: ignore[attr-defined]
sys.modules[MODULE] = unpatched
