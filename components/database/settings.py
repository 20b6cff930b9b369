"""Settings of a relational database: its engine, how large it is, how it is kept, watched, restored and upgraded."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal, cast, get_args

from pydantic import StringConstraints, ValidationInfo, field_validator

from aws_facts.rds_instance_classes import CLASSES
from aws_facts.rds_versions import EXTENDED_SUPPORT_ENDS, STANDARD_SUPPORT_ENDS, Engine
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.moments import Day, Moment
from components.core.settings.section import Section
from components.core.settings.windows import (
    DAILY_FORM,
    WEEKLY_FORM,
    DailyWindow,
    WeeklyWindow,
    daily_in_utc,
    weekly_in_utc,
)
from components.database.user_settings import PRIVILEGES, TAKEN, USER_NAMES, AdminName, User, UserName

Insights = Literal["none", "standard", "advanced"]
MasterPassword = Literal["managed", "self_managed"]
RDS_REPLICAS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html"
RDS_STORAGE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html"
RDS_BACKUPS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"
SMALLEST_GIB, LARGEST_GIB = 20, 65536
"""What gp3 holds for either engine."""
MOST_RETENTION_DAYS = 35
MOST_REPLICAS = 15
MONITORING_SECONDS = (0, 1, 5, 10, 15, 30, 60)
NAME_FORM = "a lower-case letter, then lower-case letters, digits and single hyphens"
NAME = r"^[a-z](-?[a-z0-9])*$"

ReplicaName = Annotated[str, StringConstraints(pattern=NAME, max_length=16)]


class Logs(Section):
    """What the database writes down, besides its errors; all of it goes to CloudWatch Logs."""

    slow_queries: bool = switch("statements that take long", on=True)
    slow_query_seconds: int = setting(
        1,
        "from how long on a statement is slow",
        About(unit="seconds", valid="1 to 3600"),
        ge=1,
        le=3600,
    )
    audit: bool = switch("who connected, and who changed tables and permissions", on=True)
    general: bool = switch(
        "every statement, personal data included, at a cost in speed; for hours, not for good", on=False
    )


class PointInTime(Section):
    """A moment of another database's past."""

    source: str = setting(
        "",
        "identifier of the database whose past it is; it stays as it is",
        About(valid="an identifier such as acme-prod-database, or nothing"),
        pattern=r"^([a-z](-?[a-z0-9])*)?$",
        max_length=63,
    )
    time: Moment | None = setting(
        None,
        "the moment; without it the latest one that can be restored, about five minutes ago",
        About(valid="date and time with offset, such as 2026-03-02T09:15:00+07:00"),
    )

    @property
    def utc(self) -> str | None:
        """The moment as AWS takes it, such as ``2026-03-02T02:15:00Z``."""
        return self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if self.time else None


class Restore(Section):
    """What a new database is made of. It stays in the file for as long as the database lives."""

    snapshot: str = setting(
        "",
        "name or ARN of a snapshot, automated, manual or of AWS Backup",
        About(valid="such as rds:acme-prod-database-2026-03-02-18-10, or nothing"),
        max_length=255,
        pattern=r"^([a-zA-Z][\w:./-]*)?$",
    )
    point_in_time: PointInTime = PointInTime()

    @property
    def is_wanted(self) -> bool:
        """Whether the database is made of a backup, not empty."""
        return bool(self.snapshot or self.point_in_time.source)


