"""The rules of alarms: outside development somebody gets them, and in a real account somebody real."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import on_outside_development, rule
from settings.stack import Settings

RECIPIENTS = ("observability", "recipients")
FEWEST_LOG_DAYS = 30
SLOS = ("observability", "slos")
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
def alarms_are_on(settings: Settings) -> Iterator[Finding]:
    """What people depend on has its alarms; a stack that nobody uses may go without (SMILE-OBS-04)."""
    switches = {
        ("database", "alarms"): settings.database.alarms,
        ("cache", "alarms"): settings.cache.alarms,
        ("files", "alarms"): settings.files.alarms,
        **{("clusters", name, "alarms"): each.alarms for name, each in settings.enabled_clusters.items()},
    }
    for path, on in switches.items():
        yield from on_outside_development(settings, path, on=on)


@rule
def logs_are_kept_for_a_month(settings: Settings) -> Iterator[Finding]:
    """In every stack (SMILE-OBS-13)."""
    if (days := settings.observability.log_retention_days) < FEWEST_LOG_DAYS:
        yield Finding(("observability", "log_retention_days"), f"got {days}", f"{FEWEST_LOG_DAYS} or more")


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


@rule
def windows_and_burn_rates_are_in_order(settings: Settings) -> Iterator[Finding]:
    """The fast burn is faster than the slow one, in shorter windows, or one of the two never rings first."""
    slos = settings.observability.slos
    for speed, burn in (("fast", slos.fast), ("slow", slos.slow)):
        if burn.short_minutes >= burn.long_minutes:
            valid = f"1 to {burn.long_minutes - 1}, less than long_minutes"
            path = (*SLOS, speed, "short_minutes")
            yield Finding(path, f"got {burn.short_minutes}", valid, ((*SLOS, speed, "long_minutes"),))
    if slos.slow.rate >= slos.fast.rate:
        valid = f"less than the fast one's {slos.fast.rate:g}"
        yield Finding((*SLOS, "slow", "rate"), f"got {slos.slow.rate:g}", valid, ((*SLOS, "fast", "rate"),))
    if slos.slow.long_minutes <= slos.fast.long_minutes:
        valid = f"more than the fast one's {slos.fast.long_minutes}"
        path, reads = (*SLOS, "slow", "long_minutes"), ((*SLOS, "fast", "long_minutes"),)
        yield Finding(path, f"got {slos.slow.long_minutes}", valid, reads)


@rule
def a_budget_can_burn_as_fast_as_its_alarm(settings: Settings) -> Iterator[Finding]:
    """With 10 % of budget, nothing burns it 14.4 times as fast: that would be 144 % of all requests."""
    slos = settings.observability.slos
    for name in ("availability_percent", "latency_percent"):
        budget = 100 - getattr(slos, name)
        for speed, burn in (("fast", slos.fast), ("slow", slos.slow)):
            if burn.rate * budget >= 100:
                what = f"got {burn.rate:g}: {burn.rate * budget:g} % of requests would have to miss {name}"
                yield Finding((*SLOS, speed, "rate"), what, f"less than {100 / budget:g}", ((*SLOS, name),))
