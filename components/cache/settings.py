"""Settings of a cache: its nodes, its snapshots and when AWS may work on it."""

from __future__ import annotations

import re
from typing import Annotated, Literal, cast, get_args

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from aws_facts.elasticache_node_types import NODE_TYPES
from components.core.settings import windows
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section
from components.core.settings.windows import daily_in_utc, daily_minutes, weekly_in_utc, weekly_minutes

Engine = Literal["redis", "valkey"]
Authentication = Literal["iam", "password"]
MaxMemoryPolicy = Literal[
    "volatile-lru",
    "volatile-lfu",
    "volatile-ttl",
    "volatile-random",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "noeviction",
]

VERSIONS: dict[Engine, tuple[str, ...]] = {"redis": ("7.1", "7.0"), "valkey": ("8.2", "8.1", "8.0", "7.2")}
"""What ElastiCache offers of each engine, the one to take first; older ones know no users by IAM."""
MOST_SHARDS, MOST_REPLICAS, MOST_NODES = 500, 5, 500
"""ElastiCache's limits: shards, replicas of a shard, nodes of a cluster (90 nodes until AWS raises the quota)."""
SHORTEST_MINUTES = 60
"""ElastiCache refuses a shorter window."""
LONG = f"in UTC or with an offset such as UTC+7 behind, {SHORTEST_MINUTES} minutes or more"
SNAPSHOT_NAME = r"^([a-z](-?[a-z0-9]){0,254})?$"
TAKEN = ("default",)
"""The user that every cache has."""
USER_NAMES = f"1 to 20 lower-case letters, digits and '-', beginning with a letter, but not {', '.join(TAKEN)}"
"""ElastiCache takes 40 characters, and the cache's name comes before."""
ACCESS_RULE = re.compile(r"(%(R|W|RW)?~|~|&|[+-]@?)[^\s<>#!]+|allkeys|allchannels|allcommands|nocommands")
"""One word of an access string that says what is allowed; none that turns a user on or gives it a password."""
ALL_DATA = (
    "~* &* -@all +@read +@write +@pubsub +@connection +@transaction +@scripting -@dangerous "
    "+info +cluster|nodes +cluster|shards +cluster|slots"
)
"""All data and what cluster clients ask to find it; nothing that empties, reconfigures or stops the cache."""


def access_string(text: str) -> str:
    """Let an access string pass that only says what is allowed.

    Raises:
        ValueError: names the word that does more.
    """
    for word in text.split():
        if not ACCESS_RULE.fullmatch(word):
            raise ValueError(f"{word} is no key, channel or command rule")
    return text


def free_user_name(name: str) -> str:
    """Let a user's name pass that no cache has already.

    Raises:
        ValueError: the name is taken.
    """
    if name in TAKEN:
        raise ValueError("is taken")
    return name


