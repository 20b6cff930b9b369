"""``smile bootstrap``: what a stack's account needs before the stack. Run it again at will: it does what is left.

First the Pulumi program platforms/account, under the policy packs; then what is asked of AWS rather than made: roles of
services, quotas, AWS Backup's choices. What the account has already stays as it is, and is named.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bootstrap import engine
from cli.answer import Answer, CommandError
from cli.program import Program
from cli.sandbox import ROOT

if TYPE_CHECKING:
    from doctor.account import Account


def run(program: Program, stack: str, *, yes: bool) -> Answer:
    """Bring the account up to what the stack needs; 1 where something is left to do.

    Raises:
        CommandError: nothing was changed, or the account's program isn't through.
    """
    from cli.account_program import bring_up
    from cli.doctor import account_of

    account = account_of(program, stack, program.settings(stack))
    check(account)
    ready = engine.recorded(ROOT)
    if ready is None:
        raise CommandError(f"no Pulumi engine in {ROOT / '.smile'}; run: make setup")
    bring_up(program, account, ready, asks=not yes)
    return ask(account)


def check(account: Account) -> None:
    """Refuse credentials, or a Region, that aren't the stack's.

    Raises:
        CommandError: they aren't.
    """
    from cli.doctor import report
    from doctor.examination import examine

    wrong = [result for result in examine(account, checks=()) if result.verdict != "fine"]
    if wrong:
        print(report(wrong), file=sys.stderr)
        raise CommandError("nothing was changed")


def ask(account: Account) -> Answer:
    """Ask AWS for what no program makes, one after the other; 1 where AWS refuses something."""
    from cli.account_requests import REQUESTS

    answers = [answer for request in REQUESTS for answer in request(account)]
    for answer in answers:
        print(f"{'ok' if answer.done else 'LEFT':<6}{answer.what}")
    data = {"stack": account.stack, "answers": [answer._asdict() for answer in answers]}
    if all(answer.done for answer in answers):
        return Answer(data, " ".join(["next: smile doctor", *account.options, "--stack", account.stack]))
    print("smile bootstrap: what is LEFT is not done; run it again once that is mended", file=sys.stderr)
    return Answer(data, code=1)
