"""``smile bootstrap``: what a stack's account needs before the stack. Run it again at will: it does what is left.

First the Pulumi program platforms/account, under the policy packs; then what is asked of AWS rather than made: roles of
services, quotas, AWS Backup's choices. What the account has already stays as it is, and is named.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bootstrap import engine
from cli.sandbox import ROOT, SandboxError
from components.core.settings.problems import SettingsError
from settings import load_from_files

if TYPE_CHECKING:
    from doctor.account import Account


def configure(parser: argparse.ArgumentParser) -> None:
    """Whose account, and whether pulumi asks."""
    parser.add_argument("--stack", required=True, help="one with a Pulumi.STACK.yaml")
    parser.add_argument("--yes", action="store_true", help="make what pulumi shows without asking")


def run(arguments: argparse.Namespace) -> int:
    """Bring the account up to what the stack needs; 1 where something is left to do."""
    from cli.account_program import AccountProgramError, bring_up
    from doctor.account import Account

    try:
        account = Account(settings=load_from_files(arguments.stack, ROOT), root=ROOT)
        if refused(account):
            return 1
        ready = engine.recorded(ROOT)
        if ready is None:
            raise AccountProgramError(f"no Pulumi engine in {ROOT / '.smile'}; run: make setup")
        bring_up(account, ready, asks=not arguments.yes)
    except (AccountProgramError, SandboxError, SettingsError) as error:
        print(f"smile bootstrap: {error}", file=sys.stderr)
        return 1
    return ask(account)


def refused(account: Account) -> bool:
    """Whether the credentials or the Region aren't the stack's; says so, and nothing is changed then."""
    from cli.doctor import report
    from doctor.examination import examine

    wrong = [result for result in examine(account, checks=()) if result.verdict != "fine"]
    if wrong:
        print("\n".join(report(wrong)), file=sys.stderr)
        print("smile bootstrap: nothing was changed", file=sys.stderr)
    return bool(wrong)


def ask(account: Account) -> int:
    """Ask AWS for what no program makes, one after the other; 1 where AWS refuses something."""
    from cli.account_requests import REQUESTS

    answers = [answer for request in REQUESTS for answer in request(account)]
    for answer in answers:
        print(f"{'ok' if answer.done else 'LEFT':<6}{answer.what}")
    if all(answer.done for answer in answers):
        print(f"next: smile doctor --stack {account.stack}")
        return 0
    print("smile bootstrap: what is LEFT is not done; run it again once that is mended", file=sys.stderr)
    return 1
