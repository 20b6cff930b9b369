"""The EC2 instance types that Jakarta offers, and which of them have x86-64 processors."""

from __future__ import annotations

import re

SIZES = {
    "c5 c5d": "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge",
    "c5n": "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge",
    "c6g c6gd c6gn c7g c7gd m6g m6gd m7g r6g r6gd r7g r7gd": "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge "
    "16xlarge",
    "c6in i4i m6i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
    "c7i-flex": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "c7i i7i i8g m7i r7i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
    "c8g c8gn m8g r8g r8gd": "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
    "d3en": "xlarge 2xlarge 4xlarge 6xlarge 8xlarge 12xlarge",
    "g5": "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
    "g7e": "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge",
    "i3": "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge",
    "i3en": "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 24xlarge",
    "i7ie": "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 18xlarge 24xlarge 48xlarge",
    "m5 m5d r5 r5d": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
    "m7i-flex": "large xlarge 2xlarge 4xlarge 8xlarge",
    "p5": "4xlarge 48xlarge",
    "p5en p6-b300": "48xlarge",
    "t3 t4g": "nano micro small medium large xlarge 2xlarge",
    "u-6tb1": "56xlarge 112xlarge",
    "u7i-6tb": "112xlarge",
    "x2idn": "16xlarge 24xlarge 32xlarge",
    "x2iedn": "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge",
}
"""Families and sizes, without whole machines, as cfn-lint carries them from AWS (tested)."""
TYPES = frozenset(f"{family}.{size}" for of in SIZES for family in of.split() for size in SIZES[of].split())
_ARM = re.compile(r"[a-z]+\d+g[a-z]*")
"""Families of Graviton processors: a ``g`` after the generation
(https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html)."""


def is_x86(instance_type: str) -> bool:
    """Whether its processors run what is built for x86-64."""
    return not _ARM.fullmatch(instance_type.partition(".")[0])
