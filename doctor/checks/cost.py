"""What watches spending: of monitors of all services, an account has one."""

from __future__ import annotations

from collections.abc import Iterator

from doctor.account import Account
from doctor.result import Check, Result, fine


def anomaly_monitor(account: Account) -> Iterator[Result]:
    """The account's monitor of spending by service is whose the settings say; AWS may have made one by itself."""
    subject, whose = "anomaly monitor", account.settings.cost.anomaly_monitor
    if whose == "none":
        yield fine(subject, "not needed: smile:cost.anomaly_monitor is none")
        return
    monitors = account.client("ce").get_anomaly_monitors()["AnomalyMonitors"]
    names = [each["MonitorName"] for each in monitors if each.get("MonitorDimension") == "SERVICE"]
    others = [name for name in names if name != f"{account.environment.prefix}-services"]
    found = ", ".join(names) or "none yet"
    if whose == "stack":
        yield Result(
            subject=subject,
            found=found,
            needed="none but this stack's: an account has one by service, and a second is refused",
            fix="smile:cost: {anomaly_monitor: account}, with a subscription of that monitor to the alarm topics",
        ).unless(not others)
    else:
        yield Result(
            subject=subject,
            found=found,
            needed="one by service, as smile:cost.anomaly_monitor says",
            fix="smile:cost: {anomaly_monitor: stack}",
            verdict="warning",
        ).unless(bool(others))


CHECKS = (Check("spending", anomaly_monitor, ("ce:GetAnomalyMonitors",), reads=("cost.anomaly_monitor",)),)
