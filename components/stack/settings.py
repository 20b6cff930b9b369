"""Settings that every program has: its account, its keys, what is protected, who gets alarms."""

from __future__ import annotations

from components.core.protection import Protection
from components.core.settings.field import About, setting
from components.core.settings.load import StackSettings
from components.core.settings.section import Section
from components.core.tags import Tags
from components.encryption.settings import Encryption
from components.observability.settings import Observability

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
