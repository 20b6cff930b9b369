"""Settings of what the account may cost a month, and who learns of it."""

from __future__ import annotations

from typing import Any, Literal, get_args

from components.audit.settings import OWNERS, Owner
from components.core.settings.field import About, one_of, setting
from components.core.settings.section import Section
from components.observability.settings import Email

Scope = Literal["account", "tags"]
MOST_RECIPIENTS = 10
"""E-mail addresses of one notification of a budget
(https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html)."""


def percent(default: int, doc: str, than: str = "") -> Any:
    """A share of the budget that raises an alert."""
    valid = ", ".join(filter(None, ("1 to 1000", than)))
    return setting(default, doc, About(unit="% of the budget", valid=valid), ge=1, le=1000)


class Cost(Section):
    """The budget of a month, its alerts, and services of which an account has one."""

    budget_usd: int = setting(500, "what the account may cost in a month, taxes left out", About(unit="USD"), ge=1)
    scope: Scope = setting(
        "account",
        "account: all that the account pays; tags: what has the stack's tags, where several stacks share an account",
        one_of(get_args(Scope)),
    )
    warn_percent: int = percent(80, "what was spent so far notifies the topic of warnings", "less than alert_percent")
    alert_percent: int = percent(
        100, "what was spent so far notifies the topic of critical alarms", "more than warn_percent"
    )
    forecast_percent: int = percent(100, "what the month will cost notifies the topic of warnings")
    recipients: tuple[Email, ...] = setting(
        (),
        "who else is written to by AWS Budgets itself: who pays",
        About(valid=f"up to {MOST_RECIPIENTS} e-mail addresses, such as finance@example.org"),
        max_length=MOST_RECIPIENTS,
    )
    anomaly_monitor: Owner = setting(
        "stack", f"whose the monitor of spending by service is, the only one of an account: {OWNERS}",
        one_of(get_args(Owner)),
    )  # fmt: skip
    anomaly_usd: int = setting(
        100, "an anomaly that cost as much notifies the topic of warnings", About(unit="USD"), ge=1
    )
    cost_allocation_tags: Owner = setting(
        "account",
        f"who activates the tags by which bills can be read, which the paying account alone may: {OWNERS}",
        one_of(get_args(Owner)),
    )
