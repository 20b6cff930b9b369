"""The page of `smile report --format html`, with each stack's picture and roles; the page itself draws nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bootstrap.progress import SetupError
from cli.diagram import DiagramError, drawn
from cli.report_access import roles_of
from report.diagram.resources import NoResourcesError, of_run
from report.html import page
from report.run import Run


def render(runs: Sequence[Run]) -> str:
    """The page of runs; without the picture, and saying so, where it can't be drawn."""
    pictures = dict[str, str]()
    for run in runs:
        try:
            pictures[run.stack] = drawn(of_run(run))
        except (DiagramError, NoResourcesError, SetupError) as error:
            print(f"smile report: no picture of {run.stack or 'no stack'}: {error}", file=sys.stderr)
    return page.render(runs, pictures, {run.stack: roles_of(run) for run in runs})
