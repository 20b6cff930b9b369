"""What the pipeline changes on the way in: API Gateway, CloudFront and Route 53 have ARNs of their own kinds."""

from __future__ import annotations

from collections.abc import Sequence

from components.core.environment import GLOBAL_REGION, Environment
from components.core.iam import Statement
from components.delivery import services
from components.delivery.statements import own, spelled, unnamed


def edge(environment: Environment, *, apis: bool, signs: bool = False) -> list[Statement]:
    """The way in: the gateway's own kind of ARNs, and what CloudFront and Route 53 have for all Regions.

    Args:
        environment: of the stack.
        apis: whether it has API gateways.
        signs: whether CloudFront knows keys of it, by which it signs URLs.
    """

    def api(path: str) -> str:
        return environment.arn("apigateway", path, account="")  # of this account, though it doesn't say so

    def abroad(service: str, names: Sequence[str]) -> list[str]:
        return [environment.arn(service, name, region=GLOBAL_REGION) for name in names]

    def cloudfront(name: str) -> str:
        return environment.arn("cloudfront", name, region="")

    keys = (
        unnamed(environment, "MakeSigningKeys", spelled("cloudfront", "CreateKeyGroup CreatePublicKey"), GLOBAL_REGION),
        Statement(
            sid="ChangeSigningKeys",
            actions=spelled("cloudfront", "DeleteKeyGroup DeletePublicKey UpdateKeyGroup UpdatePublicKey"),
            resources=[cloudfront("key-group/*"), cloudfront("public-key/*")],
        ),
    )
    gateways = (
        Statement(
            sid="ChangeApis",
            actions=spelled("apigateway", "DELETE PATCH POST PUT"),
            resources=[api("/*")],
        ),
        unnamed(environment, "GuardApis", ["apigateway:SetWebACL", "apigateway:UpdateRestApiPolicy"]),
    )
    return [
        unnamed(environment, "RequestCertificates", ["acm:RequestCertificate"], environment.region, GLOBAL_REGION),
        *(gateways if apis else ()),
        *(keys if signs else ()),
        unnamed(environment, "MakeDistributions", spelled("cloudfront", services.NEW_DISTRIBUTIONS), GLOBAL_REGION),
        unnamed(environment, "MakeNames", spelled("route53", services.NEW_NAMES), GLOBAL_REGION),
        Statement(
            sid="ChangeDistributions",
            actions=spelled("cloudfront", services.DISTRIBUTIONS),
            resources=[cloudfront("*")],
        ),
        Statement(
            sid="DeliverLogs",
            actions=["cloudfront:AllowVendedLogDeliveryForResource"],
            resources=[cloudfront("distribution/*")],
            conditions=own(environment),
        ),
        Statement(
            sid="ChangeNames",
            actions=spelled("route53", services.NAMES),
            resources=[
                environment.arn("route53", f"{kind}/*", region="", account="") for kind in ("healthcheck", "hostedzone")
            ],
        ),
        Statement(
            sid="CloudFrontsFirewall",
            actions=spelled("wafv2", services.FIREWALLS),
            resources=abroad("wafv2", ["global/managedruleset/*/*", f"global/webacl/{environment.prefix}-*/*"]),
        ),
        Statement(
            sid="FirewallGuards",
            actions=["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"],
            resources=[
                environment.arn("elasticloadbalancing", f"loadbalancer/app/{environment.project}-*/*"),
                *([api("/restapis/*")] if apis else []),
            ],
        ),
        Statement(
            sid="CloudFrontsLog",
            actions=spelled("logs", services.DELIVERIES),
            resources=abroad("logs", ["delivery:*", "delivery-destination:*", "delivery-source:*"]),
        ),
        Statement(
            sid="CloudFrontsCertificate",
            actions=spelled("acm", services.CERTIFICATES),
            resources=abroad("acm", ["certificate/*"]),
        ),
    ]
