"""What is wrong with names, whatever program they are in."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.edge.dns_settings import LONGEST_HOST, Dns

NAMES = ("public_host", "origin_host")


def dns_findings(dns: Dns) -> Iterator[Finding]:
    """Names outside their zone, too long ones, and one for two things."""
    yield from names_lie_in_the_zone(dns)
    yield from names_differ(dns)
    if dns.routing == "primary" and not dns.health_check:
        reads = (("dns", "routing"),)
        yield Finding(("dns", "health_check"), "got false", "true: without it no failover ever happens", reads)


def names_lie_in_the_zone(dns: Dns) -> Iterator[Finding]:
    """A certificate is validated by records in the zone: a name outside it would never become valid."""
    for field in NAMES:
        host: str | None = getattr(dns, field)
        if host and dns.domain and host != dns.domain and not host.endswith(f".{dns.domain}"):
            what = f"{host} is outside the zone"
            yield Finding(
                ("dns", field), what, f"{dns.domain} or a name that ends in .{dns.domain}", (("dns", "domain"),)
            )


def names_differ(dns: Dns) -> Iterator[Finding]:
    """CloudFront would call itself."""
    if dns.origin and dns.origin == dns.public:
        reads = (("dns", "public_host"), ("dns", "domain"))
        yield Finding(("dns", "origin_host"), f"{dns.origin} is the public name too", "a name of its own", reads)
    if dns.origin and len(dns.origin) > LONGEST_HOST:
        what = f"{dns.origin} has {len(dns.origin)} characters"
        yield Finding(("dns", "domain"), what, f"origin_host of up to {LONGEST_HOST} characters, or a shorter domain")
