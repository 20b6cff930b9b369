"""The canary's rules: outside development it runs, it asks for what is the stack's, and it isn't locked out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from components.core.settings.finding import Finding
from components.core.settings.problems import shown
from settings.rule import rule
from settings.stack import Settings

HOME = "ID"
"""The country of the addresses that the canary asks from."""


@rule
def public_is_asked_for(settings: Settings) -> Iterator[Finding]:
    """Outside development, something asks as users do (SMILE-OBS-18)."""
    canary = settings.canary
    if not (settings.is_development or canary.enabled):
        yield Finding(("canary", "enabled"), f"got false in {settings.kind}", "true; false in development only")
    if canary.enabled and settings.dns.domain and not canary.probes:
        yield Finding(("canary", "probes"), "got none", "one or more, such as site: {target: /}")


@rule
def probes_stay_within_the_domain(settings: Settings) -> Iterator[Finding]:
    """Nobody else is asked every few minutes, nor decides whether a release goes on."""
    domain = settings.dns.domain
    for name, probe in settings.canary.probes.items():
        host = urlsplit(probe.target).hostname
        if host and host != domain and not host.endswith(f".{domain}"):
            valid = f"a path, or a URL of {domain} or of a name under it" if domain else "a path: there is no domain"
            path = ("canary", "probes", name, "target")
            yield Finding(path, f"got {shown(probe.target)}: {host} isn't the stack's", valid, (("dns", "domain"),))


@rule
def runs_end_in_time(settings: Settings) -> Iterator[Finding]:
    """Synthetics ends a run that takes longer, and it has failed."""
    canary = settings.canary
    if canary.longest_seconds > canary.timeout_seconds:
        what = f"slow answers to all of them, asked for twice, would take {canary.longest_seconds} s"
        yield Finding(("canary", "probes"), what, f"up to {canary.timeout_seconds} s", (("canary", "every_minutes"),))


@rule
def canary_is_served(settings: Settings) -> Iterator[Finding]:
    """It asks from the Region, and would be refused with other countries."""
    for section, countries in (
        ("frontend", settings.frontend.countries),
        ("ingress", settings.ingress.firewall.countries),
    ):
        if settings.canary.enabled and settings.dns.domain and countries and HOME not in countries:
            path = ("frontend", "countries") if section == "frontend" else ("ingress", "firewall", "countries")
            what = "the canary asks from Indonesia, which isn't among them"
            yield Finding(path, what, f"countries with {HOME}, or none", (("canary", "enabled"),))
