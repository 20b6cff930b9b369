"""What CloudFront knows and nobody else: the value of the header without which its origins refuse a request."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_random import RandomPassword

LENGTH = 40
"""Letters and digits, about 238 bits; an API key takes 20 to 128."""


class OriginSecret(pulumi.ComponentResource):
    """The value of a generation and of the one before, which stays valid until the next: a change locks nobody out.

    Attributes:
        current: the value that CloudFront sends; a secret.
        accepted: generation -> value, of those that origins take; secrets.
    """

    current: pulumi.Output[str]
    accepted: Mapping[int, pulumi.Output[str]]

    def __init__(self, name: str, generation: int, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:OriginSecret", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.accepted = {
            each: pulumi.Output.secret(
                RandomPassword(f"{name}-{each}", length=LENGTH, special=False, opts=child).result
            )
            for each in (generation, generation - 1)
        }
        self.current = self.accepted[generation]
        self.register_outputs({})
