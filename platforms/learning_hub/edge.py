"""The way in: names with failover, CloudFront with files and media, web ACLs, the load balancer before the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.frontend import ApiOrigin, Frontend, FrontendArgs
from components.edge.ingress import Ingress, IngressArgs
from components.edge.release_settings import Colour
from components.edge.shield import ShieldAdvanced, ShieldAdvancedArgs
from components.edge.target_groups import TargetSpec
from components.hosts.jenkins import HEALTH_PORT as JENKINS_HEALTH
from components.hosts.jenkins import PORT as JENKINS_PORT
from components.hosts.jenkins import WEBHOOK
from components.mail.mail_identity import MailIdentity, MailIdentityArgs
from platforms.learning_hub.base import Base
from platforms.learning_hub.data import Data
from platforms.learning_hub.settings import GATEWAY, NAME, Settings

ALL_TO_BLUE: Mapping[Colour, int] = {"blue": 100}


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The way in, and the domain that mail comes from."""

    names: DnsNames
    ingress: Ingress
    frontend: Frontend
    mail: MailIdentity


def edge_of(base: Base, data: Data) -> Edge:
    """From names to CloudFront: each is given what stands behind it."""
    settings, context, storage = base.settings, base.context, data.storage
    groups = base.network.security_group_ids
    names = DnsNames(NAME, DnsNamesArgs(context=context, dns=settings.dns), base.options())
    ingress = Ingress(
        f"{NAME}-ingress",
        IngressArgs(
            context=context,
            settings=settings.ingress,
            targets=targets(settings),
            direct=True,
            vpc_id=base.network.vpc_id,
            subnet_ids=base.subnet_ids("public"),
            security_group_ids=[groups["load-balancer"], groups["load-balancer-http"]],
            logs=storage.buckets["access-logs"],
            names=names,
            host=settings.dns.origin or "",
        ),
        base.options(),
    )
    frontend = Frontend(
        f"{NAME}-frontend",
        FrontendArgs(
            context=context,
            settings=settings.frontend,
            firewall=settings.ingress.firewall,
            assets=storage.buckets["static"],
            media=storage.buckets["media"],
            documents_bucket=storage.bucket_name("media"),
            logs=storage.buckets["logs"],
            firewall_logs=storage.buckets["firewall-logs"],
            api=ApiOrigin(
                host=ingress.host, path="", secret=ingress.origin_secret.current, paths=ingress.public.values()
            ),
            names=names,
            host=settings.dns.public,
        ),
        base.options(),
    )
    if settings.shield.advanced:
        protected = {"distribution": frontend.distribution_arn, "load-balancer": ingress.load_balancer_arn}
        ShieldAdvanced(f"{NAME}-shield", ShieldAdvancedArgs(context=context, protected=protected), base.options())
    mail = MailIdentity(
        f"{NAME}-mail",
        MailIdentityArgs(
            context=context, settings=settings.mail, domain=settings.dns.domain or "", zone_id=names.zone_id
        ),
        base.options(),
    )
    return Edge(names=names, ingress=ingress, frontend=frontend, mail=mail)


def targets(settings: Settings) -> dict[str, TargetSpec]:
    """The gateway service, and the webhook of Jenkins where that runs on a host of the stack."""
    gateway = settings.services.catalogue[GATEWAY]
    found = {GATEWAY: TargetSpec(path=gateway.path or "", weights=ALL_TO_BLUE, port=settings.gateway_port)}
    if settings.has_jenkins_host:
        found["jenkins"] = TargetSpec(path=WEBHOOK, weights=ALL_TO_BLUE, port=JENKINS_PORT, health_port=JENKINS_HEALTH)
    return found
