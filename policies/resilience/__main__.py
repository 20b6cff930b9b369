"""Failures and mistakes are survived, and they are noticed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from guardrails.engine.server import serve  # the library lies beside the packs, AWS's facts beside it

serve("resilience")
