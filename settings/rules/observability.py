"""The rules of alarms: outside development somebody gets them, and in a real account somebody real."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings

RECIPIENTS = ("observability", "recipients")
NOBODYS = re.compile(r"(.*[.@])?(example|invalid|test|localhost|example\.(com|net|org))")
"""Domains that nobody can have (RFC 2606)."""


@rule
def critical_alarms_reach_somebody(settings: Settings) -> Iterator[Finding]:
    """A topic without a subscription takes every alarm and tells nobody (SMILE-OBS-17)."""
    if not (settings.is_development or settings.observability.recipients.critical):
        what = "got nobody: failed backups, dead letters and critical alarms would go unread"
        valid = f"an e-mail address or more in {settings.kind}, such as on-call@smile.example"
        yield Finding((*RECIPIENTS, "critical"), what, valid)


@rule
def a_real_account_has_real_recipients(settings: Settings) -> Iterator[Finding]:
    """The examples are for previews."""
    recipients = settings.observability.recipients
    if settings.account.is_example:
        return
    for severity, addresses in (("critical", recipients.critical), ("warning", recipients.warning)):
        for index, address in enumerate(addresses):
            if NOBODYS.fullmatch(address.rpartition("@")[2].lower()):
                what = f"got {address}, an example, which nobody reads"
                valid = "an address that somebody reads; AWS asks it to confirm"
                yield Finding((*RECIPIENTS, severity, index), what, valid, (("account", "id"),))
