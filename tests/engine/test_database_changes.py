"""Changes to a database in use: what is made in place, what is stopped before anything is changed."""

import json
import sqlite3

import pytest
from engine_runs import PROD, copy_of_program

DATABASE = "aws:rds/instance:Instance"


PROGRAM = """
from components.core import sdk_performance

sdk_performance.apply()
from datetime import date

import pulumi
from pulumi_aws import ec2

from components.observability.alarm_topics import AlarmTopics, AlarmTopicsArgs
from components.database.database import Database, DatabaseArgs
from components.database.support import warn_of_support
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.core.environment import Environment
from components.core.context import StackContext
from components.core.provider import aws_provider
from settings import load_for_program

settings = load_for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
opts = pulumi.ResourceOptions(provider=aws_provider(environment, settings.default_tags))
keys = EncryptionKeys("smile", EncryptionKeysArgs(environment=environment), opts)
topics = AlarmTopicsArgs(environment=environment, key_arn=keys.arns["queues"], recipients={})
context = StackContext(
    environment=environment,
    keys=keys.arns,
    protection=settings.protection,
    log_retention_days=settings.observability.log_retention_days,
    topics=AlarmTopics("smile", topics, opts).arns,
)
vpc = ec2.Vpc("smile", cidr_block="10.0.0.0/16", opts=opts)
subnets = [
    ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone, opts=opts)
    for number, zone in enumerate(settings.network.zones)
]
warn_of_support(settings.database, date(2027, 6, 1))
Database(
    "smile-database",
    DatabaseArgs(
        context=context,
        settings=settings.database,
        subnet_ids=[subnet.id for subnet in subnets],
        security_group_id=ec2.SecurityGroup("smile", vpc_id=vpc.id, description="database", opts=opts).id,
    ),
    opts,
)
"""


@pytest.fixture(scope="module")
def in_use(tmp_path_factory):
    """Prod's database, with no more around it than it needs."""
    program = copy_of_program(tmp_path_factory.mktemp("database"))
    (program.cwd / "__main__.py").write_text(PROGRAM)
    program.succeeds("up", "--stack", "prod", "--yes", "--skip-preview")
    return program


@pytest.fixture
def with_database(in_use):
    """Give the stack's database other settings, for one test."""
    file = in_use.cwd / "Pulumi.prod.yaml"
    before = file.read_text()

    def change(settings):
        file.write_text(json.dumps({"config": PROD | {"smile:database": settings}}))
        return in_use

    yield change
    file.write_text(before)


def steps(program):
    """What a preview would do: logical name of each database -> operation."""
    preview = json.loads(program.succeeds("preview", "--stack", "prod", "--json"))
    return {
        step["urn"].rpartition("::")[2]: step["op"]
        for step in preview["steps"]
        if step.get("newState", step.get("oldState"))["type"] == DATABASE
    }


def cloud(program):
    """All that exists, as the mock AWS keeps it."""
    with sqlite3.connect(program.folder / "cloud.sqlite") as connection:
        return connection.execute("SELECT type, id, inputs FROM resource ORDER BY number").fetchall()


@pytest.mark.xdist_group("database")
@pytest.mark.requirement("SMILE-RDS-02")
@pytest.mark.requirement("SMILE-RDS-04")
def test_another_class_and_more_storage_are_an_update_in_place(with_database):
    more = {"instance_class": "db.r6g.xlarge", "allocated_gib": 600}
    assert steps(with_database(more)) == {"smile-database": "update"}


@pytest.mark.xdist_group("database")
@pytest.mark.requirement("SMILE-GEN-07")
def test_another_identifier_is_stopped_by_protection_and_nothing_is_changed(with_database):
    program = with_database({"name": "database-2"})
    before = cloud(program)
    done = program.pulumi("preview", "--stack", "prod")
    assert done.returncode != 0
    assert "unable to replace resource" in done.stdout
    assert "Database$aws:rds/instance:Instance::smile-database" in done.stdout
    assert "marked for protection" in done.stdout
    assert cloud(program) == before


@pytest.mark.xdist_group("database")
@pytest.mark.requirement("SMILE-RDS-15")
@pytest.mark.parametrize("command", [("preview",), ("up", "--yes", "--skip-preview")])
def test_less_storage_is_refused_with_what_is_valid_and_nothing_is_changed(with_database, command):
    program = with_database({"allocated_gib": 400})
    before = cloud(program)
    done = program.pulumi(*command, "--stack", "prod")
    assert done.returncode != 0
    assert "got 400, smile-prod-database has 500 GiB and AWS can't take storage away; valid: 500 or more" in done.stdout
    assert cloud(program) == before


@pytest.mark.xdist_group("database")
@pytest.mark.requirement("SMILE-RDS-01")
def test_the_old_version_is_warned_of_in_the_preview(with_database):
    program = with_database({"version": "8.0", "extended_support_until": "2029-07-31"})
    said = program.succeeds("preview", "--stack", "prod")
    assert "warning: MySQL 8.0: standard support ended on 2026-07-31" in said


@pytest.mark.xdist_group("database")
@pytest.mark.requirement("SMILE-RDS-18")
@pytest.mark.requirement("SMILE-SECRETS-01")
def test_the_state_has_where_the_password_is_and_nothing_of_it(in_use):
    exported = in_use.succeeds("stack", "export", "--stack", "prod", "--show-secrets")
    resources = json.loads(exported)["deployment"]["resources"]
    (database,) = [each for each in resources if each["type"] == DATABASE]
    for values in (database["inputs"], database["outputs"]):
        assert not values.get("password")
        assert not values.get("passwordWo")
    (secret,) = database["outputs"]["masterUserSecrets"]
    assert secret["secretArn"].startswith("arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:rds!db-")
    assert "plaintext" not in json.dumps(database)


@pytest.mark.xdist_group("database")
@pytest.mark.requirement("SMILE-BACKUP-06")
def test_a_restored_database_takes_over_once_protection_is_lifted_and_the_old_one_stays(with_database):
    """Last, for it leaves another database behind."""
    restore = {"point_in_time": {"source": "smile-prod-database", "time": "2026-03-02T09:15:00+07:00"}}
    program = with_database({"name": "database-2", "restore": restore})
    program.succeeds("state", "unprotect", "--yes", "--stack", "prod", urn(program))
    program.succeeds("up", "--stack", "prod", "--yes", "--skip-preview")
    inputs = [json.loads(inputs) for kind, _, inputs in cloud(program) if kind == DATABASE]
    assert {each["identifier"] for each in inputs} == {"smile-prod-database", "smile-prod-database-2"}
    (restored,) = [each for each in inputs if "restoreToPointInTime" in each]
    assert restored["restoreToPointInTime"]["restoreTime"] == "2026-03-02T02:15:00Z"
    program.succeeds("preview", "--stack", "prod", "--expect-no-changes")


def urn(program):
    return next(each["urn"] for each in program.resources("prod") if each["type"] == DATABASE)
