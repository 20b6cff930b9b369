"""What may pass each VPC endpoint: this account's people and roles, to this account's resources.

Without it, whoever gets into the VPC could carry data out to a bucket or a queue of their own account.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from aws_facts.vpc_endpoints import WITHOUT_POLICIES
from components.core.environment import Environment
from components.core.iam import ANY, Statement, Values, document

EKS_IMAGES_ACCOUNT = {"ap-southeast-3": "296578399912"}
"""Region -> AWS's account that holds the images of EKS add-ons (kube-proxy, CNI, CoreDNS ...)."""

PUBLIC_BUCKETS = (
    "prod-{region}-starport-layer-bucket",  # layers of ECR images, by links that ECR signs
    "al2023-repos-{region}-de612dc2",  # packages of Amazon Linux 2023
    "amazon-ssm-{region}",  # updates of the SSM agent ...
    "amazon-ssm-packages-{region}",
    "aws-ssm-{region}",  # ... and what its documents need
    "aws-ssm-document-attachments-{region}",
    "{region}-birdwatcher-prod",
)
"""AWS's own buckets from which nodes read, without credentials or with AWS's."""
PATCH_BUCKETS = {
    "ap-southeast-3": ("aws-patch-manager-ap-southeast-3-aa48fc462", "patch-baseline-snapshot-ap-southeast-3-be0a3174")
}
"""Region -> AWS's own buckets from which Patch Manager reads; their names follow no rule."""


def endpoint_policy(environment: Environment, service: str) -> pulumi.Input[str] | None:
    """The policy of one service's endpoint (``s3``, ``ecr.api`` ...); None where it takes none."""
    if service in WITHOUT_POLICIES:
        return None
    extra = EXTRA.get(service)
    return document(account_only(environment), *([extra(environment)] if extra else []))


def account_only(environment: Environment) -> Statement:
    """From this account to this account."""
    return Statement(
        sid="AccountToAccount",
        principals="*",
        actions=[ANY],
        resources=[ANY],
        conditions={
            "StringEquals": {
                "aws:PrincipalAccount": environment.account_id,
                "aws:ResourceAccount": environment.account_id,
            }
        },
        allow_any="an endpoint policy grants nothing, it only limits; both ends are this account's",
    )


def public_buckets(environment: Environment) -> Statement:
    """Reading AWS's own buckets."""
    names = [bucket.format(region=environment.region) for bucket in PUBLIC_BUCKETS]
    names += PATCH_BUCKETS[environment.region]
    return Statement(
        sid="ReadBucketsOfAws",
        principals="*",
        actions=["s3:GetObject"],
        resources=[f"arn:{environment.partition}:s3:::{name}/*" for name in names],
    )


def eks_images(environment: Environment) -> Statement:
    """Pulling the images of EKS add-ons."""
    owner = EKS_IMAGES_ACCOUNT[environment.region]
    return Statement(
        sid="PullImagesOfEks",
        principals="*",
        actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources=[f"arn:{environment.partition}:ecr:{environment.region}:{owner}:repository/*"],
        conditions=by_account(environment),
    )


def public_parameters(environment: Environment) -> Statement:
    """Reading AWS's documents and public parameters, such as the newest node image."""
    arn = f"arn:{environment.partition}:ssm:{environment.region}:"
    return Statement(
        sid="ReadDocumentsAndParametersOfAws",
        principals="*",
        actions=["ssm:DescribeDocument", "ssm:GetDocument", "ssm:GetParameter", "ssm:GetParameters"],
        resources=[f"{arn}:document/AWS*", f"{arn}:document/Amazon*", f"{arn}:parameter/aws/service/*"],
        conditions=by_account(environment),
    )


def public_images(environment: Environment) -> Statement:
    """Starting instances from public machine images, as Kubernetes' autoscalers do; their ARNs don't tell whose."""
    return Statement(
        sid="RunPublicImages",
        principals="*",
        actions=["ec2:CreateFleet", "ec2:RunInstances"],
        resources=[f"arn:{environment.partition}:ec2:{environment.region}::{kind}/*" for kind in ("image", "snapshot")],
        conditions=by_account(environment),
    )


def web_identity(environment: Environment) -> Statement:
    """Pods that take on a role by their cluster's token: at that moment they are nobody's principal yet."""
    return Statement(
        sid="TokensToRolesOfAccount",
        principals="*",
        actions=["sts:AssumeRoleWithWebIdentity"],
        resources=[f"arn:{environment.partition}:iam::{environment.account_id}:role/*"],
    )


def by_account(environment: Environment) -> dict[str, dict[str, Values]]:
    """Only by principals of this account."""
    return {"StringEquals": {"aws:PrincipalAccount": environment.account_id}}


EXTRA: dict[str, Callable[[Environment], Statement]] = {
    "s3": public_buckets,
    "ecr.api": eks_images,
    "ecr.dkr": eks_images,
    "ssm": public_parameters,
    "ec2": public_images,
    "sts": web_identity,
}
"""Service -> what nodes need from AWS's own accounts."""
