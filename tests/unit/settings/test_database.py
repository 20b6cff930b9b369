"""The database's settings: the documented tiers, and what AWS or the requirements refuse."""

import json
from datetime import date

import pytest

from aws_facts.rds_instance_classes import CLASSES, TOO_SMALL_FOR_INSIGHTS, memory_gib
from components.core.settings.problems import SettingsError
from components.core.settings.windows import daily_in_utc, weekly_in_utc
from components.database.settings import Database, PointInTime
from components.database.support import MigrationOverdueError, advice
from settings import load_from_files
from tests.offers import in_jakarta
from tests.paths import ROOT
from tests.stacks import STACKS, broken, settings_of

OLD = "version: '8.0', extended_support_until: 2027-01-31"


@pytest.fixture(scope="module")
def tiers():
    """Stack -> its database."""
    return {stack: load_from_files(stack, ROOT).database for stack in STACKS}


# What the documents say of the three tiers.


@pytest.mark.requirement("SMILE-RDS-02")
@pytest.mark.requirement("SMILE-RDS-03")
@pytest.mark.requirement("SMILE-RDS-04")
@pytest.mark.requirement("SMILE-RDS-05")
@pytest.mark.requirement("SMILE-RDS-06")
def test_prod_is_large_grows_has_a_standby_and_thirty_days(tiers):
    prod = tiers["prod"]
    assert (prod.instance_class, prod.allocated_gib, prod.max_allocated_gib) == ("db.r5.large", 500, 1000)
    assert (prod.multi_az, prod.backup_retention_days) == (True, 30)


@pytest.mark.requirement("SMILE-RDS-07")
@pytest.mark.requirement("SMILE-RDS-08")
@pytest.mark.requirement("SMILE-RDS-09")
@pytest.mark.requirement("SMILE-RDS-10")
def test_staging_is_medium_in_one_zone_with_seven_days(tiers):
    staging = tiers["staging"]
    assert (staging.instance_class, staging.allocated_gib) == ("db.t3.medium", 100)
    assert (staging.multi_az, staging.backup_retention_days) == (False, 7)


@pytest.mark.requirement("SMILE-RDS-11")
@pytest.mark.requirement("SMILE-RDS-12")
@pytest.mark.requirement("SMILE-RDS-13")
@pytest.mark.requirement("SMILE-RDS-14")
def test_dev_is_small_in_one_zone_without_automated_backups(tiers):
    dev = tiers["dev"]
    assert (dev.instance_class, dev.allocated_gib, dev.max_allocated_gib) == ("db.t3.micro", 20, 0)
    assert (dev.multi_az, dev.backup_retention_days) == (False, 0)


@pytest.mark.requirement("SMILE-RDS-01")
def test_every_stack_is_on_the_version_in_standard_support(tiers):
    assert {database.version for database in tiers.values()} == {"8.4"}


@pytest.mark.requirement("SMILE-RDS-21")
def test_staging_and_prod_are_watched_each_minute_and_have_insights(tiers):
    watched = {stack: (each.enhanced_monitoring_seconds, each.insights) for stack, each in tiers.items()}
    assert watched == {"dev": (0, "none"), "staging": (60, "standard"), "prod": (60, "standard")}


@pytest.mark.requirement("SMILE-RDS-23")
@pytest.mark.parametrize("stack", STACKS)
def test_aws_gets_the_jakarta_night_in_utc(tiers, stack):
    """Sunday half past two in Jakarta is still Saturday in UTC."""
    database = tiers[stack]
    assert (database.backup_window, database.backup_window_utc) == ("01:00-02:00 UTC+7", "18:00-19:00")
    assert (database.maintenance_window, database.maintenance_window_utc) == (
        "sun:02:30-sun:03:30 UTC+7",
        "sat:19:30-sat:20:30",
    )


@pytest.mark.parametrize(
    ("jakarta", "utc"),
    [
        ("mon:00:00-mon:06:00", "sun:17:00-sun:23:00"),
        ("sun:23:30-mon:00:30", "sun:16:30-sun:17:30"),
        ("fri:18:00-fri:18:30", "fri:11:00-fri:11:30"),
    ],
)
def test_weekdays_wrap(jakarta, utc):
    assert weekly_in_utc(f"{jakarta} UTC+7") == utc
    assert daily_in_utc("06:30-07:30 UTC+7") == "23:30-00:30"


# What Jakarta has.


