"""Runs as one comment on a pull request, in GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from report.run import Run
from report.text import counts


def render(runs: Sequence[Run]) -> str:
    """The verdict, and each stack's numbers."""
    refused = [run.stack for run in runs if run.failed]
    verdict = f"Refused: {', '.join(refused)}" if refused else "Nothing speaks against it"
    return "\n".join([f"## {verdict}", "", *(f"- {run.stack}: {counts(run)}" for run in runs), ""])
