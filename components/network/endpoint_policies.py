"""What may pass each VPC endpoint: this account's people and roles, to this account's resources.

Without it, whoever gets into the VPC could carry data out to a bucket or a queue of their own account.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from aws_facts.regions import REGIONS
from aws_facts.vpc_endpoints import WITHOUT_POLICIES
from components.core.environment import Environment
from components.core.iam import ANY, Statement, Values, document

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
REGISTRY_SERVICES = ("ecr.api", "ecr.dkr")
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def endpoint_policy(environment: Environment, service: str, registry: str | None = None) -> pulumi.Input[str] | None:
    """The policy of one service's endpoint (``s3``, ``ecr.api`` ...); None where it takes none.

    Args:
        environment: whose endpoint it is.
        service: after ``com.amazonaws.REGION.``.
        registry: the AWS account whose images nodes pull, where that is another than the environment's.
    """
    if service in WITHOUT_POLICIES:
        return None
    statements = [account_only(environment)]
    if service in EXTRA:
        statements.append(EXTRA[service](environment))
    if registry not in (None, environment.account_id) and service in REGISTRY_SERVICES:
        statements.append(registry_images(environment, registry))
    return document(*statements)


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
    """Reading AWS's own buckets, those of Patch Manager included where AWS says what they are called."""
    name, region = environment.region, REGIONS[environment.region]
    buckets = [bucket.format(region=name) for bucket in PUBLIC_BUCKETS]
    if region.patches:
        snapshots = f"patch-baseline-snapshot-{name}"
        buckets.append(f"aws-patch-manager-{name}-{region.patches}")
        buckets.append(f"{snapshots}-{region.snapshots}" if region.snapshots else snapshots)
    return Statement(
        sid="ReadBucketsOfAws",
        principals="*",
        actions=["s3:GetObject"],
        resources=[environment.arn("s3", f"{bucket}/*", region="", account="") for bucket in buckets],
    )


def eks_images(environment: Environment) -> Statement:
    """Pulling the images of EKS add-ons, and of EMR on EKS."""
    region = REGIONS[environment.region]
    owners = [owner for owner in (region.eks_images, region.emr_images) if owner]
    return Statement(
        sid="PullImagesOfEks",
        principals="*",
        actions=list(PULL),
        resources=[environment.arn("ecr", "repository/*", account=owner) for owner in owners],
        conditions=by_account(environment),
    )


def registry_images(environment: Environment, account: str) -> Statement:
    """Pulling images of another account's registry, and filling its cache; its own policies say which."""
    return Statement(
        sid="PullImagesOfRegistry",
        principals="*",
        actions=[*PULL, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
        resources=[environment.arn("ecr", "repository/*", account=account)],
        conditions=by_account(environment),
    )


def public_parameters(environment: Environment) -> Statement:
    """Reading AWS's documents and public parameters, such as the newest node image, and reporting what was run of them.

    For the reports, a document is among what IAM asks about:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html.
    """
    names = ("document/AWS*", "document/Amazon*", "parameter/aws/service/*")
    return Statement(
        sid="ReadDocumentsAndParametersOfAws",
        principals="*",
        actions=[
            *("ssm:DescribeAssociation", "ssm:DescribeDocument", "ssm:GetDocument", "ssm:GetParameter"),
            *("ssm:GetParameters", "ssm:UpdateAssociationStatus"),
        ],
        resources=[environment.arn("ssm", name, account="") for name in names],
        conditions=by_account(environment),
    )


def public_images(environment: Environment) -> Statement:
    """Starting instances from public machine images, as Kubernetes' autoscalers do; their ARNs don't tell whose."""
    return Statement(
        sid="RunPublicImages",
        principals="*",
        actions=["ec2:CreateFleet", "ec2:RunInstances"],
        resources=[environment.arn("ec2", f"{kind}/*", account="") for kind in ("image", "snapshot")],
        conditions=by_account(environment),
    )


def web_identity(environment: Environment) -> Statement:
    """Pods that take on a role by their cluster's token: at that moment they are nobody's principal yet."""
    return Statement(
        sid="TokensToRolesOfAccount",
        principals="*",
        actions=["sts:AssumeRoleWithWebIdentity"],
        resources=[environment.iam_arn("role/*")],
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
