"""The names' rules: each lies in the zone, and none is somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.edge.dns_findings import dns_findings
from settings.rule import rule
from settings.stack import PROJECT, Settings

EXAMPLE = ".example"
"""Reserved for examples (https://www.rfc-editor.org/rfc/rfc2606)."""


@rule
def stack_has_a_domain(settings: Settings) -> Iterator[Finding]:
    """CloudFront's own certificate takes TLSv1, whatever is said: the packs let none pass (SMILE-EDGE-10)."""
    if not settings.dns.domain:
        name = f"{settings.stack}.{PROJECT}{EXAMPLE}" if settings.account.is_example else "health.example.org"
        yield Finding(("dns", "domain"), "not given", f"a zone of the stack's own, as in smile:dns: {{domain: {name}}}")


@rule
def names_are_the_stacks(settings: Settings) -> Iterator[Finding]:
    """Each in the zone, and none for two things (SMILE-EDGE-10)."""
    yield from dns_findings(settings.dns)


@rule
def a_real_account_has_a_domain_of_its_own(settings: Settings) -> Iterator[Finding]:
    """Nobody can delegate an example: its certificates would never become valid, and the update would wait for them."""
    domain = settings.dns.domain
    if domain and domain.endswith(EXAMPLE) and not settings.account.is_example:
        what = f"got {domain}, which nobody owns"
        yield Finding(("dns", "domain"), what, f"a domain that doesn't end in {EXAMPLE}", (("account", "id"),))


@rule
def health_check_gets_in(settings: Settings) -> Iterator[Finding]:
    """Route 53 asks from other countries, and would be refused with them."""
    countries = settings.ingress.firewall.countries
    if countries and settings.dns.domain and settings.dns.health_check:
        what = "got true, but only requests from named countries are let in"
        yield Finding(("dns", "health_check"), what, "false", (("ingress", "firewall"), ("dns", "domain")))
