"""The rules of costs: each alert comes before the next, and in a real account somebody real is written to."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.rules.observability import NOBODYS
from settings.stack import Settings


@rule
def the_warning_comes_before_the_alert(settings: Settings) -> Iterator[Finding]:
    """An alert that comes first, or with it, makes the warning useless."""
    cost = settings.cost
    if cost.warn_percent >= cost.alert_percent:
        valid = f"less than alert_percent, which is {cost.alert_percent}"
        yield Finding(("cost", "warn_percent"), f"got {cost.warn_percent}", valid, (("cost", "alert_percent"),))


@rule
def a_real_account_writes_to_real_addresses(settings: Settings) -> Iterator[Finding]:
    """The examples are for previews."""
    for index, address in enumerate(settings.cost.recipients):
        if not settings.account.is_example and NOBODYS.fullmatch(address.rpartition("@")[2].lower()):
            what = f"got {address}, an example, which nobody reads"
            yield Finding(("cost", "recipients", index), what, "an address that somebody reads", (("account", "id"),))
