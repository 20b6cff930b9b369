"""The way from the public to the services: names, load balancer, API gateway, CloudFront."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.edge.api_gateway import ApiGateway, ApiGatewayArgs
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.frontend import ApiOrigin, Frontend, FrontendArgs
from components.edge.ingress import Ingress, IngressArgs
from components.edge.release_settings import Release
from components.edge.target_groups import TargetSpec
from components.workloads.services_settings import Service
from layers.base import NAME, Base
from layers.data import Data
from settings.network import HEALTH_PORT


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The way in.

    Attributes:
        names: the zone and its names; None without a domain.
        ingress: the load balancer and its target groups.
        api: the API gateway; None where CloudFront calls the load balancer itself.
        frontend: the distribution.
    """

    names: DnsNames | None
    ingress: Ingress
    api: ApiGateway | None
    frontend: Frontend


def edge_layer(base: Base, data: Data) -> Edge:
    """From names to CloudFront: each is given what stands behind it."""
    settings = base.settings
    names = None
    if settings.dns.domain:
        names = DnsNames(NAME, DnsNamesArgs(context=base.context, dns=settings.dns), base.options())
    ingress = balancer(base, data, names)
    called: tuple[pulumi.Input[str], str] = (ingress.host, "")
    api = None
    if settings.network.ingress != "cloudfront":
        api = ApiGateway(
            f"{NAME}-api",
            ApiGatewayArgs(
                context=base.context,
                settings=settings.api,
                firewall=settings.ingress.firewall,
                alarms=settings.ingress.alarms,
                ingress=ingress,
                vpc_id=base.network.vpc_id,
                subnet_ids=base.subnet_ids("private"),
                security_group_id=base.network.security_group_ids["vpc-link"],
                names=names,
            ),
            base.options(),
        )
        called = api.invoke_domain, api.origin_path
    frontend = Frontend(
        f"{NAME}-frontend",
        FrontendArgs(
            context=base.context,
            settings=settings.frontend,
            firewall=settings.ingress.firewall,
            assets=data.storage.buckets["assets"],
            documents_bucket=data.storage.bucket_name("documents"),
            logs=data.storage.buckets["logs"],
            firewall_logs=data.storage.buckets["firewall-logs"],
            api=ApiOrigin(
                host=called[0],
                path=called[1],
                secret=ingress.origin_secret.current,
                paths=settings.services.public.values(),
            ),
            names=names,
            host=settings.dns.public,
        ),
        base.options(),
    )
    return Edge(names=names, ingress=ingress, api=api, frontend=frontend)


def balancer(base: Base, data: Data, names: DnsNames | None) -> Ingress:
    """The load balancer: public where CloudFront calls it directly, else internal."""
    settings, network = base.settings, base.network
    direct = settings.network.ingress == "cloudfront"
    groups = ["load-balancer", "load-balancer-http"] if direct else ["load-balancer"]
    return Ingress(
        f"{NAME}-ingress",
        IngressArgs(
            context=base.context,
            settings=settings.ingress,
            targets=targets(settings.services.catalogue, settings.release, settings.network.service_port),
            direct=direct,
            vpc_id=network.vpc_id,
            subnet_ids=base.subnet_ids("public" if direct else "private"),
            security_group_ids=[group for name, group in network.security_group_ids.items() if name in groups],
            logs=data.storage.buckets["access-logs"],
            names=names,
            host=settings.dns.origin or f"{base.environment.prefix}.internal",
        ),
        base.options(),
    )


def targets(services: Mapping[str, Service], release: Release, service_port: int) -> dict[str, TargetSpec]:
    """The public services, each split between its colours as the release says."""
    return {
        name: TargetSpec(
            path=service.path,
            weights=release.of(name).by_colour,
            port=service.port or service_port,
            health_port=HEALTH_PORT,
        )
        for name, service in services.items()
        if service.path is not None
    }
