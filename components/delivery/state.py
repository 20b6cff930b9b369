"""Where Pulumi keeps the state of a program's stacks: a bucket and a key of the account's own, by names that follow."""

from __future__ import annotations

from dataclasses import dataclass

from components.core.environment import Environment


@dataclass(frozen=True)
class State:
    """The state of all stacks of a program in one account.

    Attributes:
        environment: of one of them.
    """

    environment: Environment

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return f"{self.environment.project}-state-{self.environment.account_id}"

    @property
    def log_bucket(self) -> str:
        """Name of the bucket that each request to it is logged in."""
        return f"{self.environment.project}-state-logs-{self.environment.account_id}"

    @property
    def key(self) -> str:
        """Alias of the KMS key of the secrets in it."""
        return f"alias/{self.environment.project}-state"

    @property
    def url(self) -> str:
        """As PULUMI_BACKEND_URL takes it."""
        return f"s3://{self.bucket}?region={self.environment.region}"
