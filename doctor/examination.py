"""Runs the checks: whose account it is first, then all others side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from subprocess import SubprocessError

from botocore.exceptions import BotoCoreError, ClientError

from doctor.account import Account
from doctor.checks import (
    cost,
    github,
    identity,
    images,
    kubernetes,
    network,
    offers,
    operator,
    quotas,
    security,
    services,
    state,
)
from doctor.refusals import explain
from doctor.result import NOT_ASKED, SEVERITY, Check, Result

FIRST = identity.CHECKS
CHECKS: tuple[Check, ...] = tuple(
    check
    for module in (operator, state, quotas, services, security, cost, offers, kubernetes, network, images, github)
    for check in module.CHECKS
)
KEY = re.compile(r"\bsmile:(?=[a-z])")
AT_ONCE = 8
"""Few enough for AWS not to throttle them all."""


def nobody(_: str) -> None:
    """Nobody waits for progress."""


def examine(account: Account, done: Callable[[str], None] = nobody, checks: Sequence[Check] = CHECKS) -> list[Result]:
    """What every check says, in the checks' order.

    Args:
        account: whose.
        done: is called with the name of each check that is done.
        checks: what to look at after the identity.
    """
    checks = [check for check in checks if is_for(account, check)]
    results: dict[Check, list[Result]] = {}
    for check in FIRST:
        results[check] = run(check, account)
        done(check.name)
        if any(result.verdict != "fine" for result in results[check] if result.subject != "stack's account"):
            break
    reachable = len(results) == len(FIRST) and all(each.verdict == "fine" for each in results[FIRST[-1]])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pending = {}
        for check in checks:
            if check.in_account and not reachable:
                results[check] = [without_account(check)]
            else:
                pending[pool.submit(run, check, account)] = check
        for future in as_completed(pending):
            results[pending[future]] = future.result()
            done(pending[future].name)
    return [result for check in (*FIRST, *checks) for result in results.get(check, [])]


def is_for(account: Account, check: Check) -> bool:
    """Whether the stack's program has what a check looks at."""
    return all(has(account.settings, name) for name in check.reads)


def has(settings: object, name: str) -> bool:
    """Whether there is such a setting; a section of another program may have its name, and other settings."""
    first, _, rest = name.partition(".")
    return hasattr(settings, first) and (not rest or has(getattr(settings, first), rest))


def run(check: Check, account: Account) -> list[Result]:
    """All that one check says; what it was refused is the last of it."""
    results: list[Result] = []
    try:
        results.extend(named(check, account, check.look(account)))
    except (BotoCoreError, ClientError, OSError, SubprocessError, ValueError) as error:
        results.append(explain(error, check))
    return results


def named(check: Check, account: Account, results: Iterator[Result]) -> Iterator[Result]:
    """The results, each with its check's name; keys of settings, which checks write as SMILE's, are the program's."""
    for result in results:
        texts = {name: KEY.sub(f"{account.environment.project}:", getattr(result, name)) for name in ("found", "fix")}
        yield replace(result, check=check.name, **texts)


def without_account(check: Check) -> Result:
    """What wasn't asked, since it would be of another account, or refused."""
    return Result(subject=check.name, verdict="not checked", found=NOT_ASKED, check=check.name)


def exit_code(results: Sequence[Result]) -> int:
    """2: something blocks; 1: a warning, or something wasn't checked; 0: all is fine."""
    return max((SEVERITY[result.verdict] for result in results), default=0)
