"""Who pushes and pulls images, and which are deleted: the documents of repositories and of the roles that use them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi

from components.core.environment import Environment
from components.core.iam import ANY, Statement, document
from components.images.settings import Images

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")
CACHE = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
"""What the first pull of an image through the cache needs besides."""
SCANNERS = "role/aws-service-role/*"
"""Roles that only AWS takes on, such as Inspector's: it pulls what it scans."""
FOR_GOOD = 9999
"""More releases than a service ever has."""


def roles(environment: Environment, accounts: Sequence[str], names: Sequence[str]) -> list[str]:
    """ARNs, or patterns of them, of roles in each account."""
    return [f"arn:{environment.partition}:iam::{account}:role/{name}" for account in accounts for name in names]


def repository_policy(environment: Environment, settings: Images, *, cache: bool = False) -> pulumi.Input[str]:
    """The policy of a repository: nodes pull, the pipeline pushes, nobody else does either.

    Roles are named in conditions: as principals they would have to exist before the repository. The denials hold
    also for roles of the account whose own policies allow more.

    Args:
        environment: of the registry.
        settings: who.
        cache: of a cached public image, which ECR alone puts there.
    """
    accounts = (environment.account_id, *settings.pull_accounts)
    push = roles(environment, [environment.account_id], settings.pushing(environment.project))
    pull = [*roles(environment, accounts, settings.pulling(environment.project)), *push]
    statements = [
        allow("NodesPull", environment, accounts, PULL, pull),
        deny("DenyOthersPull", PULL[1:], [*pull, *own(environment, SCANNERS)]),
    ]
    if not cache:
        statements += [
            allow("PipelinePushes", environment, accounts[:1], PUSH, push),
            deny("DenyOthersPush", PUSH, push),
        ]
    return document(*statements)


def own(environment: Environment, resource: str) -> list[str]:
    """ARN of something of the registry's account in IAM."""
    return [f"arn:{environment.partition}:iam::{environment.account_id}:{resource}"]


def allow(
    sid: str, environment: Environment, accounts: Sequence[str], actions: Sequence[str], who: Sequence[str]
) -> Statement:
    """Roles of these accounts may. In a repository's policy, no resource is the repository itself."""
    roots = [f"arn:{environment.partition}:iam::{account}:root" for account in accounts]
    return Statement(
        sid=sid,
        principals={"AWS": roots},
        actions=list(actions),
        conditions={"ArnLike": {"aws:PrincipalArn": list(who)}},
    )


def deny(sid: str, actions: Sequence[str], who: Sequence[str]) -> Statement:
    """Nobody else may."""
    return Statement(
        sid=sid,
        effect="Deny",
        principals=ANY,
        actions=list(actions),
        conditions={"ArnNotLike": {"aws:PrincipalArn": list(who)}},
    )


def pull_statements(repositories: Sequence[str], cached: Sequence[str]) -> list[Statement]:
    """What a node's role needs: the services' images, and public ones through the cache; both as ARNs."""
    statements = [log_in(), Statement(sid="PullImages", actions=list(PULL), resources=[*repositories, *cached])]
    if cached:
        statements.append(Statement(sid="FillCache", actions=list(CACHE), resources=list(cached)))
    return statements


def push_statements(repositories: Sequence[str]) -> list[Statement]:
    """What the pipeline's role needs: to push, and to look at what is there and what a scan found."""
    return [
        log_in(),
        Statement(
            sid="PushImages",
            actions=[*PULL, *PUSH, "ecr:DescribeImageScanFindings", "ecr:DescribeImages", "ecr:ListImages"],
            resources=list(repositories),
        ),
    ]


def log_in() -> Statement:
    """The token with which a client logs in to the registry; it opens nothing by itself."""
    return Statement(
        sid="LogIn",
        actions=["ecr:GetAuthorizationToken"],
        resources=[ANY],
        allow_any="the token is the caller's, not a repository's; the action takes no narrower resource",
    )


def lifecycle_policy(settings: Images) -> str:
    """Which images are deleted: an image is judged by the first rule that it matches, and by no later one.

    Releases match a rule that never deletes, one for each prefix: a rule with several wants all of them on one image.
    """
    kept = [
        (f"releases ({prefix}) for good", {"tagStatus": "tagged", "tagPrefixList": [prefix], **latest(FOR_GOOD)})
        for prefix in settings.release_prefixes
    ]
    untagged = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": settings.untagged_days}
    rules = [
        *kept,
        (f"untagged for {settings.untagged_days} days", {"tagStatus": "untagged", **untagged}),
        (
            f"the latest {settings.keep_images}",
            {"tagStatus": "tagged", "tagPatternList": [ANY], **latest(settings.keep_images)},
        ),
    ]
    return json.dumps(
        {
            "rules": [
                {"rulePriority": priority, "description": text, "selection": selection, "action": {"type": "expire"}}
                for priority, (text, selection) in enumerate(rules, 1)
            ]
        }
    )


def latest(number: int) -> dict[str, Any]:
    """All but the newest ones."""
    return {"countType": "imageCountMoreThan", "countNumber": number}
