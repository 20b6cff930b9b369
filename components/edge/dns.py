"""Names: the zone, what they stand for, and the health check of the public one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
from pulumi_aws import route53

from components.core.context import StackContext
from components.edge.dns_settings import Dns

INTERVAL_SECONDS, FAILURES = 30, 3


def routes(dns: Dns, *, public: bool) -> dict[str, dict[str, Any]]:
    """What makes each record of a name differ -> how Route 53 chooses it; by weight, of all but the public name."""
    if not public or dns.routing == "weighted":
        return {"": {"weighted_routing_policies": [{"weight": dns.weight}]}}
    if dns.routing == "geolocation":
        return {
            f"-{'all' if place == '*' else place.lower()}": {"geolocation_routing_policies": [{"country": place}]}
            for place in dns.locations
        }
    return {"": {"failover_routing_policies": [{"type": dns.routing.upper()}]}}


@dataclass(frozen=True, kw_only=True)
class DnsNamesArgs:
    """What the names need.

    Attributes:
        context: of the stack.
        dns: names and zone; it has a domain.
    """

    context: StackContext
    dns: Dns


@dataclass(frozen=True, kw_only=True)
class AliasTarget:
    """What a name stands for: something of AWS with a name and a zone of its own."""

    host: pulumi.Input[str]
    zone_id: pulumi.Input[str]


class DnsNames(pulumi.ComponentResource):
    """The zone of the stack's names, made or found, and a health check of the public name.

    Attributes:
        zone_id: of the zone.
        name_servers: of a zone that was made: the domain above has to name them before a certificate becomes valid.
    """

    zone_id: pulumi.Output[str]
    name_servers: pulumi.Output[Sequence[str]] | None = None

    def __init__(self, name: str, args: DnsNamesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:DnsNames", name, None, opts)
        if args.dns.domain is None:
            raise ValueError(f"{name}: there is no domain; without one, make no names")
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.context.environment.tags(component="ingress", data_class="internal")
        if args.dns.zone_id:
            self.zone_id = pulumi.Output.from_input(args.dns.zone_id)
        else:
            zone = route53.Zone(
                name,
                name=args.dns.domain,
                comment="Public names of the platform",
                force_destroy=False,
                tags=self.tags("zone"),
                opts=args.context.stateful(self),
            )
            self.zone_id, self.name_servers = zone.zone_id, zone.name_servers
        self.health_check = self.public_health() if args.dns.health_check else None
        self.register_outputs({"zoneId": self.zone_id})

    def alias(self, role: str, host: str, target: AliasTarget, types: Sequence[Literal["A", "AAAA"]] = ("A",)) -> None:
        """Let a name stand for something of AWS, with this stack's weight among records of that name.

        Args:
            role: part of the logical name, such as ``origin``.
            host: the name.
            target: what it stands for.
            types: A for IPv4, AAAA for IPv6.
        """
        dns = self.args.dns
        public = host == dns.public
        check = self.health_check.id if self.health_check and public else None
        prefix = self.args.context.environment.prefix
        for kind in types:
            for place, policy in routes(dns, public=public).items():
                route53.Record(
                    f"{self.name}-{role}-{kind.lower()}{place}",
                    zone_id=self.zone_id,
                    name=host,
                    type=kind,
                    aliases=[{"name": target.host, "zone_id": target.zone_id, "evaluate_target_health": False}],
                    set_identifier=f"{prefix}{place}",
                    health_check_id=check,
                    opts=self.child,
                    **policy,
                )

    def public_health(self) -> route53.HealthCheck:
        """Whether the public name answers over HTTPS, seen from abroad."""
        return route53.HealthCheck(
            self.name,
            type="HTTPS",
            fqdn=self.args.dns.public,
            port=443,
            resource_path="/",
            enable_sni=True,
            request_interval=INTERVAL_SECONDS,
            failure_threshold=FAILURES,
            regions=list(self.args.dns.health_check_regions) or None,
            tags=self.tags("public-health"),
            opts=self.child,
        )
