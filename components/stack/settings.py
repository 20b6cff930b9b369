"""Settings that every program has: its account, its keys, what is protected, who gets alarms."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.protection import Protection
from components.core.settings.field import About, setting
from components.core.settings.finding import Finding
from components.core.settings.load import StackSettings
from components.core.settings.section import Section
from components.core.tags import Tags
from components.encryption.settings import Encryption
from components.network.findings import network_findings
from components.network.settings import Network
from components.observability.settings import Observability
from components.storage.findings import OF_OBJECTS, keys_fit
from components.storage.settings import Storage

EXAMPLE_ACCOUNTS = ("123456789012", "111122223333", "444455556666", "555566667777")
"""Of the examples in AWS's API references (EC2, IAM, Organizations, S3). No credentials lead there, so a stack that
keeps one can't change anything. The last is no stack's."""


class Account(Section):
    """The AWS account of the stack."""

    id: str = setting(
        ...,
        "the only account that the program may touch, and that of no other stack",
        About(valid='12 digits in quotes, such as "555566667777"', example=EXAMPLE_ACCOUNTS[-1]),
        pattern=r"^[0-9]{12}$",
    )

    @property
    def is_example(self) -> bool:
        """Whether the real account id is still to be written into the stack's file."""
        return self.id in EXAMPLE_ACCOUNTS


class ProgramSettings(StackSettings):
    """``PROJECT:SECTION`` in Pulumi.STACK.yaml; a program adds the sections of the components that it uses."""

    account: Account
    encryption: Encryption = Encryption()
    tags: Tags = Tags()
    protection: Protection = Protection()
    observability: Observability = Observability()

    @property
    def is_production(self) -> bool:
        """Whether people depend on this stack; a program that has such stacks says which they are."""
        return False

    @property
    def fewest_zones(self) -> int:
        """In how many Availability Zones the stack is at least: one fails as a whole."""
        return 2 if self.is_production else 1

    def findings(self, region: str) -> Iterator[Finding]:
        """What would end a preview half-way, or leave people without anybody who is told."""
        network, storage = getattr(self, "network", None), getattr(self, "storage", None)
        if isinstance(network, Network):
            yield from network_findings(network, region, self.fewest_zones)
        if isinstance(storage, Storage):
            yield from keys_fit(storage, getattr(self, "keys", OF_OBJECTS))
        if self.is_production and not self.observability.recipients.critical:
            path, what = ("observability", "recipients", "critical"), "got nobody: critical alarms would go unread"
            yield Finding(path, what, "an e-mail address or more in production, such as on-call@example.org")
