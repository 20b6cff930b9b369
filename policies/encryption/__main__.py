"""Data is encrypted at rest and in transit, with keys of our own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from guardrails.engine.server import serve  # the library lies beside the packs, AWS's facts beside it

serve("encryption")
