"""What the workloads are made of: images in the registry, charts in their repositories."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml
from botocore.exceptions import ClientError

from aws_facts.helm_charts import HELM_CHARTS
from doctor.account import CONNECT_SECONDS, Account
from doctor.refusals import code_of
from doctor.result import Check, Result, Verdict, fine

ABSENT = frozenset({"ImageNotFoundException", "RepositoryNotFoundException"})


def images(account: Account) -> Iterator[Result]:
    """The registry has an image for each service in each version that runs; they are pulled once there is a cluster."""
    workloads = account.settings.workloads
    verdict: Verdict = "blocks" if workloads.enabled and has_cluster(account) else "warning"
    for service in account.settings.services.catalogue:
        for tag in sorted({*workloads.versions_of(service).values()}):
            there = has_image(account, service, tag)
            yield Result(
                subject=f"image {service}:{tag}",
                found="in the registry" if there else "not in the registry",
                needed="pushed before the update that starts it; the first one, which makes the clusters, doesn't",
                fix="the workflow images, or docs/components/images.md; smile:workloads: {enabled: false} until then",
                verdict=verdict,
            ).unless(there)


def has_cluster(account: Account) -> bool:
    """Whether the cluster of the services is there."""
    try:
        account.client("eks").describe_cluster(name=account.environment.prefix)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return False
    return True


def has_image(account: Account, service: str, tag: str) -> bool:
    """Whether the registry, maybe of another account, has the image."""
    try:
        account.client("ecr").describe_images(
            registryId=account.settings.images.registry_account or account.id,
            repositoryName=f"{account.environment.project}/{service}",
            imageIds=[{"imageTag": tag}],
        )
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return False
    return True


def charts(account: Account) -> Iterator[Result]:
    """Each chart is published in its version."""
    versions = account.settings.workloads.charts
    wanted = {
        "aws-load-balancer-controller": versions.load_balancer_controller,
        "cluster-autoscaler": versions.cluster_autoscaler,
        "secrets-store-csi-driver-provider-aws": versions.secrets_provider,
    }
    if not account.settings.workloads.enabled:
        yield fine("charts", "not needed: smile:workloads.enabled is false")
        return
    for chart, version in wanted.items():
        repository = HELM_CHARTS[chart].repository
        published = chart_versions(repository, chart)
        yield Result(
            subject=f"chart {chart}",
            found=version if version in published else f"{', '.join(published[:5]) or 'no version'}",
            needed=version,
            fix=f"another version in smile:workloads.charts, of {repository}",
        ).unless(version in published)


def chart_versions(repository: str, chart: str) -> list[str]:
    """The versions that a chart repository's index lists.

    Raises:
        OSError: no answer.
        ValueError: the answer is no index.
    """
    with urllib.request.urlopen(f"{repository}/index.yaml", timeout=CONNECT_SECONDS * 2) as answer:  # noqa: S310
        try:
            index: Any = yaml.load(answer.read(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        except yaml.YAMLError as error:
            raise ValueError(f"{repository}/index.yaml: {error}") from error
    entries = cast("Mapping[str, list[Mapping[str, str]]]", index.get("entries", {}) if isinstance(index, dict) else {})
    return [str(each["version"]) for each in entries.get(chart, [])]


CHECKS = (
    Check("images", images, ("ecr:DescribeImages", "eks:DescribeCluster"), reads=("enabled_clusters",)),
    Check("charts", charts, in_account=False, reads=("enabled_clusters",)),
)
