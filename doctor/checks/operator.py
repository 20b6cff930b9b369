"""What lies on this machine, and in the settings alone: programs that an update starts, people whom alarms reach."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

from bootstrap import engine
from doctor.account import READ_SECONDS, Account
from doctor.result import Check, Result, fine
from settings.rules.observability import NOBODYS

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
        if found and program == "aws":
            yield aws_version(found)
            continue
        yield Result(
            subject=program,
            found=found or "not on PATH",
            needed="on PATH; pulumi-eks asks for aws even in a preview" if program == "aws" else "on PATH",
            fix=source,
            verdict="blocks" if program == "aws" else "warning",
        ).unless(found is not None)


def aws_version(command: str) -> Result:
    """Version 1 has no ``aws sso login``; pulumi-eks takes 1.24 and 2.7, or newer.

    Raises:
        OSError: it doesn't say which it is.
    """
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=False, timeout=READ_SECONDS)
    named = re.search(r"aws-cli/(\d+)\.(\d+)\S*", said.stdout + said.stderr)
    if not named:
        raise OSError(f"{command} --version says {said.stdout.strip()!r}")
    version = int(named[1]), int(named[2])
    if version >= (2, 7):
        return fine("aws", f"{named[0]}, {command}")
    return Result(
        subject="aws",
        found=f"{named[0]}, {command}",
        needed="2.7 or newer: version 1 has no aws sso login, and pulumi-eks takes neither 1.23 nor 2.6",
        fix=PROGRAMS["aws"],
        verdict="warning" if (1, 24) <= version < (2, 0) else "blocks",
    )


def recipients(account: Account) -> Iterator[Result]:
    """Somebody hears of critical alarms."""
    addresses = account.settings.observability.recipients.critical
    real = [each for each in addresses if not NOBODYS.fullmatch(each.rpartition("@")[2].lower())]
    yield Result(
        subject="recipients of critical alarms",
        found=", ".join(addresses) or "none",
        needed="an address that somebody reads; each must confirm the e-mail that AWS sends",
        fix="smile:observability: {recipients: {critical: [ADDRESS]}}",
        verdict="warning",
    ).unless(bool(real))


CHECKS = (
    Check("programs", programs, in_account=False),
    Check("recipients", recipients, in_account=False),
)
