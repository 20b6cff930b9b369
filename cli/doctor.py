"""``smile doctor``: read-only checks of a stack's real account, before anything in it is changed."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.answer import Answer
from cli.progress import MovingLine
from cli.sandbox import ROOT
from settings import load_from_files

if TYPE_CHECKING:
    from doctor.result import Result

WIDTH = 120


def run(stack: str) -> Answer:
    """What every check found; the exit code is the worst of it.

    Raises:
        SettingsError: the stack's settings can't be used.
    """
    settings = load_from_files(stack, ROOT)
    # Here: they take a second, which a mistake in the settings shouldn't.
    from doctor.account import Account
    from doctor.examination import CHECKS, FIRST, examine, exit_code

    account = Account(settings=settings, root=ROOT)
    waiting = [check.name for check in (*FIRST, *CHECKS)]
    with MovingLine(lambda: f"{len(waiting)} checks to go: {', '.join(waiting[:4])}"):
        results = examine(account, waiting.remove)
    code = exit_code(results)
    about = {"stack": account.stack, "account": account.id, "region": account.region, "exit": code}
    return Answer(about | {"results": [asdict(result) for result in results]}, "\n".join(report(results)), code)


def report(results: Sequence[Result]) -> Iterator[str]:
    """Lines for a person: what is fine in one each, the worst last, where it is seen."""
    from doctor.result import NOT_ASKED, SEVERITY

    unasked = [result.subject for result in results if result.found == NOT_ASKED]
    for result in sorted(results, key=lambda each: SEVERITY[each.verdict]):
        if result.found == NOT_ASKED:
            continue
        yield f"{result.verdict:<12}{result.subject}: {result.found}"
        for word, text in (("needed", result.needed), ("fix", result.fix)):
            if text:
                yield from textwrap.wrap(
                    f"{word + ':':<8}{text}", WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 20,
                    break_long_words=False, break_on_hyphens=False,
                )  # fmt: skip
    if unasked:
        yield from textwrap.wrap(f"{'not asked':<12}{', '.join(unasked)}", WIDTH, subsequent_indent=" " * 12)
    counts = Counter(result.verdict for result in results)
    yield ", ".join(f"{counts[verdict]} {verdict}" for verdict in SEVERITY)
