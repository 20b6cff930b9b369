"""What EKS has of what the clusters pin: Kubernetes, the nodes' image, the add-ons and their configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from botocore.exceptions import ClientError
from jsonschema import Draft202012Validator

from aws_facts.eks_versions import AmiType
from components.bastion.bastion import IMAGE as BASTION_IMAGE
from components.cluster.addons import configuration, tolerated
from components.cluster.settings import Cluster
from doctor.account import Account
from doctor.refusals import code_of
from doctor.result import Check, Result, fine

AMIS: Mapping[AmiType, str] = {
    "AL2023_x86_64_STANDARD": "x86_64/standard",
    "AL2023_ARM_64_STANDARD": "arm64/standard",
    "AL2023_x86_64_NVIDIA": "x86_64/nvidia",
    "AL2023_ARM_64_NVIDIA": "arm64/nvidia",
}
"""Kind of image -> its place among AWS's public parameters
(https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html)."""
NEWEST = "/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{place}/recommended/release_version"
DATED = re.compile(r"-\d{8}$")
BEHIND_DAYS = 30
"""AWS publishes a release every week or two, and at once for what is critical
(https://github.com/awslabs/amazon-eks-ami/releases)."""
ADVICE = "another version in smile:clusters.{cluster}.{key}, or an update of aws_facts/eks_versions.py"


def versions(account: Account) -> Iterator[Result]:
    """EKS makes clusters of the version, and supports it without extra charge."""
    wanted = {cluster.version for cluster in account.settings.enabled_clusters.values()}
    there = {
        each["clusterVersion"]: each["versionStatus"]
        for each in account.pages("eks", "describe_cluster_versions", "clusterVersions")
    }
    for version in sorted(wanted):
        status = there.get(version, "not there")
        yield Result(
            subject=f"Kubernetes {version}",
            found=status.lower().replace("_", " "),
            needed="standard support",
            fix=f"another smile:clusters.*.version; EKS has {', '.join(sorted(there))}",
            verdict="warning" if status == "EXTENDED_SUPPORT" else "blocks",
        ).unless(status == "STANDARD_SUPPORT")


def images(account: Account) -> Iterator[Result]:
    """The image of each group of nodes is published in the Region, and the bastion's."""
    wanted = {
        image_parameter(cluster, group.ami_type): f"nodes' image {cluster.release}"
        for cluster in account.settings.enabled_clusters.values()
        for group in cluster.groups.values()
    }
    if account.settings.bastion.enabled:
        wanted[BASTION_IMAGE] = "bastion's image"
    for name, subject in wanted.items():
        yield Result(
            subject=f"{subject} ({name})",
            found=(value := parameter(account, name)),
            needed="published in the Region",
            fix=ADVICE.format(cluster="*", key="node_release"),
        ).unless(value.startswith("ami-"))


def releases(account: Account) -> Iterator[Result]:
    """The pinned release of the nodes' image is not far behind the newest one: patches of nodes come with releases."""
    wanted = {
        (cluster.version, AMIS[group.ami_type], cluster.release): name
        for name, cluster in account.settings.enabled_clusters.items()
        for group in cluster.groups.values()
    }
    for (version, place, pinned), name in wanted.items():
        newest = parameter(account, NEWEST.format(version=version, place=place))
        behind = (released(newest) - released(pinned)).days if DATED.search(newest) else None
        yield Result(
            subject=f"newest nodes' image {version} {place}",
            found=f"{newest}, {behind} days newer than {pinned}" if behind else newest,
            needed=f"a release at most {BEHIND_DAYS} days behind the newest",
            fix=f"{ADVICE.format(cluster=name, key='node_release')}; docs/runbooks/patching.md",
            verdict="warning",
        ).unless(behind is not None and behind <= BEHIND_DAYS)


def released(release: str) -> date:
    """The day of a release such as ``1.36.3-20260903``."""
    return datetime.strptime(release.rpartition("-")[2], "%Y%m%d").replace(tzinfo=UTC).date()


def image_parameter(cluster: Cluster, kind: AmiType) -> str:
    """AWS's public parameter with the id of a release of the nodes' image."""
    place, version = AMIS[kind], cluster.version
    dated = cluster.release.rpartition("-")[2]
    name = f"amazon-eks-node-al2023-{place.replace('/', '-')}-{version}-v{dated}"
    return f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{place}/{name}/image_id"


def parameter(account: Account, name: str) -> str:
    """The value of a public parameter of AWS; in words where there is none."""
    try:
        return account.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return "no such parameter"


def addons(account: Account) -> Iterator[Result]:
    """Each add-on is there in its version for that Kubernetes, and takes the configuration that it is given."""
    for name, cluster in account.settings.enabled_clusters.items():
        taints = tolerated([*cluster.groups.values()])
        for addon, version in cluster.addon_versions.items():
            offered = account.pages(
                "eks", "describe_addon_versions", "addons", addonName=addon, kubernetesVersion=cluster.version
            )
            there = [each["addonVersion"] for found in offered for each in found["addonVersions"]]
            yield Result(
                subject=f"add-on {addon} of cluster {name}",
                found=version if version in there else f"{', '.join(there[:3]) or 'none'}",
                needed=f"{version} for Kubernetes {cluster.version}",
                fix=ADVICE.format(cluster=name, key="addons"),
            ).unless(version in there)
            if version in there and (values := configuration(addon, taints)):
                yield configured(account, f"configuration of {addon} of cluster {name}", (addon, version), values)


def configured(account: Account, subject: str, addon: tuple[str, str], values: dict[str, Any]) -> Result:
    """Whether an add-on's own schema takes the configuration."""
    answer = account.client("eks").describe_addon_configuration(addonName=addon[0], addonVersion=addon[1])
    schema = json.loads(answer.get("configurationSchema") or "{}")
    mistakes = [f"{each.json_path}: {each.message}" for each in Draft202012Validator(schema).iter_errors(values)]
    if not mistakes:
        return fine(subject, "taken by its schema")
    return Result(
        subject=subject,
        found="; ".join(mistakes),
        needed="what the add-on's schema takes",
        fix="components/cluster/addons.py",
    )


CHECKS = (
    Check("Kubernetes versions", versions, ("eks:DescribeClusterVersions",), reads=("enabled_clusters",)),
    Check("images of nodes and bastion", images, ("ssm:GetParameter",), reads=("enabled_clusters",)),
    Check("age of the nodes' image", releases, ("ssm:GetParameter",), reads=("enabled_clusters",)),
    Check(
        "add-ons", addons, ("eks:DescribeAddonVersions", "eks:DescribeAddonConfiguration"), reads=("enabled_clusters",)
    ),
)
