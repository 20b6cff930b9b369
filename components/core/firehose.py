"""What every delivery by Firehose to a bucket has in common: who takes on its role, and what the role may do."""

from __future__ import annotations

from components.core.environment import Environment
from components.core.iam import Statement

SERVICE = "firehose.amazonaws.com"
WRITE = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
LOOK = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
"""All of https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html"""


def trust(environment: Environment) -> Statement:
    """Firehose names no source as it takes on a role, but the account whose delivery it is, as the external id."""
    return Statement(
        sid="FirehoseForThisAccount",
        actions=["sts:AssumeRole"],
        principals={"Service": SERVICE},
        conditions={"StringEquals": {"sts:ExternalId": environment.account_id}},
    )
