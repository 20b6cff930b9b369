"""A role that one AWS service takes on, for one kind of work, in this account only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.foundation.environment import Environment
from components.foundation.iam import Statement, document


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
        names_source: the service says for which account it acts. One that doesn't (Lambda, AWS Backup, RDS exports)
            would be locked out by the condition; it takes on only roles that somebody of this account may pass to it.
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
    """A role with one policy; a service acting for anybody else's resources can't take it on (confused deputy).

    Attributes:
        arn: of the role.
        name: of the role.
        role: itself, for components that take no ARN.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    role: iam.Role

    def __init__(self, name: str, args: ServiceRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("smile:iam:ServiceRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = role = iam.Role(
            name,
            description=args.description,
            assume_role_policy=document(args.trust) if args.trust else trust(args),
            tags=args.tags,
            opts=child,
        )
        if args.statements:
            policy = iam.Policy(
                name,
                description=args.description,
                policy=document(*args.statements),
                tags=args.tags,
                opts=child,
            )
            iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy.arn, opts=child)
        self.arn = role.arn
        self.name = role.name
        self.register_outputs({"arn": self.arn, "name": self.name})


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
