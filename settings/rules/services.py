"""The catalogue's rules: each service can be reached where it says, and by one path only."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings


@rule
def services_are_reachable(settings: Settings) -> Iterator[Finding]:
    """Requests arrive on the one port that the security groups let pass (SMILE-SEC-01); workers take none."""
    passing = settings.network.service_port
    for name, service in settings.services.catalogue.items():
        path = ("services", "catalogue", name)
        if service.kind == "worker":
            for field in ("port", "path"):
                if getattr(service, field) is not None:
                    yield Finding((*path, field), "a worker takes no requests", "none, or kind: api or web")
        elif service.port not in (None, passing):
            what = f"got {service.port}, which no security group lets pass"
            yield Finding((*path, "port"), what, f"{passing} (network.service_port)", (("network", "service_port"),))


@rule
def public_paths_differ(settings: Settings) -> Iterator[Finding]:
    """A request goes to one service."""
    owners: dict[str, str] = {}
    for name, service in settings.services.catalogue.items():
        if service.path is None:
            continue
        if owner := owners.get(service.path):
            path = ("services", "catalogue", name, "path")
            yield Finding(path, f"{service.path} is the path of {owner}", "a path of its own")
        owners.setdefault(service.path, name)
