"""The release's rules: shares make a whole, steps rise, and only what the public reaches is shifted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from components.core.settings.finding import Finding
from components.core.settings.problems import shown, suggestion
from settings.rule import rule
from settings.stack import Settings

WHOLE = 100
"""%: what blue and green get together."""


@rule
def shares_make_a_whole(settings: Settings) -> Iterator[Finding]:
    """Every request goes to one of the two colours (SMILE-DEPLOY-09)."""
    for service, weights in settings.release.weights.items():
        total = weights.blue + weights.green
        if total != WHOLE:
            what = f"blue {weights.blue} and green {weights.green} make {total}"
            yield Finding(("release", "weights", service), what, "shares that make 100, such as {blue: 90, green: 10}")


@rule
def shifted_services_are_public(settings: Settings) -> Iterator[Finding]:
    """Only services behind the load balancer have target groups (SMILE-DEPLOY-07)."""
    public = settings.services.public
    for service in settings.release.weights:
        if service not in public:
            what = f"no public service{suggestion(service, public)}"
            yield Finding(("release", "weights", service), what, ", ".join(public), (("services", "catalogue"),))


@rule
def steps_rise_to_everything(settings: Settings) -> Iterator[Finding]:
    """A release that goes well ends with all requests (OP-S-50)."""
    steps = settings.release.steps
    if steps[-1] != WHOLE or any(after <= before for before, after in pairwise(steps)):
        yield Finding(("release", "steps"), f"got {shown(steps)}", "rising numbers that end with 100: [10, 50, 100]")
