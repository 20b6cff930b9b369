"""The monthly archive of the database: the function that sees to it, and what that may do."""

import json
from datetime import datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from components.database.export import DatabaseExport, DatabaseExportArgs
from functions.export_database.handler import ATTEMPTS, JAKARTA, ArchiveError, Order, archive
from tests.recording import record

NOW = datetime(2026, 3, 1, 5, 0, tzinfo=JAKARTA)
ACCOUNT = "123456789012"
ORDER = Order(
    database="smile-prod-database",
    name="smile-prod",
    bucket="backups",
    key_arn=f"arn:aws:kms:ap-southeast-3:{ACCOUNT}:key/backups",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/writer",
)
SNAPSHOT = f"arn:aws:rds:ap-southeast-3:{ACCOUNT}:snapshot:rds:smile-prod-database-2026-03-01"


@pytest.fixture
def rds():
    """A client that gives the answers that a test puts in, and checks the questions."""
    client = boto3.client("rds", region_name="ap-southeast-3", aws_access_key_id="none", aws_secret_access_key="none")
    with Stubber(client) as stubber:
        client.answers = stubber
        yield client
        stubber.assert_no_pending_responses()


def export(rds, attempt, status, **more):
    """What RDS says of one attempt; nothing where status is None."""
    name = f"smile-prod-2026-03-{attempt}"
    asked = {"ExportTaskIdentifier": name}
    if status is None:
        rds.answers.add_client_error("describe_export_tasks", "ExportTaskNotFound", expected_params=asked)
    else:
        task = {"ExportTaskIdentifier": name, "Status": status, **more}
        rds.answers.add_response("describe_export_tasks", {"ExportTasks": [task]}, asked)


def snapshots(rds, *found):
    """The snapshots of the database: age and status of each."""
    listed = [
        {
            "DBSnapshotArn": SNAPSHOT if age == timedelta(hours=3) else f"{SNAPSHOT}-other",
            "SnapshotCreateTime": NOW - age,
            "Status": status,
        }
        for age, status in found
    ]
    asked = {"DBInstanceIdentifier": "smile-prod-database"}
    rds.answers.add_response("describe_db_snapshots", {"DBSnapshots": listed}, asked)


def start(rds, attempt):
    rds.answers.add_response(
        "start_export_task",
        {},
        {
            "ExportTaskIdentifier": f"smile-prod-2026-03-{attempt}",
            "SourceArn": SNAPSHOT,
            "S3BucketName": "backups",
            "S3Prefix": "database/smile-prod-database",
            "IamRoleArn": ORDER.role_arn,
            "KmsKeyId": ORDER.key_arn,
        },
    )


@pytest.mark.requirement("SMILE-BACKUP-09")
@pytest.mark.requirement("SMILE-LAMBDA-02")
def test_the_first_run_of_a_month_exports_the_newest_usable_snapshot(rds):
    export(rds, 1, None)
    usable, newer = (timedelta(hours=3), "available"), (timedelta(minutes=5), "creating")
    snapshots(rds, (timedelta(days=1), "available"), usable, newer)
    start(rds, 1)
    assert archive(rds, ORDER, NOW) == {"export": "smile-prod-2026-03-1", "status": "STARTING"}


@pytest.mark.requirement("SMILE-BACKUP-09")
@pytest.mark.parametrize("status", ["STARTING", "IN_PROGRESS", "COMPLETE", "CANCELING"])
def test_what_is_under_way_or_done_is_left_alone(rds, status):
    export(rds, 1, status, TaskStartTime=NOW - timedelta(hours=1))
    assert archive(rds, ORDER, NOW)["status"] == status


def test_a_complete_export_stays_so_for_the_rest_of_the_month(rds):
    export(rds, 1, "COMPLETE", TaskStartTime=NOW - timedelta(days=20))
    assert archive(rds, ORDER, NOW)["status"] == "COMPLETE"


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_a_failed_export_is_tried_again(rds, status):
    export(rds, 1, status)
    export(rds, 2, None)
    snapshots(rds, (timedelta(hours=3), "available"))
    start(rds, 2)
    assert archive(rds, ORDER, NOW)["export"] == "smile-prod-2026-03-2"


def test_when_every_attempt_failed_the_alarm_says_why(rds):
    for attempt in range(1, ATTEMPTS + 1):
        export(rds, attempt, "FAILED", FailureCause=f"cause {attempt}")
    with pytest.raises(ArchiveError, match=r"3 exports failed; .*-1: cause 1; .*-3: cause 3"):
        archive(rds, ORDER, NOW)


def test_an_export_that_hangs_raises_an_alarm(rds):
    export(rds, 1, "IN_PROGRESS", TaskStartTime=NOW - timedelta(hours=21))
    with pytest.raises(ArchiveError, match="IN_PROGRESS since"):
        archive(rds, ORDER, NOW)


@pytest.mark.parametrize("found", [[], [(timedelta(days=3), "available")], [(timedelta(hours=1), "failed")]])
def test_no_recent_snapshot_raises_an_alarm(rds, found):
    export(rds, 1, None)
    snapshots(rds, *found)
    with pytest.raises(ArchiveError, match="no snapshot of smile-prod-database of the last 2 days"):
        archive(rds, ORDER, NOW)


def test_two_runs_at_once_start_one_export(rds):
    export(rds, 1, None)
    snapshots(rds, (timedelta(hours=3), "available"))
    rds.answers.add_client_error("start_export_task", "ExportTaskAlreadyExists")
    assert archive(rds, ORDER, NOW)["export"] == "smile-prod-2026-03-1"


def test_what_rds_refuses_ends_in_an_error(rds):
    export(rds, 1, None)
    snapshots(rds, (timedelta(hours=3), "available"))
    rds.answers.add_client_error("start_export_task", "KMSKeyNotAccessibleFault")
    with pytest.raises(rds.exceptions.ClientError, match="KMSKeyNotAccessible"):
        archive(rds, ORDER, NOW)


@pytest.fixture(scope="module")
def made(context):
    args = DatabaseExportArgs(
        context=context, database="smile-prod-database", bucket="backups", schedule="cron(0 5 * * ? *)"
    )
    return record(lambda: DatabaseExport("smile-export-database", args).urn)


@pytest.mark.requirement("SMILE-BACKUP-09")
def test_the_function_runs_every_night_with_what_it_needs_to_know(made):
    variables = made.one("lambda/function:Function")["environment"]["variables"]
    order = Order.of(variables)
    assert (order.database, order.bucket, order.name) == ("smile-prod-database", "backups", "smile-prod")
    assert order.key_arn.endswith("key/backups")
    assert order.role_arn == "arn:of:Role/smile-export-database-writer"
    schedule = made.one("scheduler/schedule:Schedule")
    assert schedule["scheduleExpression"] == "cron(0 5 * * ? *)"
    assert schedule["scheduleExpressionTimezone"] == "Asia/Jakarta"


@pytest.mark.requirement("SMILE-BACKUP-09")
def test_rds_writes_exports_and_nothing_else(made):
    writing = made.permissions("smile-export-database-writer")
    assert writing["WriteExports"]["Resource"] == ["arn:aws:s3:::backups/database/*"]
    (trust,) = json.loads(made.of("iam/role:Role")["smile-export-database-writer"]["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "export.rds.amazonaws.com"}


def test_the_function_passes_that_role_to_exports_only(made):
    passing = made.permissions("smile-export-database")["PassWriter"]
    assert passing["Resource"] == ["arn:of:Role/smile-export-database-writer"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}}
