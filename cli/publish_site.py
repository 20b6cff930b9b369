"""Where the front end is published: the assets bucket, and the distribution that serves it."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from cli.publish_build import INDEX, File, is_hashed
from cli.weights import ReleaseError
from components.edge.frontend_settings import Frontend
from settings.rules.storage import bucket_name
from settings.stack import Settings

AT_ONCE = 8
"""Requests to S3 at the same time."""
MOST_PATHS = 15
"""Above this all paths are invalidated as one: AWS charges for each beyond 1,000 a month."""
BROUGHT_BACK = "brought-back"
"""Metadata of a file: the version that it is a copy of."""
POLL_SECONDS, PATIENCE_SECONDS = 5, 15 * 60


@dataclass(frozen=True, kw_only=True)
class Version:
    """A file as it once was.

    Attributes:
        key: of the file.
        id: by which S3 knows the version.
        changed: when it was uploaded.
    """

    key: str
    id: str
    changed: datetime


@dataclass(frozen=True, kw_only=True)
class Site:
    """The bucket and the distribution of one stack.

    Attributes:
        bucket: name of the assets bucket.
        owner: the account that it must belong to.
        distribution: id of the distribution.
        s3, cloudfront: clients of boto3.
    """

    bucket: str
    owner: str
    distribution: str
    s3: Any
    cloudfront: Any

    def missing(self, files: Sequence[File]) -> list[File]:
        """The files that aren't there as they are.

        Raises:
            ReleaseError: one that browsers keep for long is there with other content.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            there = dict(zip(files, pool.map(self.headers, files), strict=True))
        new = [file for file, headers in there.items() if headers != (file.sha256, file.keep, file.type)]
        for file in new:
            if file.hashed and there[file][0] not in (None, file.sha256):
                raise ReleaseError(
                    f"{file.key}: is published with other content, and browsers keep it for long; "
                    "give it another name; nothing was changed"
                )
        return new

    def headers(self, file: File) -> tuple[str | None, str | None, str | None]:
        """Checksum, Cache-Control and type of what is there under a file's key; None of what isn't known."""
        from botocore.exceptions import ClientError

        try:
            found = self.s3.head_object(
                Bucket=self.bucket, Key=file.key, ChecksumMode="ENABLED", ExpectedBucketOwner=self.owner
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None, None, None
            raise
        return found.get("ChecksumSHA256"), found.get("CacheControl"), found.get("ContentType")

    def upload(self, files: Sequence[File]) -> None:
        """Upload files, in any order; S3 refuses what arrives damaged."""

        def put(file: File) -> None:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=file.key,
                Body=file.path.read_bytes(),
                ContentType=file.type,
                CacheControl=file.keep,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=file.sha256,
                ExpectedBucketOwner=self.owner,
            )

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(put, files))

    def before_last(self, frontend: Frontend) -> list[Version]:
        """The files that differ now from when the ``index.html`` before was published, as they were then; it last."""
        versions = defaultdict[str, list[Version]](list)  # the newest first
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, ExpectedBucketOwner=self.owner
        )
        for page in pages:
            for each in page.get("Versions", ()):
                if not is_hashed(each["Key"], frontend):
                    version = Version(key=each["Key"], id=each["VersionId"], changed=each["LastModified"])
                    versions[version.key].append(version)
        if len(versions[INDEX]) < 2:
            return []
        moment = versions[INDEX][1].changed
        earlier = [
            then
            for newest in versions.values()
            if (then := next((each for each in newest if each.changed <= moment), newest[0])) != newest[0]
        ]
        return sorted(earlier, key=lambda version: (version.key == INDEX, version.key))

    def is_brought_back(self) -> bool:
        """Whether the pages are those of an earlier build already."""
        return BROUGHT_BACK in self.s3.head_object(Bucket=self.bucket, Key=INDEX)["Metadata"]

    def restore(self, version: Version) -> None:
        """Make a version the current one, with the headers that it had."""
        source = {"Bucket": self.bucket, "Key": version.key, "VersionId": version.id}
        headers = self.s3.head_object(**source)
        self.s3.copy_object(
            Bucket=self.bucket,
            Key=version.key,
            CopySource=source,
            MetadataDirective="REPLACE",
            Metadata={BROUGHT_BACK: version.id},
            ContentType=headers["ContentType"],
            CacheControl=headers.get("CacheControl", "no-cache"),
            ChecksumAlgorithm="SHA256",
            ExpectedBucketOwner=self.owner,
            ExpectedSourceBucketOwner=self.owner,
        )

    def invalidate(self, keys: Sequence[str]) -> Iterator[int]:
        """Let the edges ask again, and wait; yields the seconds so far.

        Raises:
            ReleaseError: it takes too long.
        """
        paths = sorted({f"/{quote(key)}" for key in keys} | {"/"})
        paths = paths if len(paths) <= MOST_PATHS else ["/*"]
        batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": uuid.uuid4().hex}
        made = self.cloudfront.create_invalidation(DistributionId=self.distribution, InvalidationBatch=batch)
        identity = made["Invalidation"]["Id"]
        for seconds in range(0, PATIENCE_SECONDS, POLL_SECONDS):
            state = self.cloudfront.get_invalidation(DistributionId=self.distribution, Id=identity)
            if state["Invalidation"]["Status"] == "Completed":
                return
            yield seconds
            time.sleep(POLL_SECONDS)
        raise ReleaseError(
            f"invalidation {identity} isn't done after {PATIENCE_SECONDS // 60} minutes; the files are published, "
            "and edges keep pages for a second only"
        )


def find(settings: Settings, outputs: Mapping[str, Any]) -> Site:
    """The site of a stack, once it is sure that it is that stack's.

    Args:
        settings: of the stack.
        outputs: of the stack.

    Raises:
        ReleaseError: it isn't there, or another one's.
    """
    import boto3
    from botocore.exceptions import ClientError

    stack, account = settings.stack, settings.account
    bucket, distribution = outputs.get("bucket_names", {}).get("assets"), outputs.get("distribution_id")
    if not bucket or not distribution:
        raise ReleaseError(f"{stack} has no assets bucket and distribution yet: deploy it first; nothing was changed")
    named = bucket_name(settings, "assets")
    if bucket != named:
        raise ReleaseError(
            f"{stack} was deployed with bucket {bucket}, its settings say {named}: deploy it first; nothing was changed"
        )
    site = Site(
        bucket=bucket,
        owner=account.id,
        distribution=distribution,
        s3=boto3.client("s3", region_name=account.region),
        cloudfront=boto3.client("cloudfront"),
    )
    try:
        site.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account.id)
        origins = site.cloudfront.get_distribution_config(Id=distribution)["DistributionConfig"]["Origins"]["Items"]
    except ClientError as error:
        raise ReleaseError(
            f"bucket {bucket} or distribution {distribution} can't be reached in account {account.id}: {error}; "
            "nothing was changed"
        ) from error
    if not any(origin["DomainName"].startswith(f"{bucket}.s3.") for origin in origins):
        raise ReleaseError(f"distribution {distribution} doesn't serve bucket {bucket}; nothing was changed")
    return site
