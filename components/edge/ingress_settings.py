"""The section ``ingress``: the load balancer, its health checks, its rules, and the web ACLs in front."""

from __future__ import annotations

import zlib
from ipaddress import IPv4Network
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from aws_facts.countries import COUNTRIES
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section
from components.edge.names import PATHS, PublicPath, ServiceName

Mode = Literal["block", "count"]
STAGE = "live"
"""Of the API gateway. AWS says that a private integration gets it before the path, as in ``/live/api/orders``
(https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html)."""
LARGEST_PRIORITY = 50000
"""Of a listener rule (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html)."""
DEEPEST = 9
"""Path segments that priorities tell apart; deeper paths count as these."""
LONGEST_DRAIN = 60
"""Seconds after which Kubernetes kills a pod that it asked to end."""
STICKINESS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html"
LONGEST_STICKINESS = 604_800
"""Seconds, a week: how long a load balancer's cookie lives at most."""
BAND = LARGEST_PRIORITY // (DEEPEST + 1)
Priority = Annotated[int, Field(ge=1, le=LARGEST_PRIORITY)]
Country = Annotated[str, among(COUNTRIES)]
RuleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,128}$")]


def address_range(text: str) -> str:
    """Let a range of public addresses pass.

    Raises:
        ValueError: says what is wrong with it.
    """
    try:
        network = IPv4Network(text)
    except ValueError:
        raise ValueError(f"{text}: not an IPv4 range without host bits") from None
    if not network.is_global:
        raise ValueError(f"{text}: not a range of public addresses")
    return text


AddressRange = Annotated[str, AfterValidator(address_range)]


class Firewall(Section):
    """What every web ACL of the stack does."""

    mode: Mode = setting(
        "block",
        "count: rules only note what they would block (dev)",
        one_of(get_args(Mode)),
    )
    rate_limit: int = setting(
        2000,
        "requests that one address may send; more are refused until it slows down",
        About(unit="requests in 5 minutes", valid="10 to 1000000, above which it limits nobody"),
        ge=10,
        le=1_000_000,
    )
    countries: tuple[Country, ...] = setting(
        (),
        "countries whose requests are let in; all where none is named",
        About(valid="ISO 3166 codes of two capital letters, such as ID"),
        max_length=50,
    )
    restricted_paths: dict[PublicPath, tuple[AddressRange, ...]] = setting(
        {},
        "path -> addresses from which requests for it, and below it, are let in: such as a webhook of one caller",
        About(valid="public paths -> ranges of public IPv4 addresses, such as /hooks: [203.1.2.0/24]"),
        max_length=5,
    )
    counted_rules: tuple[RuleName, ...] = setting(
        ("SizeRestrictions_BODY",),
        "rules of AWS's common group that only count: devices send their records in batches of more than 8 KiB",
        About(valid="names of rules of AWSManagedRulesCommonRuleSet"),
        max_length=30,
    )


class Alarms(Section):
    """When the way in raises an alarm: API gateway, load balancer, and each service's two colours."""

    enabled: bool = switch(
        "failures, slow answers and unhealthy pods raise alarms; a release waits for them",
        on=True,
    )
    failed_percent: int = setting(
        5,
        "share of requests that may fail (status 500 and up, or no answer)",
        About(unit="% of requests in a minute", valid="1 to 50"),
        ge=1,
        le=50,
    )
    failed_least: int = setting(
        3,
        "failures that it takes, whatever their share: at night one is half of all requests",
        About(unit="requests in a minute", valid="1 to 10000"),
        ge=1,
        le=10_000,
    )
    response_milliseconds: int = setting(
        1000,
        "in which 95 % of requests are to be answered",
        About(unit="milliseconds", valid="10 to 29000"),
        ge=10,
        le=29_000,
    )
    median_milliseconds: int = setting(
        50,
        "in which half of all requests are to be answered by pods, as the load balancer in the same Region sees it",
        About(unit="milliseconds", valid="1 to 29000"),
        ge=1,
        le=29_000,
    )


class Ingress(Section):
    """The way of a request into the cluster."""

    health_path: PublicPath = setting(
        "/health",
        "path of the health check of every target",
        About(valid=PATHS),
    )
    health_interval_seconds: int = setting(
        15,
        "time between two health checks of a pod",
        About(unit="seconds", valid="5 to 300"),
        ge=5,
        le=300,
    )
    drain_seconds: int = setting(
        60,
        "how long requests under way may take once a pod is taken out",
        About(unit="seconds", valid=f"0 to {LONGEST_DRAIN}, when a pod ends"),
        ge=0,
        le=LONGEST_DRAIN,
    )
    idle_seconds: int = setting(
        60,
        "after which a connection without traffic is closed",
        About(unit="seconds", valid="1 to 4000"),
        ge=1,
        le=4000,
    )
    sticky_seconds: int = setting(
        0,
        "how long a client stays with the pod that answered it first; 0: each request goes where there is room",
        About(unit="seconds", valid=f"0 to {LONGEST_STICKINESS}", source=STICKINESS),
        ge=0,
        le=LONGEST_STICKINESS,
    )
    priorities: dict[ServiceName, Priority] = setting(
        {},
        "service -> priority of its listener rule, where the derived one won't do; lower ones are tried first",
        About(valid=f"public services, 1 to {LARGEST_PRIORITY}, each once"),
    )
    secret_generation: int = setting(
        1,
        "raise it by one to replace the header value by which CloudFront is known; the last value stays valid as well",
        About(valid="1 to 1000000"),
        ge=1,
        le=1_000_000,
    )
    firewall: Firewall = Firewall()
    alarms: Alarms = Alarms()

    def priority(self, service: str, path: str) -> int:
        """The place of a service's rule: longer paths first, the same whatever other services there are."""
        depth = min(len([part for part in path.split("/") if part]), DEEPEST)
        derived = (DEEPEST - depth) * BAND + zlib.crc32(service.encode()) % BAND + 1
        return self.priorities.get(service, derived)
