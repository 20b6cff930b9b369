"""What the policy of a shared file system denies to every client, whatever else allows it."""

from __future__ import annotations

import pulumi

from components.core.iam import ANY, Statement, Values

MOUNT = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
ROOT = "elasticfilesystem:ClientRootAccess"
EVERY = [*MOUNT, ROOT]


def denials(file_system_arn: pulumi.Input[str]) -> list[Statement]:
    """The whole policy. It allows nothing, so that a client without IAM permissions of its own can't mount."""

    def deny(sid: str, actions: list[str], conditions: dict[str, dict[str, Values]] | None = None) -> Statement:
        return Statement(
            sid=sid,
            effect="Deny",
            principals=ANY,
            actions=actions,
            resources=[file_system_arn],
            conditions=conditions or {},
        )

    return [
        deny("DenyPlainTransport", EVERY, {"Bool": {"aws:SecureTransport": "false"}}),
        deny("DenyOutsideMountTargets", EVERY, {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}),
        deny("DenyWithoutAccessPoint", EVERY, {"Null": {"elasticfilesystem:AccessPointArn": "true"}}),
        deny("DenyRoot", [ROOT]),
    ]
