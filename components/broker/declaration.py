"""What is declared in a broker, kept as the settings have it: a function that the program calls after each change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import lambda_

from components.broker.broker import Broker
from components.core.context import StackContext
from components.core.iam import Statement
from components.encryption.grants import DECRYPT
from components.functions.function import Function, FunctionArgs, Placement
from components.secrets.secret import key_statement

TIMEOUT_SECONDS = 600
"""A broker that has just been made answers after some minutes."""


@dataclass(frozen=True, kw_only=True)
class DeclarationArgs:
    """What the declaration needs.

    Attributes:
        context: what its function needs.
        broker: in which is declared what its settings say.
        placement: from where its management API and Secrets Manager are reached.
    """

    context: StackContext
    broker: Broker
    placement: Placement


class Declaration(pulumi.ComponentResource):
    """The function, and a call of it for each document that the settings make; a run of the program fails with it.

    Attributes:
        function: that declares.
    """

    function: Function

    def __init__(self, name: str, args: DeclarationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:broker:Declaration", name, None, opts)
        broker, child = args.broker, pulumi.ResourceOptions(parent=self)
        login = [broker.secret.arn_pattern]
        self.function = Function(
            name,
            FunctionArgs(
                context=args.context,
                component="broker",
                data_class="confidential",
                description="Declares exchanges and queues in RabbitMQ",
                code="rabbitmq_definitions",
                statements=[
                    Statement(sid="ReadBrokerLogin", actions=["secretsmanager:GetSecretValue"], resources=login),
                    replace(key_statement(args.context, DECRYPT, login), sid="DecryptBrokerLogin"),
                ],
                environment={"LOGIN": broker.secret.physical_name, "URL": broker.console_url},
                timeout_seconds=TIMEOUT_SECONDS,
                placement=args.placement,
            ),
            child,
        )
        lambda_.Invocation(
            name,
            function_name=self.function.name,
            input=f'{{"definitions":{broker.definitions}}}',
            # Another document is another call; so is another version of the login's broker.
            triggers={"definitions": digest(broker.definitions), "broker": broker.arn},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.function, broker]),
        )
        self.register_outputs({"functionName": self.function.name})


def digest(document: str) -> str:
    """The same for the same document, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(json.loads(document), sort_keys=True).encode()).hexdigest()
