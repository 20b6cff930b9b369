"""How the code of functions is signed, as a value that every function is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class CodeSigning:
    """Where archives are signed, and by whom.

    Attributes:
        config_arn: of Lambda's code signing configuration: whose signatures are trusted.
        profile_name: of the profile of AWS Signer that signs.
        bucket: name of the bucket for archives, versioned.
        dependencies: what makes the bucket whole: an object from before it keeps versions has none.
    """

    config_arn: pulumi.Input[str]
    profile_name: str
    bucket: pulumi.Input[str]
    dependencies: Sequence[pulumi.Resource]
