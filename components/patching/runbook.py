"""An Automation runbook: a document of our own, the role of its steps, and what others need to start it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssm

from components.core.environment import Environment
from components.core.iam import Statement
from components.core.service_role import LONGEST_ROLE, ServiceRole, ServiceRoleArgs
from components.patching.documents import Document


@dataclass(frozen=True, kw_only=True)
class RunbookArgs:
    """What a runbook needs.

    Attributes:
        document: makes its content of the ARN of its role.
        description: of the work that its role does.
        statements: what its steps call.
    """

    environment: Environment
    document: Callable[[str], Document]
    description: str
    statements: Sequence[Statement]


class Runbook(pulumi.ComponentResource):
    """The document and its role.

    Attributes:
        document_name: in Systems Manager, such as ``acme-prod-update-nodes``.
    """

    document_name: str

    def __init__(self, name: str, args: RunbookArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:patching:Runbook", name, None, opts)
        self.environment = environment = args.environment
        self.document_name = environment.physical_name(name, 128)
        self.role_arn = environment.iam_arn(f"role/{environment.physical_name(name, LONGEST_ROLE)}")
        tags = environment.tags(component="patching", data_class="internal")(
            self.document_name.removeprefix(f"{environment.prefix}-")
        )
        role = ServiceRole(
            name,
            ServiceRoleArgs(
                environment=environment,
                service="ssm.amazonaws.com",
                source_arn=environment.arn("ssm", "automation-execution/*"),
                description=args.description,
                statements=args.statements,
                tags=tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        ssm.Document(
            name,
            name=self.document_name,
            document_type="Automation",
            document_format="JSON",
            # The ARN is known before the role is, so that a preview shows the content.
            content=json.dumps(args.document(self.role_arn)),
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.register_outputs({"documentName": self.document_name})

    def starting(self) -> list[Statement]:
        """What a role needs to start it and to see how it ends."""
        environment = self.environment
        return [
            Statement(
                sid="StartRunbook",
                actions=["ssm:StartAutomationExecution"],
                resources=[environment.arn("ssm", f"automation-definition/{self.document_name}:*")],
            ),
            Statement(
                sid="PassRoleToRunbook",
                actions=["iam:PassRole"],
                resources=[self.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
            ),
        ]
