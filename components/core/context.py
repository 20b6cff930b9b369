"""What every component stands on: the environment, its keys, how it is protected, who is told when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.core.environment import Environment
from components.core.protection import Protection
from components.encryption.encryption_keys import DataKey
from components.observability.alarm_topics import Severity

if TYPE_CHECKING:
    from components.functions.code_signing import CodeSigning


@dataclass(frozen=True, kw_only=True)
class StackContext:
    """What the components of one stack share.

    Attributes:
        environment: account, Region, names and tags.
        keys: ARN of the KMS key of each class of data.
        protection: what keeps stateful resources from being deleted.
        log_retention_days: how long CloudWatch Logs keeps what they write.
        topics: ARN of the topic that each severity of alarm goes to.
        code_signing: signs the code of functions; None where it isn't signed.
    """

    environment: Environment
    keys: Mapping[DataKey, pulumi.Input[str]]
    protection: Protection
    log_retention_days: int
    topics: Mapping[Severity, pulumi.Input[str]]
    code_signing: CodeSigning | None = None

    def stateful(self, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a resource that holds data: kept from deletion as the stack says."""
        return pulumi.ResourceOptions(
            parent=parent, protect=self.protection.protect, retain_on_delete=self.protection.retain_on_delete
        )
