"""The standards of Security Hub that this library enables, and how their ARNs end.

ARNs are those of the provider's page of ``aws.securityhub.StandardsSubscription``
(https://www.pulumi.com/registry/packages/aws/api-docs/securityhub/standardssubscription/). Which controls of them a
Region lacks is https://docs.aws.amazon.com/securityhub/latest/userguide/regions-controls.html. Security Hub has newer
versions of the CIS benchmark; their ARNs are in no page that was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Standard = Literal["fsbp-1.0.0", "cis-3.0.0", "nist-800-53-5.0.0"]
STANDARDS: Mapping[Standard, str] = {
    "fsbp-1.0.0": "standards/aws-foundational-security-best-practices/v/1.0.0",
    "cis-3.0.0": "standards/cis-aws-foundations-benchmark/v/3.0.0",
    "nist-800-53-5.0.0": "standards/nist-800-53/v/5.0.0",
}
"""Name in the settings -> what follows the Region and the empty account in the ARN."""
