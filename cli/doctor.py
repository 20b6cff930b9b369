"""``smile doctor``: read-only checks of a stack's real account, before anything in it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aws_facts.service_linked_roles import ServiceLinkedRole, roles_for
from cli.answer import Answer
from cli.cost import previewed
from cli.program import Program
from cli.progress import MovingLine
from cli.sandbox import ROOT
from report.tables import table

if TYPE_CHECKING:
    from doctor.account import Account
    from doctor.result import Result


def run(program: Program, stack: str) -> Answer:
    """What every check found; the exit code is the worst of it.

    Raises:
        SettingsError: the stack's settings can't be used.
    """
    settings = program.settings(stack)
    # Here: they take a second, which a mistake in the settings shouldn't.
    from doctor.examination import CHECKS, FIRST, examine, exit_code, is_for

    account = account_of(program, stack, settings)
    waiting = [check.name for check in (*FIRST, *CHECKS) if is_for(account, check)]
    with MovingLine(lambda: f"{len(waiting)} checks to go: {', '.join(waiting[:4])}"):
        results = examine(account, waiting.remove)
    code = exit_code(results)
    about = {"stack": account.stack, "account": account.id, "region": account.region, "exit": code}
    return Answer(about | {"results": [asdict(result) for result in results]}, report(results), code)


def account_of(program: Program, stack: str, settings: Any) -> Account:
    """The account of a stack, with the operator's own credentials."""
    from doctor.account import Account

    return Account(
        settings=settings,
        root=ROOT,
        environment=program.environment(stack),
        options=program.options,
        linked_roles=lambda: linked_roles(program, stack),
    )


def linked_roles(program: Program, stack: str) -> Sequence[ServiceLinkedRole]:
    """The roles of services that a stack needs: SMILE's by its settings, others' by what an offline preview shows.

    Raises:
        CostError: the preview fails.
    """
    from doctor.needs import service_linked_roles
    from settings import Settings

    if isinstance(settings := program.settings(stack), Settings):
        return service_linked_roles(settings)
    types = {each.type for each in previewed(program, stack).resources.values()}
    return roles_for(types)


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
