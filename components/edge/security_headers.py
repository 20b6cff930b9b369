"""Response headers that the edge adds: what browsers may do with an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_aws import cloudfront

from components.edge.frontend_settings import Directive, Frontend


def content_security_policy(documents: str, more: Mapping[Directive, Sequence[str]]) -> str:
    """What pages may load: what is their own, the documents behind presigned links, and what the settings add.

    Args:
        documents: host of the documents bucket.
        more: directive -> further origins.
    """
    bucket = f"https://{documents}"
    own: dict[str, Sequence[str]] = {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "connect-src": ["'self'", bucket],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "frame-src": ["'self'"],
        "img-src": ["'self'", "data:", bucket],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }
    added: Mapping[str, Sequence[str]] = dict(more.items())
    parts = (" ".join([directive, *sources, *added.get(directive, ())]) for directive, sources in own.items())
    return "; ".join([*parts, "upgrade-insecure-requests"])


def security_headers(
    settings: Frontend, documents: str
) -> cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgsDict:
    """The security headers of every answer, whatever its origin says.

    Args:
        settings: of the front end.
        documents: host of the documents bucket.
    """
    return {
        "content_security_policy": {
            "content_security_policy": content_security_policy(documents, settings.sources),
            "override": True,
        },
        "content_type_options": {"override": True},
        "frame_options": {"frame_option": "DENY", "override": True},
        "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
        "strict_transport_security": {
            "access_control_max_age_sec": settings.hsts_seconds,
            "include_subdomains": True,
            "preload": True,  # no more than a consent: the domain's owner has to ask for it
            "override": True,
        },
    }
