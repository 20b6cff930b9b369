"""Settings of buckets: what each is for, how long they keep what, and what can't be deleted from them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from components.core.data_class import DataClass
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.storage.transitions import STORAGE_CLASSES, Transitions, earliest_ages

Delivery = Literal[
    "flow_logs",
    "dns_queries",
    "distribution_logs",
    "web_acl_logs",
    "trails",
    "configuration_history",
    "s3_access_logs",
    "load_balancer_logs",
]
"""What AWS puts into a bucket by itself."""
Retention = Literal["forever", "logs", "backups", "lake", "temporary"]
Locked = Literal["none", "all", "by_writers"]
LockMode = Literal["none", "governance", "compliance"]

SSE_S3 = "SSE-S3"
"""Instead of a key's name: encrypted with a key of S3's own, which some log deliveries of AWS insist on."""
WEB_ACL_LOGS = "aws-waf-logs-"
"""What the name of a bucket must begin with before AWS delivers a web ACL's log there."""
SEVEN_YEARS = 2557
"""Days, leap years included."""
LONGEST_RETENTION = 36500
"""Days that Object Lock takes at most."""
FEWEST_DAYS = 8
"""Less than a week and a day, and what is gone is gone before anybody missed it."""

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
    if name and not BUCKET_NAME.fullmatch(name):
        raise ValueError("not a bucket name")
    for reserved in (*TAKEN_PREFIXES, *TAKEN_SUFFIXES):
        if name.startswith(reserved) if reserved in TAKEN_PREFIXES else name.endswith(reserved):
            raise ValueError(f"AWS keeps {reserved} for itself")
    return name


BUCKET = r"^[a-z0-9]+(-[a-z0-9]+)*$"
BucketRole = Annotated[str, StringConstraints(max_length=40, pattern=BUCKET)]
BucketName = Annotated[str, AfterValidator(bucket_name)]
Origin = Annotated[str, StringConstraints(max_length=255, pattern=ORIGIN)]


def transitions(default: Transitions, doc: str) -> Transitions:
    """Declare when objects move to colder storage."""
    valid = f"ages in days by {', '.join(STORAGE_CLASSES)}, rising in this order"
    return setting(default, doc, About(unit="days", valid=valid))


class ObjectLock(Section):
    """Retention of buckets with a lock, which nobody can shorten."""

    mode: LockMode = setting(
        "governance",
        "governance: a change of the bucket's policy must come first; compliance: never, by nobody; none: without one",
        one_of(get_args(LockMode)),
    )
    approval: str = setting(
        "",
        "the written approval of compliance mode, which can't be undone: its reference",
        About(valid="up to 200 characters, such as the number and date of a decision"),
        max_length=200,
    )


class BucketUse(Section):
    """One bucket: what it is for decides who gets in and how long it keeps what."""

    holds: str = setting(
        ...,
        "what is in it, in words",
        About(valid="a sentence fragment, such as users' documents", example="documents"),
        min_length=1,
        max_length=200,
    )
    data_class: DataClass = setting(
        ...,
        "how sensitive that is",
        About(valid=", ".join(get_args(DataClass)), choices=get_args(DataClass), example="personal"),
    )
    key: str = setting(
        ...,
        "the encryption key of the stack that encrypts it",
        About(valid=f"the name of a key, such as objects; {SSE_S3} for a key of S3's own", example=SSE_S3),
        min_length=1,
    )
    name: BucketName = setting(
        "",
        "its exact name; without it NAME_ROOT-BUCKET-STACK-ACCOUNT",
        About(
            valid=BUCKET_NAMES,
            source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
        ),
    )
    retention: Retention = setting(
        "forever",
        "forever; moved and deleted as log_, backup_ or lake_transitions and retention_days say; or deleted after "
        "temporary_days",
        one_of(get_args(Retention)),
    )
    transitions: Transitions = transitions(
        {}, "of a bucket with retention: forever; besides STANDARD_IA, GLACIER_IR alone is read at once"
    )
    lock: Locked = setting(
        "none",
        "which objects nobody can delete before their time: none, all, or those that whoever writes says",
        one_of(get_args(Locked)),
    )
    deliveries: tuple[Delivery, ...] = setting((), "what AWS delivers to it by itself", one_of(get_args(Delivery)))
    services: bool = switch("services and functions may use it, each as far as its own entry says", on=False)
    cors: bool = switch("web front ends upload and download with presigned links from the browser", on=False)
    backup: Literal["", "daily"] = setting(
        "", "AWS Backup copies what has this as its tag Backup", About(valid="daily, or nothing", choices=("daily",))
    )
    alarm_tb: float | None = setting(
        None,
        "raises an alarm when it takes more: the planned volume; without it, none",
        About(unit="TB", valid="0.001 to 5000"),
        ge=0.001,
        le=5000,
    )

    @field_validator("transitions")
    @classmethod
    def objects_get_colder(cls, tiers: Transitions, info: ValidationInfo) -> Transitions:
        """Let ages pass at which S3 moves objects, from warm to cold.

        Raises:
            ValueError: names the first that S3 refuses, or the retention that says already where objects go.
        """
        retention = info.data.get("retention", "forever")
        if tiers and retention != "forever":
            raise ValueError(f"with retention: {retention}, which has its own")
        for storage_class, least, age in earliest_ages(tiers):
            if age < least:
                raise ValueError(f"{storage_class}: {age}, before {least}")
        return tiers


