"""Distributions of CloudFront, those for many tenants included: their behaviours and origins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UNKNOWN

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
MULTITENANT = "aws:cloudfront/multitenantDistribution:MultitenantDistribution"
DISTRIBUTIONS = (DISTRIBUTION, MULTITENANT)
TENANT = "aws:cloudfront/distributionTenant:DistributionTenant"
"""One of those that share a multi-tenant distribution; it may set aside what that sets."""
_S3_HOST = re.compile(r"(?P<bucket>[a-z0-9.-]+)\.s3(?:[.-](?!website)[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")
_FUNCTION_HOST = re.compile(r"[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws")


def behaviours(distribution: Resource) -> Iterator[str]:
    """The path of each cache behaviour.

    Raises:
        UndeterminedError: how many there are is not known yet.
    """
    if distribution.has("defaultCacheBehavior"):
        yield "defaultCacheBehavior"
    yield from paths_at(distribution, "orderedCacheBehaviors[*]")
    yield from paths_at(distribution, "cacheBehaviors[*]")


def origins_of(distribution: Resource) -> list[str]:
    """The path of each origin.

    Raises:
        UndeterminedError: how many there are, or one of them as a whole, is not known yet.
    """
    paths = paths_at(distribution, "origins[*]")
    for path in paths:
        distribution.get(path)
    return paths


def custom_config(distribution: Resource, origin: str) -> str | None:
    """The path of what is said about an origin that is neither a bucket nor inside a VPC; None for those."""
    paths = (f"{origin}.customOriginConfig", f"{origin}.customOriginConfigs[0]")
    return next((path for path in paths if distribution.raw(path) is not None), None)


def is_bucket(distribution: Resource, origin: str) -> bool:
    """Whether an origin is a bucket, asked by S3's API: by its host name, or because nothing says that it isn't."""
    host = distribution.raw(f"{origin}.domainName")
    if isinstance(host, str):
        return _S3_HOST.fullmatch(host) is not None
    in_vpc = distribution.has(f"{origin}.vpcOriginConfig") or distribution.has(f"{origin}.vpcOriginConfigs[0]")
    return custom_config(distribution, origin) is None and not in_vpc


def bucket_name(host: str) -> str | None:
    """The bucket whose host name it is, ``NAME.s3.REGION.amazonaws.com``; None for another's."""
    found = _S3_HOST.fullmatch(host)
    return found["bucket"] if found else None


def is_function(distribution: Resource, origin: str) -> bool:
    """Whether an origin is the URL of a function, as far as its host name is known."""
    host = distribution.raw(f"{origin}.domainName")
    return host is not UNKNOWN and _FUNCTION_HOST.fullmatch(str(host)) is not None
