"""Settings of backups: what is copied when, how long it is kept, and how that is proven to work."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.cron import CRON_VALID, DailyCron
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

RPO_MINUTES = 15
"""The most data that prod may lose."""
RTO_HOURS = 4
"""The longest that prod may be gone."""
KEPT_DAYS = 30
"""How long prod keeps its backups."""
ARCHIVED_DAYS = 2557
"""Seven years, leap days included."""
MOST_CONTINUOUS_DAYS = 35
"""The furthest back that AWS Backup can wind continuous backups."""
LEAST_COLD_DAYS = 90
"""What is moved to cold storage is paid for, and kept, that long at least."""
LONGEST_DAYS = 36_500
"""The longest retention that AWS Backup knows."""
SHORTEST_WINDOW = 60
"""Minutes: AWS Backup takes no shorter start window, nor a completion window that is longer by less."""

LATEST_START, LATEST_END = 1440, 10_080
"""Minutes: the longest windows."""

LockMode = Literal["governance", "compliance"]
RoleArn = Annotated[
    str, StringConstraints(max_length=600, pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@/_-]+$")
]


def days(*, least: int = 1, most: int = LONGEST_DAYS) -> About:
    """A number of days with its limits."""
    return About(unit="days", valid=f"{least} to {most}")


def cron() -> About:
    """A time of the day."""
    return About(valid=CRON_VALID)


class Daily(Section):
    """The daily backups of the database and the file system, and the continuous ones of the documents."""

    schedule: DailyCron = setting("cron(0 22 * * ? *)", "when the daily backups start", cron())
    retention_days: int = setting(KEPT_DAYS, "how long they are kept", days(), ge=1, le=LONGEST_DAYS)
    continuous: bool = switch(
        "the documents bucket can be wound back to any second; the database can by itself", on=True
    )
    continuous_days: int = setting(
        MOST_CONTINUOUS_DAYS,
        "how far back it can be wound",
        days(most=MOST_CONTINUOUS_DAYS),
        ge=1,
        le=MOST_CONTINUOUS_DAYS,
    )
    shortest_days: int = setting(KEPT_DAYS, "the vault refuses what is kept shorter", days(), ge=1, le=LONGEST_DAYS)
    longest_days: int = setting(
        MOST_CONTINUOUS_DAYS, "the vault refuses what is kept longer", days(), ge=1, le=LONGEST_DAYS
    )


class Monthly(Section):
    """A copy a month of databases, kept for longer than the daily ones."""

    enabled: bool = switch("a monthly copy in the vault of the daily ones, whose longest_days must allow it", on=False)
    schedule: DailyCron = setting("cron(0 0 1 * ? *)", "when it starts", cron())
    retention_days: int = setting(365, "how long it is kept: a year", days(), ge=1, le=LONGEST_DAYS)


class Archive(Section):
    """The monthly archive: the file system in a vault of its own, the database as Parquet in the backups bucket."""

    enabled: bool = switch("a monthly archive; always in prod", on=True)
    schedule: DailyCron = setting("cron(0 0 1 * ? *)", "when the file system's archive starts", cron())
    retention_days: int = setting(ARCHIVED_DAYS, "how long it is kept: seven years", days(), ge=1, le=LONGEST_DAYS)
    cold_after_days: int = setting(
        30,
        f"when it moves to cold storage, where it then stays for {LEAST_COLD_DAYS} days at least",
        days(most=LONGEST_DAYS - LEAST_COLD_DAYS),
        ge=1,
        le=LONGEST_DAYS - LEAST_COLD_DAYS,
    )
    shortest_days: int = setting(ARCHIVED_DAYS, "the vault refuses what is kept shorter", days(), ge=1, le=LONGEST_DAYS)
    longest_days: int = setting(3653, "the vault refuses what is kept longer: ten years", days(), ge=1, le=LONGEST_DAYS)
    export_schedule: DailyCron = setting(
        "cron(0 5 * * ? *)",
        "when it is checked that this month's database export exists; it is started, or once more, where it doesn't",
        cron(),
    )


class Lock(Section):
    """What keeps recovery points from being deleted before their time."""

    mode: LockMode = setting(
        "governance",
        "governance: roles with the permission can lift the lock; compliance: nobody can, ever, not even AWS",
        one_of(get_args(LockMode)),
    )
    approval: str = setting(
        "",
        "where the written approval of compliance mode is filed",
        About(valid="up to 200 characters, such as DPO-2026-014; needed with compliance"),
        max_length=200,
    )
    grace_days: int = setting(
        14,
        "how long compliance mode can still be taken back",
        days(least=3),
        ge=3,
        le=LONGEST_DAYS,
    )
    custodians: tuple[RoleArn, ...] = setting(
        (),
        "the roles that alone may change a vault's policy and lock, the deployment's among them; "
        "none: whoever the account's IAM policies allow",
        About(valid="ARNs of roles of this account, arn:aws:iam::ACCOUNT:role/NAME"),
    )


class RestoreTest(Section):
    """The monthly proof that backups can be restored."""

    enabled: bool = switch("a restore of the database and the files; always in prod", on=True)
    schedule: DailyCron = setting("cron(0 4 15 * ? *)", "when it starts", cron())
    start_window_hours: int = setting(
        1,
        "within how many hours it starts",
        About(unit="hours", valid="1 to 168"),
        ge=1,
        le=168,
    )
    validation_hours: int = setting(
        4,
        "how long a restored resource stays for checks, before it is deleted",
        About(unit="hours", valid="1 to 168"),
        ge=1,
        le=168,
    )


class Backup(Section):
    """Backups, archives and restore tests of one stack."""

    enabled: bool = switch("plans, vaults and tests; may be off in dev only", on=True)
    start_window_minutes: int = setting(
        SHORTEST_WINDOW,
        "within how many minutes of its schedule a backup starts; after that it counts as missed",
        About(unit="minutes", valid=f"{SHORTEST_WINDOW} to {LATEST_START}"),
        ge=SHORTEST_WINDOW,
        le=LATEST_START,
    )
    completion_window_minutes: int = setting(
        720,
        "within how many minutes of its schedule a backup is complete; after that AWS Backup gives it up",
        About(unit="minutes", valid=f"{2 * SHORTEST_WINDOW} to {LATEST_END}"),
        ge=2 * SHORTEST_WINDOW,
        le=LATEST_END,
    )
    audit_framework: bool = switch("AWS Backup Audit Manager checks the plans daily", on=True)
    daily: Daily = Daily()
    monthly: Monthly = Monthly()
    archive: Archive = Archive()
    lock: Lock = Lock()
    restore_test: RestoreTest = RestoreTest()
