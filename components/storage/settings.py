"""``smile:storage``: the buckets, how long they keep what, and what can't be deleted from them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from components.core.settings.field import About, Section, one_of, setting, switch

Purpose = Literal["assets", "documents", "backups", "logs", "firewall-logs", "access-logs", "audit", "archive"]
LockMode = Literal["none", "governance", "compliance"]
StorageClass = Literal["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
STORAGE_CLASSES: tuple[StorageClass, ...] = get_args(StorageClass)
"""From warm to cold: S3 moves objects in this direction only."""
NAME_ROOT = "smile5"
"""What bucket names begin with."""
FIREWALL_LOGS = "aws-waf-logs-"
"""What the name of a bucket must begin with before AWS delivers a web ACL's log there."""
SEVEN_YEARS = 2557
"""Days, leap years included."""
LONGEST_RETENTION = 36500
"""Days that Object Lock takes at most."""

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
TAKEN_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
TAKEN_SUFFIXES = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3", "-an")
BUCKET_NAMES = (
    "3 to 63 lower-case letters, digits and '-', first and last a letter or digit, not beginning with "
    f"{', '.join(TAKEN_PREFIXES)} nor ending with {', '.join(TAKEN_SUFFIXES)}"
)
ORIGIN = r"^https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:[1-9][0-9]{0,4})?$"


def bucket_name(name: str) -> str:
    """Let a bucket name pass that S3 takes, and that TLS certificates cover: a dot would make them fail.

    Raises:
        ValueError: says what is wrong with it.
    """
    if not BUCKET_NAME.fullmatch(name):
        raise ValueError("not a bucket name")
    for reserved in (*TAKEN_PREFIXES, *TAKEN_SUFFIXES):
        if name.startswith(reserved) if reserved in TAKEN_PREFIXES else name.endswith(reserved):
            raise ValueError(f"AWS keeps {reserved} for itself")
    return name


BucketName = Annotated[str, AfterValidator(bucket_name)]
Origin = Annotated[str, StringConstraints(max_length=255, pattern=ORIGIN)]
Tiers = dict[StorageClass, int]
"""Storage class -> age in days at which objects move there."""


def tiers(default: Tiers, doc: str) -> Tiers:
    """Declare when objects move to colder storage."""
    valid = f"ages in days by {', '.join(STORAGE_CLASSES)}, rising in this order"
    return setting(default, doc, About(unit="days", valid=valid))


class ObjectLock(Section):
    """Retention of the audit and archive buckets that nobody can shorten."""

    mode: LockMode = setting(
        "governance",
        "governance: a change of the bucket's policy must come first; compliance: never, by nobody; none: dev only",
        one_of(get_args(LockMode)),
    )
    approval: str = setting(
        "",
        "the written approval of compliance mode, which can't be undone: its reference",
        About(valid="up to 200 characters, such as the number and date of a decision"),
        max_length=200,
    )


class Storage(Section):
    """The buckets of one stack."""

    names: dict[Purpose, BucketName] = setting(
        {},
        f"exact names by purpose; {NAME_ROOT}-PURPOSE-STACK-ACCOUNT where there is none",
        About(valid=f"{', '.join(PURPOSES)} -> {BUCKET_NAMES}"),
    )
    cors_origins: tuple[Origin, ...] = setting(
        (),
        "web front ends that may upload and download documents from the browser",
        About(valid="https:// and a host name, such as https://app.example.org; never *"),
        max_length=100,
    )
    log_tiers: Tiers = tiers({"GLACIER": 30, "DEEP_ARCHIVE": 120}, "logs, audit records and the archive")
    backup_tiers: Tiers = tiers({"DEEP_ARCHIVE": 30}, "exports and dumps in the backups bucket")
    retention_days: int = setting(
        SEVEN_YEARS,
        "how long logs, backups, audit records and the archive are kept",
        About(
            unit="days",
            valid=f"{SEVEN_YEARS} to {LONGEST_RETENTION}; fewer in dev only",
        ),
        ge=1,
        le=LONGEST_RETENTION,
    )
    noncurrent_days: int = setting(
        30,
        "how long a replaced or deleted version can be brought back",
        About(unit="days", valid="1 to 365"),
        ge=1,
        le=365,
    )
    abort_upload_days: int = setting(
        7,
        "after which an upload that was never finished is dropped",
        About(unit="days", valid="1 to 30"),
        ge=1,
        le=30,
    )
    documents_alarm_tb: float = setting(
        5.0,
        "an alarm tells when the documents take more: the planned volume",
        About(unit="TB", valid="0.001 to 5000"),
        ge=0.001,
        le=5000,
    )
    object_lock: ObjectLock = ObjectLock()
    account_public_access_block: bool = switch(
        "no bucket of the AWS account can be made public; on in one stack of each account", on=True
    )

    def name(self, purpose: Purpose, stack: str, account_id: str) -> str:
        """The bucket's name, such as ``smile5-documents-prod-123456789012``."""
        named = f"{FIREWALL_LOGS}{NAME_ROOT}" if purpose == "firewall-logs" else f"{NAME_ROOT}-{purpose}"
        return self.names.get(purpose, f"{named}-{stack}-{account_id}")
