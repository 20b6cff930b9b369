"""The names' rules: each lies in the zone, and none is somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.edge.dns_settings import LONGEST_HOST
from settings.rule import rule
from settings.stack import PROJECT, Settings

NAMES = ("public_host", "origin_host")
EXAMPLE = ".example"
"""Reserved for examples (https://www.rfc-editor.org/rfc/rfc2606)."""


@rule
def stack_has_a_domain(settings: Settings) -> Iterator[Finding]:
    """CloudFront's own certificate takes TLSv1, whatever is said: the packs let none pass (SMILE-EDGE-10)."""
    if not settings.dns.domain:
        name = f"{settings.stack}.{PROJECT}{EXAMPLE}" if settings.account.is_example else "health.example.org"
        yield Finding(("dns", "domain"), "not given", f"a zone of the stack's own, as in smile:dns: {{domain: {name}}}")


@rule
def names_lie_in_the_zone(settings: Settings) -> Iterator[Finding]:
    """A certificate is validated by records in the zone: a name outside it would never become valid (SMILE-EDGE-10)."""
    dns = settings.dns
    for field in NAMES:
        host: str | None = getattr(dns, field)
        if host and dns.domain and host != dns.domain and not host.endswith(f".{dns.domain}"):
            what = f"{host} is outside the zone"
            yield Finding(
                ("dns", field), what, f"{dns.domain} or a name that ends in .{dns.domain}", (("dns", "domain"),)
            )


@rule
def a_real_account_has_a_domain_of_its_own(settings: Settings) -> Iterator[Finding]:
    """Nobody can delegate an example: its certificates would never become valid, and the update would wait for them."""
    domain = settings.dns.domain
    if domain and domain.endswith(EXAMPLE) and not settings.account.is_example:
        what = f"got {domain}, which nobody owns"
        yield Finding(("dns", "domain"), what, f"a domain that doesn't end in {EXAMPLE}", (("account", "id"),))


@rule
def names_differ(settings: Settings) -> Iterator[Finding]:
    """CloudFront would call itself."""
    dns = settings.dns
    if dns.origin and dns.origin == dns.public:
        reads = (("dns", "public_host"), ("dns", "domain"))
        yield Finding(("dns", "origin_host"), f"{dns.origin} is the public name too", "a name of its own", reads)
    if dns.origin and len(dns.origin) > LONGEST_HOST:
        what = f"{dns.origin} has {len(dns.origin)} characters"
        yield Finding(("dns", "domain"), what, f"origin_host of up to {LONGEST_HOST} characters, or a shorter domain")


@rule
def health_check_gets_in(settings: Settings) -> Iterator[Finding]:
    """Route 53 asks from other countries, and would be refused with them."""
    countries = settings.ingress.firewall.countries
    if countries and settings.dns.domain and settings.dns.health_check:
        what = "got true, but only requests from named countries are let in"
        yield Finding(("dns", "health_check"), what, "false", (("ingress", "firewall"), ("dns", "domain")))