def test_classes_are_those_that_aws_has_in_jakarta():
    offers = in_jakarta("aws_rds_dbinstance/dbinstanceclass_enum.json")["allOf"]
    mysql = [offer for offer in offers if offer["if"]["properties"]["Engine"].get("const") == "mysql"]
    assert mysql
    for offer in mysql:
        assert set(CLASSES) == set(offer["then"]["properties"]["DBInstanceClass"]["enum"])
    assert set(TOO_SMALL_FOR_INSIGHTS) < set(CLASSES)


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.t3.micro", 1), ("db.t3.medium", 4), ("db.t4g.large", 8), ("db.m6i.xlarge", 16),
        ("db.r5.large", 16), ("db.r6g.2xlarge", 64), ("db.r8g.48xlarge", 1536),
    ],
)  # fmt: skip
def test_memory_of_a_class(instance_class, gib):
    assert memory_gib(instance_class) == gib


# What is refused.

REFUSED = [
    ("instance_class: db.r4.large", 'instance_class: got "db.r4.large", did you mean db.r'),
    ("instance_class: db.x2g.large", "got \"db.x2g.large\""),
    ("allocated_gib: 99", "allocated_gib: got 99; valid: 100 to 1024 in production"),
    ("allocated_gib: 10", "allocated_gib: got 10; valid: 20 to 65536"),
    ("{allocated_gib: 1025, max_allocated_gib: 0}", "got 1025; valid: 100 to 1024 in production"),
    ("max_allocated_gib: 1025", "max_allocated_gib: got 1025; valid: up to 1024 in production"),
    ("max_allocated_gib: 400", "got 400 with 500 allocated; valid: 0, or 550 or more"),
    ("max_allocated_gib: 549", "valid: 0, or 550 or more"),
    ("max_allocated_gib: -1", "got -1"),
    ("multi_az: false", "multi_az: got false; valid: true in production"),
    ("final_snapshot: false", "final_snapshot: got false; valid: true in production"),
    ("backup_retention_days: 36", "backup_retention_days: got 36; valid: 0 to 35"),
    ("backup_retention_days: 29", "got 29; valid: 30 to 35 in production"),
    ("backup_window: 18:30-18:45 UTC+7", "shorter than 30 minutes"),
    ("backup_window: 10:00-11:00 UTC+7", "not within one night"),
    ("backup_window: 05:30-06:30 UTC+7", "not within one night"),
    ("backup_window: 25:00-26:00", 'got "25:00-26:00"; valid: hh:mm-hh:mm, in UTC or'),
    ("backup_window: 02:00-03:00 UTC+7", '"02:00-03:00 UTC+7" overlaps the maintenance window sun:02:30-sun'),
    ("maintenance_window: sun:12:30-sun:13:30 UTC+7", "not within one night"),
    ("maintenance_window: sunday:02:30-sunday:03:30", "30 minutes or more: sat:19:30-sat:20:30"),
    (
        "backup_window: 01:00-02:00 UTC+7, maintenance_window: sun:01:30-sun:02:30 UTC+7",
        "overlaps the maintenance window",
    ),
    ("version: '5.7'", 'version: got "5.7"'),
    ("version: '8.0'", 'got "8.0" without extended_support_until; valid: 8.4, or 8.0 with a last day'),
    ("extended_support_until: 2027-01-31", "with version 8.4; valid: nothing: take it out"),
    ("{version: '8.0', extended_support_until: 2029-08-01}", "got 2029-08-01; valid: a date up to 2029-07-31"),
    ("{version: '8.0', extended_support_until: soon}", 'extended_support_until: got "soon"'),
    ("instance_class: db.t4g.small", 'insights (got "standard", which db.t4g.small doesn\'t have)'),
    ("insights: full", "valid: none, standard, advanced"),
    ("enhanced_monitoring_seconds: 45", "got 45; valid: 0, 1, 5, 10, 15, 30, 60"),
    ("admin_user: admin", 'got "admin", is taken: reserved, or what an attacker tries first'),
    ("admin_user: rdsadmin", "is taken: reserved"),
    ("admin_user: 9lives", 'got "9lives"'),
    ("name: Database", 'name: got "Database"'),
    ("name: a--b", 'name: got "a--b"'),
    ("rotation_days: 0", "rotation_days: got 0; valid: 1 to 365"),
    ("logs: {audit: false}", "logs.audit: got false; valid: true in production"),
    ("read_replicas: [reports]", "can't be had with a managed master password"),
    ("{master_password: self_managed, read_replicas: [a, a]}", "read_replicas[1]: got a again"),
    ("blue_green_updates: true", "with master_password: self_managed"),
    ("{master_password: self_managed, read_replicas: [a], blue_green_updates: true}", "had with read replicas"),
    ("restore: {snapshot: s, point_in_time: {source: smile-dev-database}}", "both snapshot and point_in_time"),
    ("restore: {point_in_time: {source: smile-prod-database}}", "got smile-prod-database, the database itself"),
    ("restore: {point_in_time: {time: 2026-03-02T09:15:00+07:00}}", "given without a source"),
    ("restore: {point_in_time: {source: x, time: 2026-03-02T09:15:00}}", "date and time with offset"),
    ("restore: {snapshot: 'a b'}", 'restore.snapshot: got "a b"'),
    ("tier: large", "unknown key"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), REFUSED)
