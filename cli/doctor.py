"""``smile doctor``: read-only checks of a stack's real account, before anything in it is changed."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.progress import MovingLine
from cli.sandbox import ROOT
from components.core.settings.problems import SettingsError
from settings import load_from_files

if TYPE_CHECKING:
    from doctor.result import Result

WIDTH = 120


def configure(parser: argparse.ArgumentParser) -> None:
    """Which stack, and in what form."""
    parser.add_argument("--stack", required=True, help="one with a Pulumi.STACK.yaml")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.epilog = (
        "ends with 0 when all is fine, 1 with warnings or where something could not be checked, 2 when something "
        "blocks the next update, or the stack's settings can't be used"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what every check found; the exit code is the worst of it."""
    try:
        settings = load_from_files(arguments.stack, ROOT)
    except SettingsError as error:
        print(f"smile doctor: {error}", file=sys.stderr)
        return 2
    # Here: they take a second, which a mistake in the settings shouldn't.
    from doctor.account import Account
    from doctor.examination import CHECKS, FIRST, examine, exit_code

    account = Account(settings=settings, root=ROOT)
    waiting = [check.name for check in (*FIRST, *CHECKS)]
    with MovingLine(lambda: f"{len(waiting)} checks to go: {', '.join(waiting[:4])}"):
        results = examine(account, waiting.remove)
    code = exit_code(results)
    if arguments.json:
        about = {"stack": account.stack, "account": account.id, "region": account.region, "exit": code}
        print(json.dumps(about | {"results": [asdict(result) for result in results]}, indent=2))
    else:
        print("\n".join(report(results)))
    return code


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
