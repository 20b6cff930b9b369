"""What makes a finding the same one in the next run: the fingerprint that reports show, so that one can be exempted."""

from __future__ import annotations

import hashlib
from collections import Counter

from guardrails.engine.packs import family_of

DIGITS = 32


class Fingerprints:
    """Those of one run; docs/report.md has what goes into them, `report.fingerprint` makes the same of an event log."""

    def __init__(self) -> None:
        self._seen = Counter[tuple[str, ...]]()

    def of(self, control: str, urn: str, path: str) -> str:
        """Of the next finding of a control at a property; of several there each has its number."""
        told = "" if "(" in path or ")" in path else path  # as a message tells it apart
        part = family_of(control).name, control, urn.partition("::")[2], told
        self._seen[part] += 1
        return hashlib.sha256("\0".join((*part, str(self._seen[part]))).encode()).hexdigest()[:DIGITS]