@pytest.mark.requirement("SMILE-RDS-15")
def test_a_database_that_cannot_work_is_refused(mistakes, written, said):
    braces = written if written.startswith("{") else f"{{{written}}}"
    lines = mistakes(f"config:\n  smile:database: {braces}\n")
    assert len(lines) == 1
    assert lines[0].startswith("Pulumi.prod.yaml:2: smile:database.")
    assert said in lines[0]


def found_in(stack, **changes):
    """What the database's rules find in a stack."""
    settings = settings_of(stack, database=Database(**changes))
    return [f"{finding.path[1]}: {finding.what}; {finding.valid}" for finding in broken(settings, "database")]


SMALL = {"allocated_gib": 20, "max_allocated_gib": 0}
UNSAVED = {"backup_retention_days": 0, "master_password": "self_managed", "read_replicas": ("a",)}


@pytest.mark.parametrize(
    ("stack", "changes", "found"),
    [
        ("staging", {"backup_retention_days": 6}, ["backup_retention_days: got 6; 7 to 35 in staging"]),
        ("staging", SMALL, ["allocated_gib: got 20; 100 to 1024 in staging"]),
        ("staging", {"final_snapshot": False, "multi_az": False}, ["final_snapshot: got false; true in staging"]),
        ("dev", {**SMALL, "max_allocated_gib": 22, "multi_az": False, "final_snapshot": False}, []),
        (
            "dev",
            UNSAVED,
            ["read_replicas: can't be had without automated backups; with backup_retention_days above 0"],
        ),
    ],
)
@pytest.mark.requirement("SMILE-RDS-15")
def test_staging_and_dev_have_limits_of_their_own(stack, changes, found):
    assert found_in(stack, **changes) == found


@pytest.mark.requirement("SMILE-RDS-01")
def test_the_old_version_is_an_exception_with_an_end(load):
    database = load(f"config: {{smile:database: {{{OLD}}}}}").database
    assert (database.version, database.extended_support_until) == ("8.0", date(2027, 1, 31))
    warning = advice(database, date(2027, 1, 31))
    assert warning is not None
    assert "standard support ended on 2026-07-31" in warning
    assert "replace it by 2027-01-31" in warning
    with pytest.raises(MigrationOverdueError, match=r"valid: version 8\.4, or a later day"):
        advice(database, date(2027, 2, 1))


def test_support_of_the_current_version_ends_too():
    assert advice(Database(), date(2029, 7, 31)) is None
    assert "MySQL 8.4: standard support ended on 2029-07-31" in str(advice(Database(), date(2029, 8, 1)))


@pytest.mark.requirement("SMILE-RDS-23")
def test_extended_support_is_declined_but_for_the_version_that_needs_it(load):
    assert Database().support == "open-source-rds-extended-support-disabled"
    assert load(f"config: {{smile:database: {{{OLD}}}}}").database.support == "open-source-rds-extended-support"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T09:15:00+07:00", "2026-03-02 09:15:00+07:00", "2026-03-02T02:15:00Z",
        "2026-03-02 09:15:00 +0700 +0700", "2026-03-02 02:15:00 +0000 UTC",
    ],
)  # fmt: skip
def test_a_moment_is_the_same_however_the_engine_prints_it(text):
    assert PointInTime.model_validate_json(json.dumps({"source": "x", "time": text})).utc == "2026-03-02T02:15:00Z"


@pytest.mark.parametrize("text", ["2027-01-31", "2027-01-31 00:00:00 +0000 UTC"])
def test_a_day_is_the_same_however_the_engine_prints_it(text):
    database = Database.model_validate_json(json.dumps({"extended_support_until": text}))
    assert database.extended_support_until == date(2027, 1, 31)


def test_a_moment_needs_an_offset():
    with pytest.raises(SettingsError):
        PointInTime(source="x", time="2026-03-02 09:15:00")
