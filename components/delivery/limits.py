"""What no role of the pipeline exceeds: their own boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from components.core.boundary import boundary_arn, never, within
from components.core.environment import GLOBAL_REGION, Environment
from components.core.iam import Statement
from components.delivery.permissions import Policies

GLOBAL = ("budgets:", "ce:", "cloudfront:", "iam:", "route53:")
"""Services with one endpoint for all Regions."""
ABROAD = ("acm", "logs", "wafv2")
"""What CloudFront wants in its own Region: certificates, web ACLs, where its log goes."""
OWN_CHANGES = (
    *("iam:AddClientIDToOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider", "iam:SetDefault*"),
    *("iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*", "iam:Tag*", "iam:Untag*"),
    "iam:Update*",
)
"""Whatever changes a role, a policy or an identity provider."""
LASTING = (
    *("backup:DeleteBackupVault", "backup:DeleteRecoveryPoint", "cloudtrail:DeleteTrail", "cloudtrail:StopLogging"),
    *("eks:DeleteCluster", "elasticache:DeleteReplicationGroup", "elasticfilesystem:DeleteFileSystem"),
    *("glue:DeleteDatabase", "kinesis:DeleteStream"),
    *("kms:DisableKey", "kms:ScheduleKeyDeletion", "rds:DeleteDBInstance", "s3:DeleteBucket"),
    "secretsmanager:DeleteSecret",
)
"""Ends what must outlive a mistake: in a protected stack only an administrator does."""


def limits(environment: Environment, policies: Policies, own: Sequence[str], *, lasting: bool) -> Iterator[Statement]:
    """The statements of the boundary.

    Args:
        environment: of the stack.
        policies: those that the roles have; other services than theirs are out of reach.
        own: ARNs, or patterns of them, of what the pipeline must not change: itself, and all boundaries.
        lasting: whether what holds data stays, whatever a program says.
    """
    wanted = {action for part in policies.values() for each in part for action in each.actions}
    regional = {action.partition(":")[0] for action in wanted if not action.startswith(GLOBAL)}
    yield within("WorkInTheCountry", whole(regional), environment.region)
    yield within("WhatCloudFrontNeeds", whole(ABROAD), GLOBAL_REGION)
    yield within("WhatHasNoRegion", sorted(action for action in wanted if action.startswith(GLOBAL)))
    yield never("NotItself", OWN_CHANGES, own)
    yield never(
        "NoRoleWithoutBoundary",
        ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
        [environment.iam_arn("role/*")],
        {"StringNotEquals": {"iam:PermissionsBoundary": boundary_arn(environment)}},
    )
    yield never("NoRoleOutOfBounds", ["iam:DeleteRolePermissionsBoundary"])
    yield never("NoSecretValues", ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"])
    if lasting:
        yield never("NoEndOfWhatLasts", LASTING)


def whole(names: Iterable[str]) -> list[str]:
    """All that some services do."""
    return [f"{name}:*" for name in sorted(names)]
