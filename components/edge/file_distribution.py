"""A distribution of files: a private bucket behind CloudFront, each path kept for its time, signed where it says so."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudfront

from components.core.context import StackContext
from components.core.environment import GLOBAL_REGION
from components.core.iam import Statement
from components.core.policy_outline import OUTPUT
from components.edge.certificates import Certificate, CertificateArgs
from components.edge.dns import AliasTarget, DnsNames
from components.edge.file_settings import Files, FileUse
from components.edge.firewall import WebAclArgs, web_acl_at_the_edge
from components.edge.frontend_behaviours import CACHED, CACHING_DISABLED
from components.edge.frontend_logs import deliver_logs
from components.edge.frontend_settings import TLS_POLICY, YEAR_SECONDS
from components.edge.ingress_settings import Firewall
from components.edge.signed_urls import SignedUrls
from components.storage.bucket import Bucket
from components.storage.bucket_policy import served_by

DAY_SECONDS = 86_400
FILES = "files"
INDEX = "index.html"
"""There is none: whoever asks for the root gets what any other path that isn't served gets."""
NOTHING = """\
// Nothing is served but the paths of the distribution's other behaviors.
function handler(event) {
    return {statusCode: 404, statusDescription: 'Not Found'};
}
"""
INVALIDATE = ("cloudfront:CreateInvalidation",)
"""What `FileDistribution.grant_invalidate` grants; a boundary has to allow it, since CloudFront is in no Region."""


@dataclass(frozen=True, kw_only=True)
class FileDistributionArgs:
    """What the distribution needs.

    Attributes:
        context: of the stack.
        settings: paths, keys, countries.
        firewall: of the web ACL in front of it.
        bucket: with the files; it gets its policy here, and nobody else is let in.
        framed_by: origins, such as ``https://app.example.org``, whose pages may show a file in a frame.
        logs: the bucket for its log.
        firewall_logs: the bucket for its web ACL's log.
        names: the stack's zone.
        host: the name by which it is found, in that zone.
    """

    context: StackContext
    settings: Files
    firewall: Firewall
    bucket: Bucket
    framed_by: tuple[str, ...]
    logs: Bucket
    firewall_logs: Bucket
    names: DnsNames
    host: str


