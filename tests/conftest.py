"""Puts the engine and the virtual environment that set-up made first on PATH, as the commands do."""

import os
from pathlib import Path

from bootstrap import engine

ROOT = Path(__file__).resolve().parents[1]

ready = engine.recorded(ROOT)
if ready is None:
    raise RuntimeError(f"no engine yet; run: make -C {ROOT} setup")
os.environ["PATH"] = os.pathsep.join([str(ROOT / ".venv" / "bin"), ready.bin, os.environ["PATH"]])
