"""Writes docs/controls.md, the catalogue of all controls: ``python policies/catalogue``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from guardrails.engine.catalogue import catalogue  # the library lies beside the packs, AWS's facts beside it

FILE = Path(__file__).resolve().parents[2] / "docs" / "controls.md"
FILE.write_text(catalogue(), encoding="utf-8")