class Database(Section):
    """A relational database on RDS."""

    name: str = setting(
        "database",
        "last part of its identifier; another name is another database, such as a restored one",
        About(valid=f"up to 24 characters: {NAME_FORM}"),
        pattern=NAME,
        max_length=24,
    )
    engine: Engine = setting(
        "mysql", "MySQL or PostgreSQL; another engine is another database", one_of(get_args(Engine))
    )
    version: str = setting(
        "",
        "major version; without it, the first of the engine's",
        About(
            valid="in quotes, "
            + "; ".join(f"{engine}: {', '.join(known)}" for engine, known in STANDARD_SUPPORT_ENDS.items()),
        ),
        validate_default=True,
    )
    extended_support_until: Day | None = setting(
        None,
        "last day of the migration from a version past standard support, which AWS charges extra for; needed then only",
        About(valid="a date up to the end of RDS Extended Support, such as 2027-01-31"),
    )
    instance_class: Annotated[str, among(CLASSES)] = setting(
        "db.r5.large",
        "CPU and memory, of those that RDS has",
        one_of(CLASSES),
    )
    allocated_gib: int = setting(
        500,
        "gp3 storage to begin with; it never shrinks",
        About(
            unit="GiB",
            valid=f"{SMALLEST_GIB} to {LARGEST_GIB}",
            source=RDS_STORAGE,
        ),
        ge=SMALLEST_GIB,
        le=LARGEST_GIB,
    )
    max_allocated_gib: int = setting(
        1000,
        "up to where the storage grows by itself; 0: it doesn't",
        About(
            unit="GiB",
            valid=f"0, or from 10 % above allocated_gib to {LARGEST_GIB}",
        ),
        ge=0,
        le=LARGEST_GIB,
    )
    multi_az: bool = switch("a standby in another zone", on=True)
    backup_retention_days: int = setting(
        30,
        "how far back it can be restored to any moment; 0: not at all, only from manual snapshots",
        About(
            unit="days",
            source=RDS_BACKUPS,
        ),
        ge=0,
        le=MOST_RETENTION_DAYS,
    )
    backup_window: DailyWindow = setting(
        "18:00-19:00",
        "when the daily backup is taken",
        About(unit="UTC, or as written", valid=DAILY_FORM),
    )
    maintenance_window: WeeklyWindow = setting(
        "sat:19:30-sat:20:30",
        "when AWS patches it, and when changes are made that don't apply at once",
        About(unit="UTC, or as written", valid=WEEKLY_FORM),
    )
    apply_immediately: bool = switch("changes are made at once, not in the window", on=False)
    blue_green_updates: bool = switch("changes are made on a copy that then takes over within a minute", on=False)
    final_snapshot: bool = switch("a snapshot is taken when it is deleted", on=True)
    admin_user: AdminName = setting(
        "platform_admin",
        "name of the master user; changing it replaces the database",
        About(
            valid=f"up to 16 lower-case letters, digits and _, beginning with a letter; none of {', '.join(TAKEN)}",
        ),
    )
    master_password: MasterPassword = setting(
        "managed",
        "managed: made, kept and rotated by AWS; self_managed: by people, as replicas and blue/green updates need it",
        one_of(get_args(MasterPassword)),
    )
    rotation_days: int = setting(
        30,
        "how often AWS replaces the managed password",
        About(unit="days", valid="1 to 365"),
        ge=1,
        le=365,
    )
    read_replicas: tuple[ReplicaName, ...] = setting(
        (),
        "copies to read from, by name",
        About(valid=f"up to {MOST_REPLICAS} names of up to 16 characters: {NAME_FORM}", source=RDS_REPLICAS),
        max_length=MOST_REPLICAS,
    )
    users: dict[UserName, User] = setting(
        {"application": User()},
        "name -> user that programs log in as; rotation makes it, with a second one that takes turns",
        About(valid=f"names of {USER_NAMES}"),
    )
    logs: Logs = Logs()
    insights: Insights = setting(
        "standard",
        "Database Insights: which statements load the database, over 7 days or (advanced) 15 months",
        one_of(get_args(Insights)),
    )
    enhanced_monitoring_seconds: Annotated[int, among(MONITORING_SECONDS)] = setting(
        60,
        "time between two looks at the operating system; 0: none",
        About(
            unit="seconds",
            valid=", ".join(str(seconds) for seconds in MONITORING_SECONDS),
        ),
    )
    alarms: bool = switch("CPU, storage, connections and replica lag raise alarms", on=True)
    restore: Restore = Restore()

    @field_validator("version")
    @classmethod
    def version_of_the_engine(cls, version: str, info: ValidationInfo) -> str:
        """The version, or the first of the engine's where none is given.

        Raises:
            ValueError: RDS hasn't it of this engine.
        """
        engine = cast("Engine", info.data.get("engine", "mysql"))
        if version and version not in STANDARD_SUPPORT_ENDS[engine]:
            raise ValueError(f"which {engine} has not")
        return version or next(iter(STANDARD_SUPPORT_ENDS[engine]))

    @field_validator("users")
    @classmethod
    def privileges_are_known(cls, users: dict[str, User], info: ValidationInfo) -> dict[str, User]:
        """Let users pass whose privileges the engine knows.

        Raises:
            ValueError: names the first that it doesn't.
        """
        engine = cast("Engine", info.data.get("engine", "mysql"))
        for name, user in users.items():
            for privilege in user.privileges:
                if privilege not in PRIVILEGES[engine]:
                    raise ValueError(f"{name}.privileges: {privilege}, which {engine} has not")
        return users

    @property
    def backup_window_utc(self) -> str:
        """The daily window as AWS takes it."""
        return daily_in_utc(self.backup_window)

    @property
    def maintenance_window_utc(self) -> str:
        """The weekly window as AWS takes it."""
        return weekly_in_utc(self.maintenance_window)

    @property
    def is_past_standard_support(self) -> bool:
        """Whether RDS runs the version at an extra charge only."""
        return self.version in EXTENDED_SUPPORT_ENDS[self.engine]

    @property
    def support(self) -> str:
        """RDS Extended Support: declined, but for a version that RDS has only with it."""
        accepted = "open-source-rds-extended-support"
        return accepted if self.is_past_standard_support else f"{accepted}-disabled"
