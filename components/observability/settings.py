"""Settings of logs and alarms: how long logs are kept, and who subscribes to alarms."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from aws_facts.log_retention import LOG_RETENTION_DAYS
from components.core.settings.field import About, among, setting, switch
from components.core.settings.section import Section
from components.observability.objective_settings import Objectives

EMAIL = r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$"
EXAMPLE_ENDPOINT = "https://alarms.acme.example/chat"
HTTPS_URL = r"^https://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$"
"""By a name, whose certificate SNS checks. Without query and user: what stands in a URL, stands in the state and in
the account's list of subscriptions."""
HttpsUrl = Annotated[str, StringConstraints(max_length=2048, pattern=HTTPS_URL)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=EMAIL)]


class Recipients(Section):
    """Subscribers of the alarm topics, by severity. AWS asks each address to confirm first."""

    critical: tuple[Email, ...] = setting(
        (),
        "notified at once: users are affected, or data is at risk",
        About(valid="e-mail addresses, such as oncall@example.org"),
    )
    warning: tuple[Email, ...] = setting(
        (),
        "notified in office hours: it will become critical if nobody acts",
        About(valid="e-mail addresses, such as team@example.org"),
    )


class Dashboards(Section):
    """Three dashboards of an account are free, with 50 metrics each; AWS charges for further ones by the month."""

    layers: bool = switch("a dashboard for each layer, besides the overview", on=True)


def endpoint(doc: str) -> Any:
    """Subscribers over HTTPS, of one severity."""
    return setting((), doc, About(valid=f"https URLs with a name, such as {EXAMPLE_ENDPOINT}; no query, no password"))


class Endpoints(Section):
    """HTTPS endpoints that the alarm topics deliver to, such as a bridge to a chat. Each confirms by itself."""

    critical: tuple[HttpsUrl, ...] = endpoint("what is told of critical alarms, besides people")
    warning: tuple[HttpsUrl, ...] = endpoint("what is told of warnings, besides people")


class Observability(Section):
    """Logs and alarms."""

    log_retention_days: Annotated[int, among(LOG_RETENTION_DAYS)] = setting(
        30,
        "how long CloudWatch Logs keeps what services and functions write",
        About(unit="days", valid=", ".join(str(days) for days in LOG_RETENTION_DAYS)),
    )
    recipients: Recipients = Recipients()
    endpoints: Endpoints = Endpoints()
    dashboards: Dashboards = Dashboards()
    slos: Objectives = Objectives()
    log_volume_gb: int = setting(
        200,
        "log data that was planned for; a rate that would exceed it raises an alarm",
        About(unit="GB in 30 days", valid="1 to 100000"),
        ge=1,
        le=100_000,
    )
    runbooks: str = setting(
        "docs/runbooks",
        "where people find the runbooks that alarms name, a page for each",
        About(
            valid="a path in the repository, or an https URL such as https://github.com/acme/platform/blob/main/docs/runbooks"
        ),
        pattern=r"^(https://[\w.-]+(:[0-9]+)?(/[\w.~-]+)+|[\w.-]+(/[\w.-]+)*)$",
        max_length=200,
    )
