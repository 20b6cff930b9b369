"""A role that one AWS service takes on, for one kind of work, in this account only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import iam

from components.core.environment import Environment
from components.core.iam import Statement, document, holds_output
from components.core.policy_outline import OUTPUT, outline

LONGEST_ROLE, LONGEST_POLICY = 64, 128
"""Characters of a name in IAM."""


@dataclass(frozen=True, kw_only=True)
class ServiceRoleArgs:
    """What a service role needs.

    Attributes:
        environment: whose account the service must act for.
        service: the service principal, such as ``vpc-flow-logs.amazonaws.com``.
        source_arn: pattern of the ARNs on whose behalf the service may take on the role; None where the service names
            the account alone.
        description: of the work it does.
        statements: what it may do; without any, it has no policy.
        tags: of the role and its policy.
        names_source: the service says for which account it acts. One that doesn't (Lambda, AWS Backup, CloudTrail,
            RDS exports) would be locked out by the condition; it takes on only roles that somebody of this account may
            pass to it.
        trust: who may take on the role, where that is not the service for resources of this account.
    """

    environment: Environment
    service: str
    description: str
    statements: Sequence[Statement]
    tags: Mapping[str, str]
    source_arn: str | None = None
    names_source: bool = True
    trust: Statement | None = None


class ServiceRole(pulumi.ComponentResource):
    """A role with what it may do; a service acting for anybody else's resources can't take it on (confused deputy).

    Its statements stand in at most two policies: see `by_when_known`.

    Attributes:
        arn: of the role.
        name: of the role.
        role: itself, for components that take no ARN.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    role: iam.Role

    def __init__(self, name: str, args: ServiceRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:iam:ServiceRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = role = iam.Role(
            name,
            name=args.environment.physical_name(name, LONGEST_ROLE),
            description=args.description,
            assume_role_policy=document(args.trust) if args.trust else trust(args),
            permissions_boundary=args.environment.boundary,
            tags=args.tags,
            opts=child,
        )
        outlines: list[dict[str, Any]] = []
        for policy_name, statements in by_when_known(name, args.statements).items():
            policy = iam.Policy(
                policy_name,
                name=args.environment.physical_name(policy_name, LONGEST_POLICY),
                description=args.description,
                policy=document(*statements),
                tags=args.tags,
                opts=child,
            )
            outlines.append(outline(policy, "policy", statements))
            iam.RolePolicyAttachment(policy_name, role=role.name, policy_arn=policy.arn, opts=child)
        self.arn = role.arn
        self.name = role.name
        self.register_outputs({"arn": self.arn, "name": self.name, OUTPUT: outlines})


def by_when_known(name: str, statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Statements by the name of the policy that holds them; no policy is empty.

    A preview shows a document only if all of it is known. So whatever names an id that AWS makes up, such as a key's,
    waits for it in a document of its own.
    """
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        found.setdefault(f"{name}-by-id" if holds_output(statement.as_dict()) else name, []).append(statement)
    return found


def trust(args: ServiceRoleArgs) -> pulumi.Input[str]:
    """Who may take on the role: the service, for this account's own resources."""
    account = {"StringEquals": {"aws:SourceAccount": args.environment.account_id}}
    source = {"ArnLike": {"aws:SourceArn": args.source_arn}} if args.source_arn else {}
    return document(
        Statement(
            sid="ServiceForThisAccount",
            actions=["sts:AssumeRole"],
            principals={"Service": args.service},
            conditions=account | source if args.names_source else {},
        )
    )
