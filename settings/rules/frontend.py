"""The distribution's rules: what is protected outside dev, and what its restrictions would lock out."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.edge.frontend_settings import MOST_BEHAVIOURS, api_patterns
from settings.rule import rule
from settings.stack import Settings


@rule
def edge_is_protected(settings: Settings) -> Iterator[Finding]:
    """Only dev does without a web ACL at the edge (SMILE-EDGE-08)."""
    if not settings.is_development and not settings.frontend.web_acl:
        yield Finding(("frontend", "web_acl"), f"got false in {settings.kind}", "true; false in development only")


@rule
def health_check_is_served(settings: Settings) -> Iterator[Finding]:
    """Route 53 asks from other countries, and would be refused with them."""
    if settings.frontend.countries and settings.dns.domain and settings.dns.health_check:
        what = "got true, but only named countries are served"
        yield Finding(("dns", "health_check"), what, "false", (("frontend", "countries"), ("dns", "domain")))


@rule
def hashed_paths_are_no_services(settings: Settings) -> Iterator[Finding]:
    """A path leads to the bucket or to a service."""
    for service, path in settings.services.public.items():
        if f"/{path.split('/')[1]}/*" in {f"/{each.split('/')[1]}/*" for each in settings.frontend.hashed_paths}:
            what = f"{path} of {service} is one of the front end's paths for files"
            valid = "paths that no service has"
            yield Finding(("frontend", "hashed_paths"), what, valid, (("services", "catalogue"),))


@rule
def behaviours_fit(settings: Settings) -> Iterator[Finding]:
    """Each path pattern of services, and each of hashed files, is a behaviour besides the default one."""
    count = len(api_patterns(settings.services.public.values())) + len(settings.frontend.hashed_paths) + 1
    if count > MOST_BEHAVIOURS:
        what = f"their paths make {count} cache behaviours of the distribution"
        valid = f"up to {MOST_BEHAVIOURS}: services share one where their paths begin alike, such as /api/orders"
        yield Finding(("services", "catalogue"), what, valid, (("frontend", "hashed_paths"),))