UserName = Annotated[
    str,
    StringConstraints(max_length=20, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
    AfterValidator(free_user_name),
]
AccessString = Annotated[str, StringConstraints(min_length=1, max_length=512), AfterValidator(access_string)]


def long_enough(window: str) -> str:
    """Let a window pass that ElastiCache takes.

    Raises:
        ValueError: it is too short.
    """
    _, length = (weekly_minutes if window[0].isalpha() else daily_minutes)(window)
    if length < SHORTEST_MINUTES:
        raise ValueError(f"shorter than {SHORTEST_MINUTES} minutes")
    return window


DailyWindow = Annotated[windows.DailyWindow, AfterValidator(long_enough)]
WeeklyWindow = Annotated[windows.WeeklyWindow, AfterValidator(long_enough)]


class PeriodicSnapshots(Section):
    """Snapshots between the daily ones: a scheduled function takes and prunes them."""

    enabled: bool = switch("taken at all", on=True)
    interval_hours: int = setting(
        6,
        "time between two",
        About(
            unit="hours",
            valid="2 to 24 (AWS takes 20 manual snapshots in 24 hours)",
        ),
        ge=2,
        le=24,
    )
    retention_days: int = setting(
        30,
        "how long each is kept",
        About(unit="days", valid="1 to 365"),
        ge=1,
        le=365,
    )


class User(Section):
    """One user of the cache."""

    authentication: Authentication = setting(
        "iam",
        "iam: a role logs in with a token of 15 minutes; password: for clients that can't, and rotation replaces it",
        one_of(get_args(Authentication)),
    )
    access: AccessString = setting(
        ALL_DATA,
        "what it may do, as a Redis access string",
        About(
            valid="rules such as ~orders:* +@read -@dangerous; no on, off or password",
            source="https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/",
        ),
    )


class Cache(Section):
    """The Redis or Valkey cache of one stack."""

    engine: Engine = setting(
        "redis",
        "Redis OSS, or Valkey, its successor with the same protocol; changed in place, never back",
        one_of(get_args(Engine)),
    )
    version: str = setting(
        "",
        "of the engine; without it, the first of the engine's",
        About(
            valid="in quotes, " + "; ".join(f"{engine}: {', '.join(known)}" for engine, known in VERSIONS.items()),
        ),
        validate_default=True,
    )
    node_type: Annotated[str, among(NODE_TYPES)] = setting(
        "cache.r7g.large",
        "memory and CPU of each node",
        one_of(NODE_TYPES),
    )
    shards: int = setting(
        2,
        "parts that the keys are spread over",
        About(valid=f"1 to {MOST_SHARDS}"),
        ge=1,
        le=MOST_SHARDS,
    )
    replicas_per_shard: int = setting(
        2,
        "copies of each shard besides the primary",
        About(
            valid=f"1 (failover needs one) to {MOST_REPLICAS}",
        ),
        ge=1,
        le=MOST_REPLICAS,
    )
    max_memory_policy: MaxMemoryPolicy = setting(
        "volatile-lru",
        "which keys go when the memory is full: of those with an expiry, or of all",
        one_of(get_args(MaxMemoryPolicy)),
    )
    snapshot_retention_days: int = setting(
        30,
        "how long the daily snapshot is kept; 0: none is taken, of what may be lost",
        About(unit="days", valid="0 to 35"),
        ge=0,
        le=35,
    )
    snapshot_window: DailyWindow = setting(
        "18:00-19:00",
        "when the daily snapshot begins",
        About(unit="UTC, or as written", valid=f"hh:mm-hh:mm {LONG}, such as 18:00-19:00"),
    )
    maintenance_window: WeeklyWindow = setting(
        "sat:19:30-sat:20:30",
        "when AWS may patch nodes, and when changes are made that don't apply at once",
        About(unit="UTC, or as written", valid=f"ddd:hh:mm-ddd:hh:mm {LONG}, such as sat:19:30-sat:20:30"),
    )
    apply_immediately: bool = switch("changes are made at once, not in the maintenance window", on=False)
    final_snapshot: bool = switch("a snapshot is taken when the cache is deleted", on=True)
    restore_from: str = setting(
        "",
        "name of the snapshot that a new cache is filled from; changing it replaces the cache",
        About(valid="up to 255 lower-case letters, digits and single hyphens, or nothing"),
        pattern=SNAPSHOT_NAME,
    )
    users: dict[UserName, User] = setting(
        {"application": User()},
        "name -> user that programs log in as",
        About(valid=f"names of {USER_NAMES}"),
    )
    periodic_snapshots: PeriodicSnapshots = PeriodicSnapshots()
    hit_percent: int = setting(
        0,
        "raises an alarm when a shard answers a smaller share of its reads; 0: none",
        About(unit="%", valid="0 to 99"),
        ge=0,
        le=99,
    )
    alarms: bool = switch("CPU, memory, evictions and replication lag raise alarms", on=True)

    @field_validator("version")
    @classmethod
    def version_of_the_engine(cls, version: str, info: ValidationInfo) -> str:
        """The version, or the first of the engine's where none is given.

        Raises:
            ValueError: ElastiCache hasn't it of this engine.
        """
        engine = cast("Engine", info.data.get("engine", "redis"))
        if version and version not in VERSIONS[engine]:
            raise ValueError(f"which {engine} has not")
        return version or VERSIONS[engine][0]

    @property
    def snapshot_window_utc(self) -> str:
        """The daily window as AWS takes it."""
        return daily_in_utc(self.snapshot_window)

    @property
    def maintenance_window_utc(self) -> str:
        """The weekly window as AWS takes it."""
        return weekly_in_utc(self.maintenance_window)

    @property
    def parameter_family(self) -> str:
        """The parameters that the engine knows, such as ``redis7``."""
        return f"{self.engine}{self.version.partition('.')[0]}"
