"""The Kubernetes versions that the clusters may run: until when EKS supports each, and what it is tested with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Version = Literal["1.36", "1.35"]
Addon = Literal[
    "vpc-cni",
    "kube-proxy",
    "eks-pod-identity-agent",
    "coredns",
    "metrics-server",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "amazon-cloudwatch-observability",
]

AmiType = Literal["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA"]

VERSIONS: tuple[Version, ...] = get_args(Version)
AMI_TYPES: tuple[AmiType, ...] = get_args(AmiType)
"""Images of Amazon Linux 2023 for managed nodes: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html"""
ADDONS: tuple[Addon, ...] = get_args(Addon)
"""In the order in which they come up: what makes a node ready first."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One version of Kubernetes on EKS.

    Attributes:
        standard_support_ends: last day without extended support, which costs six times as much.
        node_release: of the image of the nodes, as https://github.com/awslabs/amazon-eks-ami/releases lists it.
        addons: version of each add-on.
    """

    standard_support_ends: date
    node_release: str
    addons: Mapping[Addon, str]


COMMON: Mapping[Addon, str] = {
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
    "metrics-server": "v0.8.1-eksbuild.10",
    "aws-ebs-csi-driver": "v1.63.0-eksbuild.1",
    "aws-efs-csi-driver": "v3.4.0-eksbuild.1",
    "amazon-cloudwatch-observability": "v6.4.0-eksbuild.1",
}
RELEASES: Mapping[Version, Release] = {
    "1.36": Release(
        standard_support_ends=date(2027, 8, 2),
        node_release="1.36.3-20260903",
        addons={
            **COMMON,
            "vpc-cni": "v1.22.4-eksbuild.3",
            "kube-proxy": "v1.36.0-eksbuild.21",
            "coredns": "v1.14.3-eksbuild.16",
        },
    ),
    "1.35": Release(
        standard_support_ends=date(2027, 3, 27),
        node_release="1.35.6-20260818",
        addons={
            **COMMON,
            "vpc-cni": "v1.22.1-eksbuild.2",
            "kube-proxy": "v1.35.3-eksbuild.11",
            "coredns": "v1.14.3-eksbuild.2",
        },
    ),
}
"""Newest first. Kubernetes 1.34 is left out: its standard support ends on 2 December 2026."""

OLDEST_IN_STANDARD_SUPPORT: Version = VERSIONS[-1]
"""https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"""
DEFAULT_INSTANCE_TYPE = "t3.medium"
"""Of a managed node group without a launch template."""
DEFAULT_DISK_GIB = 20
"""Of a node of a managed node group without a launch template."""


def advice(version: Version, today: date) -> str | None:
    """What to tell of a version that is past standard support; None of a supported one."""
    ended = RELEASES[version].standard_support_ends
    if today <= ended:
        return None
    return f"Kubernetes {version}: standard support ended on {ended}; EKS upgrades the control plane by itself"
