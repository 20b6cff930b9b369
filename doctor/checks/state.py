"""The bucket with Pulumi's state and its key, and the names of the stack's own buckets."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from doctor.account import Account
from doctor.refusals import FORBIDDEN, code_of
from doctor.result import Check, Result

NOT_THERE = frozenset({"404", "NoSuchBucket", "NotFound"})


def state(account: Account) -> Iterator[Result]:
    """The bucket of the state is there, in the Region, with versions and its key."""
    bucket, s3 = account.state.bucket, account.client("s3")
    bootstrap = account.bootstrap
    own = {"Bucket": bucket, "ExpectedBucketOwner": account.id}
    try:
        region = s3.head_bucket(**own)["BucketRegion"]
    except ClientError as error:
        if code_of(error) not in NOT_THERE:
            raise
        yield Result(
            subject=bucket,
            found="not there",
            needed="the bucket of Pulumi's state",
            fix=bootstrap,
        )
        return
    yield Result(
        subject=bucket,
        found=f"in {region}",
        needed=f"in {account.region}",
        fix="another account: a bucket doesn't move",
    ).unless(region == account.region)
    versions = s3.get_bucket_versioning(**own).get("Status", "never enabled")
    yield Result(
        subject=f"versions of {bucket}",
        found=versions.lower(),
        needed="enabled: a damaged state comes back from them",
        fix=f"aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled",
    ).unless(versions == "Enabled")
    rules = s3.get_bucket_encryption(**own)["ServerSideEncryptionConfiguration"]["Rules"]
    methods = [rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules]
    yield Result(
        subject=f"encryption of {bucket}",
        found=", ".join(methods),
        needed=f"aws:kms with {account.state.key}",
        fix=bootstrap,
        verdict="warning",
    ).unless("aws:kms" in methods)


def key(account: Account) -> Iterator[Result]:
    """The key of the state's secrets is there, enabled, and rotates."""
    kms, alias = account.client("kms"), account.state.key
    try:
        about = kms.describe_key(KeyId=alias)["KeyMetadata"]
    except ClientError as error:
        if code_of(error) != "NotFoundException":
            raise
        yield Result(
            subject=alias,
            found="not there",
            needed="the key of the state's secrets",
            fix=account.bootstrap,
        )
        return
    yield Result(
        subject=alias,
        found=about["KeyState"],
        needed="Enabled",
        fix=f"aws kms cancel-key-deletion or enable-key --key-id {about['KeyId']}: without it no secret is read again",
    ).unless(about["KeyState"] == "Enabled")
    rotates = kms.get_key_rotation_status(KeyId=about["KeyId"])["KeyRotationEnabled"]
    yield Result(
        subject=f"rotation of {alias}",
        found="on" if rotates else "off",
        needed="on",
        fix=f"aws kms enable-key-rotation --key-id {about['KeyId']}",
        verdict="warning",
    ).unless(rotates)


def bucket_names(account: Account) -> Iterator[Result]:
    """The name of each bucket is free, or the bucket is the account's."""
    s3, storage, where = account.client("s3"), account.settings.storage, account.environment
    own = {each["Name"] for each in s3.list_buckets()["Buckets"]}
    for purpose in storage.buckets:
        name = storage.name(purpose, project=where.project, stack=where.name, account_id=where.account_id)
        found = "the account's" if name in own else "free" if is_free(account, name) else "somebody else's"
        yield Result(
            subject=f"bucket {name}",
            found=found,
            needed="a name that nobody has",
            fix=f"another smile:storage.name_root, or smile:storage.buckets.{purpose}.name",
        ).unless(found != "somebody else's")


def is_free(account: Account, name: str) -> bool:
    """Whether no account has a bucket of that name; S3 answers 403, or a redirect, about another account's."""
    try:
        account.client("s3").head_bucket(Bucket=name)
    except ClientError as error:
        code = code_of(error)
        if code in NOT_THERE:
            return True
        if code not in FORBIDDEN | {"301", "PermanentRedirect", "400"}:
            raise
    return False


CHECKS = (
    Check(
        "state",
        state,
        ("s3:ListBucket", "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration"),
    ),
    Check("key of the state", key, ("kms:DescribeKey", "kms:GetKeyRotationStatus")),
    Check("bucket names", bucket_names, ("s3:ListAllMyBuckets", "s3:ListBucket"), reads=("storage.buckets",)),
)
