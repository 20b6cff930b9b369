"""Rotation of passwords: a function that Secrets Manager calls, at once for the first value and then by schedule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import lambda_, secretsmanager

from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement
from components.encryption.grants import ENCRYPT
from components.functions.function import Function, FunctionArgs, Placement
from components.secrets.secret import Secret, key_statement

TIMEOUT_SECONDS = 300
"""Of a step, in which it may wait until every node of a cache knows a password."""


@dataclass(frozen=True, kw_only=True)
class RotationArgs:
    """What the rotation of one kind of password needs.

    Attributes:
        context: key ``secrets``, and what its function needs.
        kind: of the users, such as ``mysql``: the code is ``functions/rotate_KIND_user``.
        users: secret -> what the code must know of the user whose password it holds.
        server: where the users log in.
        packages: that go with the code, besides ``rotation``.
        placement: from where it reaches the server.
        days: between two rotations.
        reads: ARNs of other secrets that it needs.
        statements: what it may do besides.
    """

    context: StackContext
    kind: str
    users: Mapping[Secret, Mapping[str, Any]]
    server: Mapping[str, pulumi.Input[Any]]
    packages: Sequence[str]
    placement: Placement
    days: int
    reads: Sequence[pulumi.Input[str]] = ()
    statements: Sequence[Statement] = ()


class Rotation(pulumi.ComponentResource):
    """The function, the permission by which Secrets Manager calls it, and the schedule of each secret."""

    def __init__(self, name: str, args: RotationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:secrets:Rotation", name, None, opts)
        function = self.function(name, args)
        permission = lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function=function.name,
            principal="secretsmanager.amazonaws.com",
            source_account=args.context.environment.account_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        for secret in args.users:
            secretsmanager.SecretRotation(
                f"{name}-{secret.path.replace('/', '-')}",
                secret_id=secret.arn,
                rotation_lambda_arn=function.arn,
                rotation_rules={"automatically_after_days": args.days},
                rotate_immediately=True,  # it makes the first value
                opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, function]),
            )
        self.register_outputs({})

    def function(self, name: str, args: RotationArgs) -> Function:
        """The function; one step of each secret may run at once."""
        environment = args.context.environment
        return Function(
            name,
            FunctionArgs(
                context=args.context,
                component="secrets",
                data_class="confidential",
                description=f"Replaces the passwords of {args.kind} users",
                code=f"rotate_{args.kind}_user",
                packages=["rotation", *args.packages],
                environment={
                    "SERVER": pulumi.Output.json_dumps(args.server),
                    "USERS": json.dumps({secret.physical_name: user for secret, user in args.users.items()}),
                },
                statements=[*statements(args, function_arn(environment, name)), *args.statements],
                timeout_seconds=TIMEOUT_SECONDS,
                concurrency=len(args.users),
                placement=args.placement,
            ),
            pulumi.ResourceOptions(parent=self),
        )


def function_arn(environment: Environment, name: str) -> str:
    """The ARN of the function, before it is there."""
    return environment.arn("lambda", f"function:{environment.prefix}-{name.removeprefix(f'{environment.project}-')}")


def statements(args: RotationArgs, function: str) -> list[Statement]:
    """What the steps do with secrets: with those that name ``function`` as theirs, and no other."""
    own = [secret.arn_pattern for secret in args.users]
    rotate = Statement(
        sid="RotateSecrets",
        actions=[
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ],
        resources=own,
        conditions={"StringEquals": {"secretsmanager:resource/AllowRotationLambdaArn": function}},
    )
    read = Statement(sid="ReadSecrets", actions=["secretsmanager:GetSecretValue"], resources=args.reads)
    use_key = key_statement(args.context, ENCRYPT, [*own, *args.reads])
    return [rotate, *([read] if args.reads else []), use_key]
