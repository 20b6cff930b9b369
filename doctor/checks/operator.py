"""What lies on this machine, and in the settings alone: programs that an update starts, people whom alarms reach."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from bootstrap import engine
from doctor.account import Account
from doctor.result import Check, Result

PROGRAMS = {
    "aws": "version 2 of the AWS command line: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    "session-manager-plugin": "for smile tunnel: "
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
}
"""Program -> where it comes from."""


def programs(account: Account) -> Iterator[Result]:
    """The programs that an update and a tunnel start."""
    ready = engine.recorded(account.root)
    yield Result(
        subject="Pulumi engine",
        found=f"{ready.version} in {ready.bin}" if ready else "none",
        needed=f"{engine.VERSION} or newer",
        fix="make setup",
    ).unless(ready is not None)
    for program, source in PROGRAMS.items():
        found = shutil.which(program)
        yield Result(
            subject=program,
            found=found or "not on PATH",
            needed="on PATH; pulumi-eks asks for aws even in a preview" if program == "aws" else "on PATH",
            fix=source,
            verdict="blocks" if program == "aws" else "warning",
        ).unless(found is not None)


def recipients(account: Account) -> Iterator[Result]:
    """Somebody hears of critical alarms."""
    addresses = account.settings.observability.recipients.critical
    yield Result(
        subject="recipients of critical alarms",
        found=", ".join(addresses) or "none",
        needed="an address at least; each must confirm the e-mail that AWS sends",
        fix="smile:observability: {recipients: {critical: [oncall@example.org]}}",
        verdict="warning",
    ).unless(bool(addresses))


CHECKS = (
    Check("programs", programs, in_account=False),
    Check("recipients", recipients, in_account=False),
)
