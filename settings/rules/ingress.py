"""The load balancer's rules: every listener rule has a place of its own, and none hides another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from components.core.settings.finding import Finding
from components.core.settings.problems import suggestion
from components.edge.ingress_settings import LARGEST_PRIORITY, STAGE
from settings.rule import rule
from settings.stack import Settings

MOST_SERVICES = 50
"""A load balancer takes 100 target groups, and each service has two."""
FREE = f"a priority of its own, 1 to {LARGEST_PRIORITY}, in smile:ingress.priorities"


@rule
def priorities_are_of_public_services(settings: Settings) -> Iterator[Finding]:
    """A rule sends requests to a service that takes them."""
    public = settings.services.public
    for service in settings.ingress.priorities:
        if service not in public:
            what = f"no public service{suggestion(service, public)}"
            yield Finding(("ingress", "priorities", service), what, ", ".join(public), (("services", "catalogue"),))


@rule
def priorities_differ(settings: Settings) -> Iterator[Finding]:
    """AWS takes each priority once."""
    owners: dict[int, str] = {}
    for service, path in settings.services.public.items():
        priority = settings.ingress.priority(service, path)
        if owner := owners.get(priority):
            what = f"{priority} is the priority of {owner}'s rule"
            yield Finding(("ingress", "priorities", service), what, FREE, (("services", "catalogue"),))
        owners.setdefault(priority, service)


@rule
def no_path_hides_another(settings: Settings) -> Iterator[Finding]:
    """Where two paths overlap, the longer one is tried first; else its requests would never arrive."""
    public = settings.services.public
    for (inner, long), (outer, short) in permutations(public.items(), 2):
        if long == short or not f"{long}/".startswith(f"{short}/"):
            continue
        first, then = settings.ingress.priority(outer, short), settings.ingress.priority(inner, long)
        if first < then:
            what = f"{then} is tried after {first} of {outer}, whose path {short} overlaps {long}"
            yield Finding(("ingress", "priorities", inner), what, f"1 to {first - 1}", (("services", "catalogue"),))


@rule
def no_path_begins_like_the_stage(settings: Settings) -> Iterator[Finding]:
    """The load balancer takes the API gateway's stage off the paths that it gets."""
    for service, path in settings.services.public.items():
        if path.split("/")[1] == STAGE and settings.network.ingress == "vpc_link":
            what = f"{path} begins like the stage of the API gateway"
            yield Finding(("services", "catalogue", service, "path"), what, f"a path outside /{STAGE}")


@rule
def alarms_watch_outside_dev(settings: Settings) -> Iterator[Finding]:
    """Elsewhere a release would go on without anybody looking (SMILE-OBS-04, SMILE-DEPLOY-10)."""
    if not settings.is_development and not settings.ingress.alarms.enabled:
        yield Finding(
            ("ingress", "alarms", "enabled"), f"got false in {settings.kind}", "true; false in development only"
        )


@rule
def firewall_stops_requests(settings: Settings) -> Iterator[Finding]:
    """A web ACL that only counts protects nothing: it shows what it would stop, in development (SMILE-EDGE-09)."""
    if settings.ingress.firewall.mode == "count" and not settings.is_development:
        path = ("ingress", "firewall", "mode")
        yield Finding(path, 'got "count"', f"block in {settings.kind}; count in development only")


@rule
def target_groups_fit(settings: Settings) -> Iterator[Finding]:
    """All public services stand behind one load balancer."""
    count = len(settings.services.public)
    if count > MOST_SERVICES:
        yield Finding(("services", "catalogue"), f"{count} services have a path", f"up to {MOST_SERVICES} with one")