class FileDistribution(pulumi.ComponentResource):
    """A distribution with a web ACL, and a key group where paths take signed URLs.

    Attributes:
        distribution_arn: of the distribution.
        distribution_id: by which files are invalidated.
        domain_name: by which CloudFront knows it.
        host: by which it is found.
        signed_urls: the keys; None where nothing is signed.
    """

    distribution_arn: pulumi.Output[str]
    distribution_id: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    host: str
    signed_urls: SignedUrls | None

    def __init__(self, name: str, args: FileDistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:files:FileDistribution", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.prefix = self.environment.prefix
        self.tags = self.environment.tags(component="files", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.host = args.host
        self.signed_urls = None
        if args.settings.is_signed:
            keys = args.settings.signing_keys
            self.signed_urls = SignedUrls(f"{name}-keys", self.environment, keys, self.child)
        distribution = self.distribution()
        self.distribution_arn, self.distribution_id = distribution.arn, distribution.id
        self.domain_name = distribution.domain_name
        policy = args.bucket.admit(served_by(args.bucket.arn, distribution.arn))
        deliver_logs(f"{name}-distribution", args.context, distribution.arn, args.logs, self)
        target = AliasTarget(host=distribution.domain_name, zone_id=distribution.hosted_zone_id)
        args.names.alias("files", args.host, target, ("A", "AAAA"))
        self.register_outputs(
            {
                "distributionArn": self.distribution_arn,
                "distributionId": self.distribution_id,
                "domainName": self.domain_name,
                "host": self.host,
                OUTPUT: [policy],
            }
        )

    def grant_invalidate(self) -> Statement:
        """What a role needs so that edges ask for files again, of this distribution alone."""
        return Statement(
            sid="InvalidateFiles",
            actions=INVALIDATE,
            resources=[self.distribution_arn],
        )

    def distribution(self) -> cloudfront.Distribution:
        """The distribution. What none of its paths names is answered at the edge, and the bucket isn't asked."""
        args, settings = self.args, self.args.settings
        headers = self.headers()
        access = cloudfront.OriginAccessControl(
            self.name,
            name=f"{self.prefix}-files",
            description="The bucket of files",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child,
        )
        caches = {days: self.cache_policy(days) for days in sorted({use.days for use in settings.paths.values()})}
        countries = settings.countries
        return cloudfront.Distribution(
            self.name,
            enabled=True,
            comment=f"{self.prefix}: files",
            aliases=[args.host],
            default_root_object=INDEX,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=settings.price_class,
            origins=[
                {"origin_id": FILES, "domain_name": args.bucket.domain, "origin_access_control_id": access.id},
            ],
            default_cache_behavior=self.nothing(headers),
            ordered_cache_behaviors=[
                self.behaviour(path, use, caches[use.days], headers) for path, use in settings.paths.items()
            ],
            restrictions={
                "geo_restriction": {"restriction_type": "whitelist" if countries else "none", "locations": [*countries]}
            },
            viewer_certificate={
                "acm_certificate_arn": self.certificate(),
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": TLS_POLICY,
            },
            web_acl_id=self.firewall(),
            tags=self.tags("files"),
            opts=self.child,
        )

    def nothing(self, headers: pulumi.Output[str]) -> cloudfront.DistributionDefaultCacheBehaviorArgsDict:
        """What is below no path."""
        function = cloudfront.Function(
            f"{self.name}-nothing",
            name=f"{self.prefix}-files-nothing",
            comment="What is below no path of the files is not found",
            runtime="cloudfront-js-2.0",
            code=NOTHING,
            publish=True,
            tags=self.tags("files-nothing"),
            opts=self.child,
        )
        return {
            "target_origin_id": FILES,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": CACHED,
            "cached_methods": CACHED,
            "compress": True,
            "cache_policy_id": CACHING_DISABLED,
            "response_headers_policy_id": headers,
            "function_associations": [{"event_type": "viewer-request", "function_arn": function.arn}],
        }

    def behaviour(
        self, path: str, use: FileUse, policy: cloudfront.CachePolicy, headers: pulumi.Output[str]
    ) -> cloudfront.DistributionOrderedCacheBehaviorArgsDict:
        """What is below one path; CloudFront takes the signature off before it looks for a copy."""
        trusted = [self.signed_urls.key_group_id] if use.signed and self.signed_urls else None
        return {
            "path_pattern": path,
            "target_origin_id": FILES,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": CACHED,
            "cached_methods": CACHED,
            "compress": True,
            "cache_policy_id": policy.id,
            "response_headers_policy_id": headers,
            "trusted_key_groups": trusted,
        }

    def cache_policy(self, days: int) -> cloudfront.CachePolicy:
        """One copy of a file for everybody, for so many days whatever the bucket says."""
        seconds = days * DAY_SECONDS
        return cloudfront.CachePolicy(
            f"{self.name}-{days}-days",
            name=f"{self.prefix}-files-{days}-days",
            comment=f"Files that are kept for {days} days",
            min_ttl=seconds,
            default_ttl=seconds,
            max_ttl=seconds,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": {"cookie_behavior": "none"},
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=self.child,
        )

    def headers(self) -> pulumi.Output[str]:
        """A file is a file: it runs nothing, and only pages of the program show it in a frame."""
        ancestors = " ".join(self.args.framed_by) or "'none'"
        csp = f"default-src 'self'; script-src 'none'; frame-ancestors {ancestors}"
        return cloudfront.ResponseHeadersPolicy(
            self.name,
            name=f"{self.prefix}-files",
            comment="Security headers of files",
            security_headers_config={
                "content_security_policy": {"content_security_policy": csp, "override": True},
                "content_type_options": {"override": True},
                "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": 2 * YEAR_SECONDS,
                    "include_subdomains": True,
                    "preload": True,
                    "override": True,
                },
            },
            remove_headers_config={"items": [{"header": "Server"}]},
            opts=self.child,
        ).id

    def certificate(self) -> pulumi.Output[str]:
        """A public one, from us-east-1."""
        args = self.args
        wanted = CertificateArgs(context=args.context, host=args.host, zone_id=args.names.zone_id, region=GLOBAL_REGION)
        return Certificate(f"{self.name}-certificate", wanted, self.child).arn

    def firewall(self) -> pulumi.Output[str]:
        """The web ACL at the edge, which logs to the stack's Region."""
        wanted = WebAclArgs(context=self.args.context, firewall=self.args.firewall, guards="files")
        return web_acl_at_the_edge(f"{self.name}-web-acl", wanted, self.args.firewall_logs, self).arn
