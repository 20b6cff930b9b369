"""Asks for the site and the API as users do; CloudWatch Synthetics calls it every few minutes.

A run fails where one answer isn't as it should be: its status, what it says, or how long it took; a redirect is an
answer like others, and TLS is checked. What failed is asked once more first: a lost packet is no outage.

Environment: PROBES (JSON: a list of name, url, status, contains, within_seconds).
"""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError

AGENT = "platform-canary/1.0"
"""AWS's managed rules of a web ACL refuse requests without one."""
ATTEMPTS = 2
PAUSE_SECONDS = 2
READ_BYTES = 1 << 20


class ProbeError(Exception):
    """At least one answer wasn't good; its text stands in the canary's report and logs."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One request.

    Attributes:
        name: for the report.
        url: asked for with GET.
        status: of a good answer.
        contains: text in a good answer.
        within_seconds: from the connection to the last byte that is read.
    """

    name: str
    url: str
    status: int
    contains: str
    within_seconds: float


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as it is: the answer is asked about, not where it leads."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """No other request."""


def handle(_event: object, _context: object) -> str:
    """The canary's entry.

    Raises:
        ProbeError: an answer isn't good, twice.
    """
    return run([Probe(**each) for each in json.loads(os.environ["PROBES"])])


def run(probes: list[Probe], sleep: Callable[[float], None] = time.sleep) -> str:
    """Every probe is made, so that the report names all that fail.

    Raises:
        ProbeError: some do.
    """
    failures = {probe.name: failure for probe in probes if (failure := ask_again(probe, sleep))}
    if failures:
        raise ProbeError("; ".join(f"{name}: {failure}" for name, failure in failures.items()))
    return f"{len(probes)} probes passed"


def ask_again(probe: Probe, sleep: Callable[[float], None]) -> str:
    """What is wrong with the last of its answers; empty where nothing is."""
    failure = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(PAUSE_SECONDS)
        began = time.monotonic()
        failure = ask(probe)
        took = round(1000 * (time.monotonic() - began))
        print(json.dumps({"probe": probe.name, "milliseconds": took, "failure": failure}))
        if not failure:
            break
    return failure


def ask(probe: Probe) -> str:
    """What is wrong with the answer; empty where nothing is."""
    opener = urllib.request.build_opener(NoRedirects)
    request = urllib.request.Request(probe.url, headers={"User-Agent": AGENT, "Cache-Control": "no-cache"})  # noqa: S310
    began = time.monotonic()
    try:
        with opener.open(request, timeout=probe.within_seconds) as answer:
            status, body = answer.status, answer.read(READ_BYTES)
    except HTTPError as error:
        status, body = error.code, error.read(READ_BYTES)
    except (OSError, HTTPException) as error:  # no name, no connection, no trust, no answer in time
        return f"no answer: {getattr(error, 'reason', error)}"
    seconds = time.monotonic() - began
    if status != probe.status:
        return f"status {status}, not {probe.status}"
    if probe.contains.encode() not in body:
        return f"the answer doesn't contain {probe.contains!r}"
    if seconds > probe.within_seconds:
        return f"took {seconds:.1f} s, more than {probe.within_seconds:g} s"
    return ""
