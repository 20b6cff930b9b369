"""``smile doctor``: read-only checks of a stack's real account, before anything in it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.answer import Answer
from cli.progress import MovingLine
from cli.sandbox import ROOT
from report.tables import table
from settings import load_from_files

if TYPE_CHECKING:
    from doctor.result import Result


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
    return Answer(about | {"results": [asdict(result) for result in results]}, report(results), code)


def report(results: Sequence[Result]) -> str:
    """For a person: what is fine in a line each, the worst last, where it is seen."""
    from doctor.result import SEVERITY

    counts = Counter(result.verdict for result in results)
    total = ", ".join(f"{counts[verdict]} {verdict}" for verdict in SEVERITY)
    return f"{table(('', ''), rows(results))}\n{total}".lstrip()


def rows(results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """Verdict, and what was found; below it what is needed, and how to get it."""
    from doctor.result import NOT_ASKED, SEVERITY

    for result in sorted(results, key=lambda each: SEVERITY[each.verdict]):
        if result.found != NOT_ASKED:
            yield result.verdict, f"{result.subject}: {result.found}"
            yield from (
                ("", f"{word:<8}{text}") for word, text in (("needed:", result.needed), ("fix:", result.fix)) if text
            )
    if unasked := [result.subject for result in results if result.found == NOT_ASKED]:
        yield "not asked", ", ".join(unasked)
