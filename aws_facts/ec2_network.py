"""Network bandwidth that an instance of EC2 has at any time; smaller ones exceed it for minutes, on credits.

DescribeInstanceTypes has it as ``NetworkInfo.NetworkCards[].BaselineBandwidthInGbps``; the pages of each family
(https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html) as "Baseline / Burst bandwidth". These figures were read
in the table that Karpenter generates of those pages (aws/karpenter-provider-aws, zz_generated.bandwidth.go).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

BASELINE_MBPS: Mapping[str, int] = {
    "c5.large": 750,
    "c5.xlarge": 1250,
    "c5.2xlarge": 2500,
    "c5.4xlarge": 5000,
    "g5.xlarge": 2500,
    "g5.2xlarge": 5000,
    "g5.4xlarge": 10_000,
    "m5.large": 750,
    "m5.xlarge": 1250,
    "m5.2xlarge": 2500,
    "m5.4xlarge": 5000,
    "r5.large": 750,
    "r5.xlarge": 1250,
    "r5.2xlarge": 2500,
    "r5.4xlarge": 5000,
}
"""Instance type -> megabits a second."""
LEAST_MBPS = 750
"""What the table's smallest have; of a type that isn't in it, nothing better is known."""


def baseline_mbps(types: Iterable[str]) -> int:
    """What every one of these instance types has at any time, in megabits a second."""
    return min(BASELINE_MBPS.get(each, LEAST_MBPS) for each in types)
