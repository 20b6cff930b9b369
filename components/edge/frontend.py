"""The distribution: what the public meets first, and the only way to the front end and the API."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudfront

from components.core.context import StackContext
from components.core.environment import GLOBAL_REGION
from components.core.policy_outline import OUTPUT
from components.edge.certificates import Certificate, CertificateArgs
from components.edge.dns import AliasTarget, DnsNames
from components.edge.firewall import WebAclArgs, web_acl_at_the_edge
from components.edge.firewall_rules import SECRET_HEADER
from components.edge.frontend_behaviours import API, ASSETS, MEDIA, Behaviours, BehavioursArgs
from components.edge.frontend_logs import deliver_logs
from components.edge.frontend_settings import ERROR_SECONDS
from components.edge.frontend_settings import Frontend as FrontendSettings
from components.edge.ingress_settings import Firewall
from components.storage.bucket import Bucket
from components.storage.bucket_policy import served_by

API_SECONDS = 30
"""How long the API may take: a second more than API Gateway takes itself, so that its answer arrives."""


HTTPS: cloudfront.DistributionOriginCustomOriginConfigArgsDict = {
    "http_port": 80,
    "https_port": 443,
    "origin_protocol_policy": "https-only",
    "origin_ssl_protocols": ["TLSv1.2"],
}


@dataclass(frozen=True, kw_only=True)
class ApiOrigin:
    """What answers the API: the API gateway, or the load balancer where CloudFront calls it directly.

    Attributes:
        host: by which CloudFront calls it; its certificate holds it.
        path: what goes before the path of each request; empty for none.
        secret: by which it knows CloudFront.
        paths: of the services that it serves.
    """

    host: pulumi.Input[str]
    path: str
    secret: pulumi.Input[str]
    paths: Collection[str]


@dataclass(frozen=True, kw_only=True)
class FrontendArgs:
    """What the distribution needs.

    Attributes:
        context: of the stack.
        settings: where it serves, what it caches, what pages may load.
        firewall: of the web ACL in front of it.
        assets: the bucket with the React build; it gets its policy here, and nobody else is let in.
        documents_bucket: name of the bucket that pages up- and download with presigned links.
        logs: the bucket for its log.
        firewall_logs: the bucket for its web ACL's log.
        api: what answers the API.
        names: the stack's zone; None without names.
        host: the public name; None without names: it is then found by the one that CloudFront gives it.
        renders_pages: the API's origin renders pages: it answers whatever is no file of the build. Else index.html of
            the build answers all that is no service's.
        media: the bucket whose objects below ``media_paths`` everybody may see; it gets its policy here as well. None
            without one.
        site_host: of a site that has the build, in place of the assets' bucket; it is public, and answers HTTPS.
    """

    context: StackContext
    settings: FrontendSettings
    firewall: Firewall
    assets: Bucket
    documents_bucket: str
    logs: Bucket
    firewall_logs: Bucket
    api: ApiOrigin
    names: DnsNames | None
    host: str | None
    renders_pages: bool = False
    media: Bucket | None = None
    site_host: pulumi.Input[str] | None = None


class Frontend(pulumi.ComponentResource):
    """A distribution: the React build from a private bucket, the API without a cache, a web ACL, logs in its Region.

    Attributes:
        distribution_arn: of the distribution.
        distribution_id: by which a release invalidates what edges keep.
        domain_name: by which CloudFront knows it.
        zone_id: of that name, for aliases.
        host: by which the public finds it.
        web_acl_arn: of the web ACL in front of it; None without.
    """

    distribution_arn: pulumi.Output[str]
    distribution_id: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    host: pulumi.Output[str]
    web_acl_arn: pulumi.Output[str] | None

    def __init__(self, name: str, args: FrontendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:frontend:Frontend", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="frontend", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.web_acl_arn = self.firewall() if args.settings.web_acl else None
        distribution = self.distribution()
        self.distribution_arn, self.distribution_id = distribution.arn, distribution.id
        self.domain_name, self.zone_id = distribution.domain_name, distribution.hosted_zone_id
        self.host = pulumi.Output.from_input(args.host or distribution.domain_name)
        served = [args.assets, *([args.media] if args.media else [])]
        policies = [bucket.admit(served_by(bucket.arn, distribution.arn)) for bucket in served]
        deliver_logs(f"{name}-distribution", args.context, distribution.arn, args.logs, self)
        if args.names and args.host:
            target = AliasTarget(host=distribution.domain_name, zone_id=distribution.hosted_zone_id)
            args.names.alias("public", args.host, target, ("A", "AAAA"))
        self.register_outputs(
            {
                "distributionArn": self.distribution_arn,
                "distributionId": self.distribution_id,
                "domainName": self.domain_name,
                "host": self.host,
                OUTPUT: policies,
            }
        )

    def firewall(self) -> pulumi.Output[str]:
        """The web ACL at the edge, which logs to the stack's Region."""
        wanted = WebAclArgs(context=self.args.context, firewall=self.args.firewall, guards="frontend")
        return web_acl_at_the_edge(f"{self.name}-web-acl", wanted, self.args.firewall_logs, self).arn

    def distribution(self) -> cloudfront.Distribution:
        """The distribution."""
        args, settings = self.args, self.args.settings
        wanted = BehavioursArgs(
            context=args.context,
            settings=settings,
            api_paths=args.api.paths,
            documents=f"{args.documents_bucket}.{self.environment.service('s3')}",
            renders_pages=args.renders_pages,
            serves_media=args.media is not None,
        )
        behaviours = Behaviours(self.name, wanted, self.child)
        return cloudfront.Distribution(
            self.name,
            enabled=True,
            comment=f"{self.environment.prefix}: front end and API",
            aliases=[args.host] if args.host else [],
            default_root_object=None if args.renders_pages else "index.html",
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=settings.price_class,
            origins=[
                self.assets(),
                self.api(),
                *([self.bucket(MEDIA, "The bucket of media", args.media)] if args.media else []),
            ],
            default_cache_behavior=behaviours.default,
            ordered_cache_behaviors=behaviours.ordered,
            custom_error_responses=self.error_pages() or None,
            restrictions={"geo_restriction": self.countries()},
            viewer_certificate=self.certificate(),
            web_acl_id=self.web_acl_arn,
            tags=self.tags("distribution"),
            opts=self.child,
        )

    def assets(self) -> cloudfront.DistributionOriginArgsDict:
        """The private bucket, whose requests CloudFront signs; or the site that has the build."""
        if self.args.site_host is not None:
            return {"origin_id": ASSETS, "domain_name": self.args.site_host, "custom_origin_config": HTTPS}
        return self.bucket(ASSETS, "The front end's bucket", self.args.assets)

    def bucket(self, role: str, what: str, bucket: Bucket) -> cloudfront.DistributionOriginArgsDict:
        """A private bucket, whose requests CloudFront signs."""
        access = cloudfront.OriginAccessControl(
            self.name if role == ASSETS else f"{self.name}-{role}",
            name=f"{self.environment.prefix}-{role}",
            description=what,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child,
        )
        return {"origin_id": role, "domain_name": bucket.domain, "origin_access_control_id": access.id}

    def api(self) -> cloudfront.DistributionOriginArgsDict:
        """What answers the API, and knows CloudFront by a secret."""
        api = self.args.api
        return {
            "origin_id": API,
            "domain_name": api.host,
            "origin_path": api.path,
            "custom_headers": [{"name": SECRET_HEADER, "value": api.secret}],
            "custom_origin_config": {**HTTPS, "origin_read_timeout": API_SECONDS},
        }

    def error_pages(self) -> list[cloudfront.DistributionCustomErrorResponseArgsDict]:
        """What visitors see where the origin fails, or isn't there."""
        return [
            {
                "error_code": status,
                "response_code": status,
                "response_page_path": page,
                "error_caching_min_ttl": ERROR_SECONDS,
            }
            for status, page in sorted(self.args.settings.error_pages.items())
        ]

    def countries(self) -> cloudfront.DistributionRestrictionsGeoRestrictionArgsDict:
        """Who is served."""
        countries = self.args.settings.countries
        return {"restriction_type": "whitelist" if countries else "none", "locations": list(countries)}

    def certificate(self) -> cloudfront.DistributionViewerCertificateArgsDict:
        """A public one from us-east-1; without names CloudFront's own, which sets what TLS it takes."""
        args = self.args
        if args.names is None or args.host is None:
            return {"cloudfront_default_certificate": True}
        wanted = CertificateArgs(context=args.context, host=args.host, zone_id=args.names.zone_id, region=GLOBAL_REGION)
        return {
            "acm_certificate_arn": Certificate(f"{self.name}-certificate", wanted, self.child).arn,
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": args.settings.minimum_tls,
        }