class Storage(Section):
    """The buckets of one stack."""

    buckets: dict[BucketRole, BucketUse] = setting(
        {},
        "name -> bucket: an entry is a bucket",
        About(valid="names of up to 40 lower-case letters and digits, in words joined by '-'"),
    )
    name_root: str = setting(
        "",
        "what buckets' names begin with, which no other account in the world may have; without it the project's name",
        About(valid="up to 20 lower-case letters, digits and '-', or nothing"),
        pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$",
        max_length=20,
    )
    cors_origins: tuple[Origin, ...] = setting(
        (),
        "web front ends that may use buckets with cors from the browser",
        About(valid="https:// and a host name, such as https://app.example.org; never *"),
        max_length=100,
    )
    log_transitions: Transitions = transitions({"GLACIER": 30, "DEEP_ARCHIVE": 120}, "of buckets with retention: logs")
    backup_transitions: Transitions = transitions({"DEEP_ARCHIVE": 30}, "of buckets with retention: backups")
    lake_transitions: Transitions = transitions(
        {"GLACIER_IR": 90},
        "of buckets with retention: lake, whose objects are read at once in every class but the last two",
    )
    retention_days: int = setting(
        SEVEN_YEARS,
        "how long buckets with retention: logs, backups or lake keep what",
        About(unit="days", valid=f"{FEWEST_DAYS} to {LONGEST_RETENTION}"),
        ge=FEWEST_DAYS,
        le=LONGEST_RETENTION,
    )
    temporary_days: int = setting(
        30,
        "how long buckets with retention: temporary keep what",
        About(unit="days", valid=f"{FEWEST_DAYS} to 365"),
        ge=FEWEST_DAYS,
        le=365,
    )
    noncurrent_days: int = setting(
        30,
        "how long a replaced or deleted version can be brought back",
        About(unit="days", valid=f"{FEWEST_DAYS} to 365"),
        ge=FEWEST_DAYS,
        le=365,
    )
    abort_upload_days: int = setting(
        7,
        "after which an upload that was never finished is dropped",
        About(unit="days", valid="1 to 30"),
        ge=1,
        le=30,
    )
    object_lock: ObjectLock = ObjectLock()
    account_public_access_block: bool = switch(
        "no bucket of the AWS account can be made public; on in one stack of each account", on=True
    )

    @field_validator("buckets")
    @classmethod
    def access_logs_go_to_one_bucket(cls, buckets: dict[str, BucketUse]) -> dict[str, BucketUse]:
        """Let buckets pass of which one at most is for the requests to the others.

        Raises:
            ValueError: several are.
        """
        several = [name for name, use in buckets.items() if "s3_access_logs" in use.deliveries]
        if len(several) > 1:
            raise ValueError(f"{' and '.join(several)} both take s3_access_logs, which one bucket does for all")
        return buckets

    @property
    def of_services(self) -> list[str]:
        """The buckets that services and functions may use; the others are AWS's, the pipeline's and the operators'."""
        return [name for name, use in self.buckets.items() if use.services]

    @property
    def access_logs(self) -> str | None:
        """The bucket that requests to the others are logged in."""
        return next((name for name, use in self.buckets.items() if "s3_access_logs" in use.deliveries), None)

    @property
    def without_data_events(self) -> list[str]:
        """The buckets whose objects nobody asks after: public assets, and logs that AWS delivers by the minute.

        Those with the trail's own records aren't among them.
        """
        return [
            name
            for name, use in self.buckets.items()
            if use.data_class == "internal" or (use.deliveries and "trails" not in use.deliveries)
        ]

    def root(self, project: str) -> str:
        """What buckets' names begin with."""
        return self.name_root or project

    def name(self, bucket: str, *, project: str, stack: str, account_id: str) -> str:
        """A bucket's name, such as ``acme-documents-prod-123456789012``."""
        use, root = self.buckets[bucket], self.root(project)
        named = f"{WEB_ACL_LOGS}{root}" if "web_acl_logs" in use.deliveries else f"{root}-{bucket}"
        return use.name or f"{named}-{stack}-{account_id}"
