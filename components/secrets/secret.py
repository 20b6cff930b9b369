"""One secret: made without a value, encrypted with a key of the platform's own, for this account only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import secretsmanager

from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement, document
from components.core.resource_policy import deny_other_accounts, deny_plain_transport
from components.encryption.grants import grant_key

ACTIONS = ["secretsmanager:*"]


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """What a secret needs.

    Attributes:
        context: key ``secrets``, protection.
        path: its name after the stack's, such as ``mysql/application``.
        description: of what it is.
        recovery_days: how long it can be restored once deleted, 7 to 30.
        tags: of the secret.
    """

    context: StackContext
    path: str
    description: str
    recovery_days: int
    tags: Mapping[str, str]


class Secret(pulumi.ComponentResource):
    """A secret without a value, and its policy. Who fills it is no part of the program: no value is in its state.

    Attributes:
        arn: of the secret.
        path: its name after the stack's.
        physical_name: such as ``acme-prod/mysql/application``.
        arn_pattern: its ARN before it is there, but for the six characters that AWS adds.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:secrets:Secret", name, None, opts)
        environment = args.context.environment
        self.path = args.path
        self.physical_name = f"{environment.prefix}/{args.path}"
        self.arn_pattern = arn_pattern(environment, args.path)
        secret = secretsmanager.Secret(
            name,
            name=self.physical_name,
            description=args.description,
            kms_key_id=args.context.keys["secrets"],
            recovery_window_in_days=args.recovery_days,
            tags=args.tags,
            opts=args.context.stateful(self),
        )
        secretsmanager.SecretPolicy(
            name,
            secret_arn=secret.arn,
            policy=document(
                deny_plain_transport(ACTIONS, [self.arn_pattern]),
                deny_other_accounts(environment, ACTIONS, [self.arn_pattern]),
            ),
            block_public_policy=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = secret.arn
        self.register_outputs({"arn": self.arn})


def arn_pattern(environment: Environment, path: str) -> str:
    """What matches the ARN of one secret, and of no other whose name begins alike."""
    return environment.arn("secretsmanager", f"secret:{environment.prefix}/{path}-??????")


def key_statement(context: StackContext, actions: Sequence[str], arns: Sequence[pulumi.Input[str]]) -> Statement:
    """The use of the secrets' key, through Secrets Manager and for these secrets alone."""
    return grant_key(
        context,
        ["secrets"],
        "secretsmanager",
        sid="UseKeyOfSecrets",
        actions=actions,
        like={"kms:EncryptionContext:SecretARN": list(arns)},
    )
