"""Settings of the synthetic canary."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from aws_facts.synthetics_runtimes import PYTHON
from components.core.settings.field import About, among, setting, switch
from components.core.settings.section import Section

ProbeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
PART = r"[.]*[A-Za-z0-9_~%-][A-Za-z0-9._~%-]*"
TARGET = rf"^(https://[a-z0-9.-]+)?/({PART}(/{PART})*/?)?$"
"""No part of the path is ``.`` or ``..``: what is asked for would be another page than what is written."""
SLOWEST = 30
"""Seconds: CloudFront's own limit for an origin's answer, unless AWS raises it."""
MOST_PROBES = 10
LONGEST_RUN = 240
PAUSE_SECONDS = 2
"""Before the canary's code asks once more."""


class Probe(Section):
    """One request, and what answers it."""

    target: str = setting(
        ...,
        "what is asked for: a path on the stack's public host, or a URL within its domain",
        About(valid="a path such as /api/orders/health, or https://www.example.org/; without a query", example="/"),
        pattern=TARGET,
    )
    status: int = setting(200, "the HTTP status of a good answer", About(valid="200 to 499"), ge=200, le=499)
    contains: str = setting(
        "",
        "text that a good answer has in its first MiB; any where there is none",
        About(valid="up to 100 characters"),
        max_length=100,
    )
    within_seconds: int = setting(
        5,
        "how long a good answer takes at most",
        About(unit="seconds", valid=f"1 to {SLOWEST}"),
        ge=1,
        le=SLOWEST,
    )


class Canary(Section):
    """Requests that ask from outside whether the platform is there."""

    enabled: bool = switch("the canary runs, and a release waits for it; only with a domain", on=True)
    every_minutes: int = setting(
        5,
        "time between two runs",
        About(unit="minutes", valid="1 to 60"),
        ge=1,
        le=60,
    )
    runtime: Annotated[str, among(PYTHON)] = setting(
        PYTHON[0],
        "runtime of CloudWatch Synthetics for Python; the browser in it isn't used",
        About(valid=", ".join(PYTHON)),
    )
    probes: dict[ProbeName, Probe] = setting(
        {"site": Probe(target="/")},
        "name -> request: each must be answered well, or the run has failed",
        About(valid=f"1 to {MOST_PROBES} names of small letters, digits and '-'"),
        max_length=MOST_PROBES,
    )

    @property
    def timeout_seconds(self) -> int:
        """After which Synthetics ends a run; the next one begins after it."""
        return min(LONGEST_RUN, 60 * self.every_minutes)

    @property
    def longest_seconds(self) -> int:
        """Until the last answer, where each comes late and is asked for twice, as the code does."""
        return sum(2 * probe.within_seconds + PAUSE_SECONDS for probe in self.probes.values())


def canary_name(prefix: str) -> str:
    """Of the canary in Synthetics, and of the alarm on it, such as ``acme-prod-canary``."""
    return f"{prefix}-canary"
