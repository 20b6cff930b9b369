"""The section ``dns``: the names under which the public reaches the stack; all else works without any."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from aws_facts.countries import COUNTRIES
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section

HOST = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$"
HOSTS = "lower-case labels of up to 63 letters, digits and '-', joined by dots: app.example.org"
LONGEST_HOST = 64
"""Characters: what a certificate's common name takes."""
LARGEST_WEIGHT = 255

HEALTH_CHECK_REGIONS = (
    *("us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"),
    "sa-east-1",
)
FEWEST_REGIONS = 3


def enough_regions(regions: tuple[str, ...]) -> tuple[str, ...]:
    """Let no Regions pass, or as many as Route 53 wants at least.

    Raises:
        ValueError: there are fewer.
    """
    if regions and len(set(regions)) < FEWEST_REGIONS:
        raise ValueError(f"fewer than {FEWEST_REGIONS}")
    return regions


Host = Annotated[str, StringConstraints(max_length=LONGEST_HOST, pattern=HOST)]
Routing = Literal["weighted", "primary", "secondary", "geolocation"]
Location = Annotated[str, among(("*", *COUNTRIES))]
ZoneId = Annotated[str, StringConstraints(pattern=r"^Z[A-Z0-9]{1,31}$")]


class Dns(Section):
    """Zone and names."""

    domain: Host | None = setting(
        None,
        "the zone of the stack's names; without one there are no names, no public certificates and no health check",
        About(valid=HOSTS),
    )
    zone_id: ZoneId | None = setting(
        None,
        "the Route 53 zone of the domain, where one exists; else the program makes it",
        About(valid="the id of a hosted zone, such as Z0123456789ABCDEFGHIJ"),
    )
    public_host: Host | None = setting(
        None,
        "where people find the platform: CloudFront; the domain itself where nothing is said",
        About(valid="the domain or a name under it"),
    )
    origin_host: Host | None = setting(
        None,
        "where CloudFront finds the API, or the load balancer; origin.DOMAIN where nothing is said",
        About(valid="a name under the domain, other than public_host"),
    )
    weight: int = setting(
        100,
        "this stack's share among records of the same name, for a move between clusters; 0 takes it out",
        About(unit="relative weight", valid=f"0 to {LARGEST_WEIGHT}"),
        ge=0,
        le=LARGEST_WEIGHT,
    )
    routing: Routing = setting(
        "weighted",
        "how Route 53 chooses among records of the public name: by weight; this stack's as long as it is healthy "
        "(primary), or while that one isn't (secondary); or by where visitors are",
        one_of(get_args(Routing)),
    )
    locations: tuple[Location, ...] = setting(
        ("*",),
        "where visitors are that this stack is for, with routing: geolocation",
        About(valid="ISO 3166 codes of two capital letters, such as ID; * for all others"),
        min_length=1,
    )
    health_check: bool = switch("Route 53 asks for the public name every 30 s", on=True)
    health_check_regions: Annotated[
        tuple[Annotated[str, among(HEALTH_CHECK_REGIONS)], ...], AfterValidator(enough_regions)
    ] = setting(
        (),
        "where Route 53 asks from; all of its places where none is named",
        About(
            valid=f"three or more of {', '.join(HEALTH_CHECK_REGIONS)}, or none",
            choices=HEALTH_CHECK_REGIONS,
            source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
        ),
    )

    @property
    def public(self) -> str | None:
        """The public name; None without a domain."""
        return self.public_host or self.domain

    @property
    def origin(self) -> str | None:
        """The name that CloudFront calls; None without a domain."""
        return self.origin_host or (f"origin.{self.domain}" if self.domain else None)
