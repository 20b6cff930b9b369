"""What the distribution does with which path: pages, files whose names change with their content, and the API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
from pulumi_aws import cloudfront

from components.core.context import StackContext
from components.edge.frontend_settings import Frontend, api_patterns
from components.edge.security_headers import security_headers

ASSETS, API, MEDIA = "assets", "api", "media"
"""Origins."""
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""Managed-CachingDisabled: what carries personal data stays at no edge location."""
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""Managed-AllViewerExceptHostHeader: an API gateway takes only its own name as the host."""
READ = ["GET", "HEAD", "OPTIONS"]
CACHED = ["GET", "HEAD"]
ALL = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
TO_INDEX = """\
// A path of the application, such as /orders/42, is no file: index.html answers, and finds its way in the browser.
// Here and not as an error page of the distribution, which would rewrite the API's errors too.
function handler(event) {
    var request = event.request;
    if (!request.uri.split('/').pop().includes('.')) {
        request.uri = '/index.html';
    }
    return request;
}
"""


class Uncached(TypedDict):
    """What is the same for all that services answer, as the provider takes it."""

    target_origin_id: str
    allowed_methods: list[str]
    cached_methods: list[str]
    compress: bool
    cache_policy_id: str
    origin_request_policy_id: str
    response_headers_policy_id: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class BehavioursArgs:
    """What the behaviours follow from.

    Attributes:
        context: of the stack.
        settings: what is kept how long, and what pages may load.
        api_paths: of the public services.
        documents: host of the bucket that pages up- and download with presigned links.
        renders_pages: the API's origin answers whatever is no file of the build.
        serves_media: there is a bucket of media.
    """

    context: StackContext
    settings: Frontend
    api_paths: Collection[str]
    documents: str
    renders_pages: bool = False
    serves_media: bool = False


class Behaviours:
    """The cache behaviours of one distribution, and the policies and the function that they name.

    Attributes:
        default: pages: index.html for every path of the application, never from a cache without asking; or the origin
            that renders them, never from a cache.
        ordered: the API first, then files that never change.
    """

    default: cloudfront.DistributionDefaultCacheBehaviorArgsDict
    ordered: list[cloudfront.DistributionOrderedCacheBehaviorArgsDict]

    def __init__(self, name: str, args: BehavioursArgs, opts: pulumi.ResourceOptions) -> None:
        self.name, self.prefix, self.opts = name, args.context.environment.prefix, opts
        self.tags = args.context.environment.tags(component="frontend", data_class="internal")
        self.settings = args.settings
        self.security = security_headers(args.settings, args.documents)
        self.no_store = self.headers("api", "no-store")
        self.default = self.rendered() if args.renders_pages else self.pages()
        media = self.media() if args.serves_media else []
        self.ordered = [*self.api(api_patterns(args.api_paths)), *media, *self.hashed()]

    def pages(self) -> cloudfront.DistributionDefaultCacheBehaviorArgsDict:
        """The application's pages."""
        to_index = cloudfront.Function(
            f"{self.name}-to-index",
            name=f"{self.prefix}-to-index",
            comment="Paths of the application are answered by index.html",
            runtime="cloudfront-js-2.0",
            code=TO_INDEX,
            publish=True,
            tags=self.tags("to-index"),
            opts=self.opts,
        )
        return {
            "target_origin_id": ASSETS,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": READ,
            "cached_methods": CACHED,
            "compress": True,
            # A second: at zero CloudFront would not compress. It asks S3 whether anything changed.
            "cache_policy_id": self.cache_policy("pages", default=0, longest=1).id,
            "response_headers_policy_id": self.headers("pages", "no-cache").id,
            "function_associations": [{"event_type": "viewer-request", "function_arn": to_index.arn}],
        }

    def rendered(self) -> cloudfront.DistributionDefaultCacheBehaviorArgsDict:
        """Pages that the origin renders for whoever asks."""
        return {**self.uncached(), "viewer_protocol_policy": "redirect-to-https"}

    def hashed(self) -> list[cloudfront.DistributionOrderedCacheBehaviorArgsDict]:
        """Files whose names change with their content."""
        settings = self.settings
        return self.files("hashed", ASSETS, settings.hashed_paths, settings.hashed_seconds, settings.keep_hashed)

    def media(self) -> list[cloudfront.DistributionOrderedCacheBehaviorArgsDict]:
        """What users uploaded for everybody to see; a file may be replaced by another under its name."""
        settings, keep = self.settings, f"public, max-age={self.settings.media_seconds}"
        return self.files(MEDIA, MEDIA, settings.media_paths, settings.media_seconds, keep)

    def files(
        self, role: str, origin: str, paths: Sequence[str], seconds: int, keep: str
    ) -> list[cloudfront.DistributionOrderedCacheBehaviorArgsDict]:
        """Files of a bucket that edges keep for so long; ``keep`` is what browsers are told."""
        policy = self.cache_policy(role, default=seconds, longest=seconds)
        headers = self.headers(role, keep)
        return [
            {
                "path_pattern": path,
                "target_origin_id": origin,
                "viewer_protocol_policy": "redirect-to-https",
                "allowed_methods": READ,
                "cached_methods": CACHED,
                "compress": True,
                "cache_policy_id": policy.id,
                "response_headers_policy_id": headers.id,
            }
            for path in paths
        ]

    def api(self, patterns: list[str]) -> list[cloudfront.DistributionOrderedCacheBehaviorArgsDict]:
        """What services answer; plain HTTP is refused: it has been read by then."""
        return [
            {"path_pattern": pattern, **self.uncached(), "viewer_protocol_policy": "https-only"} for pattern in patterns
        ]

    def uncached(self) -> Uncached:
        """Answers that are kept nowhere."""
        return {
            "target_origin_id": API,
            "allowed_methods": ALL,
            "cached_methods": CACHED,
            "compress": True,
            "cache_policy_id": CACHING_DISABLED,
            "origin_request_policy_id": ALL_VIEWER_EXCEPT_HOST,
            "response_headers_policy_id": self.no_store.id,
        }

    def cache_policy(self, role: str, *, default: int, longest: int) -> cloudfront.CachePolicy:
        """One copy of a file for everybody, compressed; ages in seconds."""
        return cloudfront.CachePolicy(
            f"{self.name}-{role}",
            name=f"{self.prefix}-{role}",
            comment=f"{role} of the front end",
            min_ttl=0,
            default_ttl=default,
            max_ttl=longest,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": {"cookie_behavior": "none"},
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=self.opts,
        )

    def headers(self, role: str, keep: str) -> cloudfront.ResponseHeadersPolicy:
        """The response headers of one kind of answer; ``keep`` is its Cache-Control, whatever the origin says."""
        return cloudfront.ResponseHeadersPolicy(
            f"{self.name}-{role}",
            name=f"{self.prefix}-{role}",
            comment=f"Security headers; Cache-Control: {keep}",
            custom_headers_config={"items": [{"header": "Cache-Control", "value": keep, "override": True}]},
            security_headers_config=self.security,
            remove_headers_config={"items": [{"header": "Server"}, {"header": "X-Powered-By"}]},
            opts=self.opts,
        )
