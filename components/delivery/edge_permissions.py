"""What the pipeline changes on the way in: API Gateway, CloudFront and Route 53 have ARNs of their own kinds."""

from __future__ import annotations

from components.core.environment import GLOBAL_REGION, Environment
from components.core.iam import Statement
from components.delivery import services
from components.delivery.statements import own, spelled, unnamed


def edge(environment: Environment) -> list[Statement]:
    """The way in: the gateway's own kind of ARNs, and what CloudFront and Route 53 have for all Regions."""
    partition, account = environment.partition, environment.account_id
    api = f"arn:{partition}:apigateway:{environment.region}::"  # of this account, though they don't say so
    abroad = f"arn:{partition}:{{}}:{GLOBAL_REGION}:{account}:{{}}"
    return [
        unnamed(environment, "RequestCertificates", ["acm:RequestCertificate"], environment.region, GLOBAL_REGION),
        Statement(
            sid="ChangeApis",
            actions=spelled("apigateway", "DELETE PATCH POST PUT"),
            resources=[f"{api}/*"],
        ),
        unnamed(environment, "GuardApis", ["apigateway:SetWebACL", "apigateway:UpdateRestApiPolicy"]),
        unnamed(environment, "MakeDistributions", spelled("cloudfront", services.NEW_DISTRIBUTIONS), GLOBAL_REGION),
        unnamed(environment, "MakeNames", spelled("route53", services.NEW_NAMES), GLOBAL_REGION),
        Statement(
            sid="ChangeDistributions",
            actions=spelled("cloudfront", services.DISTRIBUTIONS),
            resources=[f"arn:{partition}:cloudfront::{account}:*"],
        ),
        Statement(
            sid="DeliverLogs",
            actions=["cloudfront:AllowVendedLogDeliveryForResource"],
            resources=[f"arn:{partition}:cloudfront::{account}:distribution/*"],
            conditions=own(environment),
        ),
        Statement(
            sid="ChangeNames",
            actions=spelled("route53", services.NAMES),
            resources=[f"arn:{partition}:route53:::{kind}/*" for kind in ("healthcheck", "hostedzone")],
        ),
        Statement(
            sid="CloudFrontsFirewall",
            actions=spelled("wafv2", services.FIREWALLS),
            resources=[
                abroad.format("wafv2", name)
                for name in ("global/managedruleset/*/*", f"global/webacl/{environment.prefix}-*/*")
            ],
        ),
        Statement(
            sid="FirewallGuards",
            actions=["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"],
            resources=[
                environment.arn("elasticloadbalancing", f"loadbalancer/app/{environment.project}-*/*"),
                f"{api}/restapis/*",
            ],
        ),
        Statement(
            sid="CloudFrontsLog",
            actions=spelled("logs", services.DELIVERIES),
            resources=[
                abroad.format("logs", f"{kind}:*") for kind in ("delivery", "delivery-destination", "delivery-source")
            ],
        ),
        Statement(
            sid="CloudFrontsCertificate",
            actions=spelled("acm", services.CERTIFICATES),
            resources=[abroad.format("acm", "certificate/*")],
        ),
    ]
