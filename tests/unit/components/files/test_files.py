"""The shared file system, as a program registers it: where it is mounted, by whom, and what copies it."""

import json

import pytest

from components.files.settings import AccessPoint, Files
from components.files.shared_file_system import SharedFileSystem, SharedFileSystemArgs
from tests.recording import record

SUBNETS = {f"ap-southeast-3{letter}": f"subnet-{letter}" for letter in "abc"}
SYSTEM = "efs/fileSystem:FileSystem"
ALL_CLIENT_ACTIONS = {f"elasticfilesystem:Client{action}" for action in ("Mount", "Write", "RootAccess")}


@pytest.fixture
def files_of(context):
    """Record a file system with other settings than prod's."""

    def make(**changes):
        args = SharedFileSystemArgs(
            context=context, files=Files(**changes), subnet_ids=SUBNETS, security_group_id="sg-files"
        )

        def program():
            made = SharedFileSystem("smile-files", args)
            return {
                "points": made.access_point_ids,
                "replica": made.replica_id,
                "mount": made.grant_mount()[0].as_dict(),
            }

        return record(program)

    return make


@pytest.fixture
def files(files_of):
    return files_of()


def registered(recording, kind, name):
    (found,) = [each for each in recording.resources if each.type == f"aws:{kind}" and each.name == name]
    return found


@pytest.mark.requirement("SMILE-EFS-01")
@pytest.mark.requirement("SMILE-EFS-03")
@pytest.mark.requirement("SMILE-EFS-04")
def test_file_system_is_encrypted_regional_and_as_fast_as_documented(files):
    system = files.of(SYSTEM)["smile-files"]
    assert system["encrypted"] is True
    assert system["kmsKeyId"].endswith("key/files")
    assert "availabilityZoneName" not in system
    assert (system["throughputMode"], system["provisionedThroughputInMibps"]) == ("provisioned", 100)
    assert registered(files, SYSTEM, "smile-files").protect


@pytest.mark.parametrize("throughput", ["elastic", "bursting"])
def test_only_provisioned_throughput_has_a_rate(files_of, throughput):
    system = files_of(throughput=throughput).of(SYSTEM)["smile-files"]
    assert system["throughputMode"] == throughput
    assert "provisionedThroughputInMibps" not in system


@pytest.mark.requirement("SMILE-EFS-02")
def test_each_zone_has_a_mount_target_behind_the_security_group_of_the_files(files):
    targets = files.of("efs/mountTarget:MountTarget")
    assert {name: target["subnetId"] for name, target in targets.items()} == {
        "smile-files-a": "subnet-a",
        "smile-files-b": "subnet-b",
        "smile-files-c": "subnet-c",
    }
    assert all(target["securityGroups"] == ["sg-files"] for target in targets.values())


@pytest.mark.requirement("SMILE-EFS-05")
def test_our_plan_finds_the_file_system_by_tag_and_that_of_efs_is_off(files):
    systems = files.of(SYSTEM)
    assert systems["smile-files"]["tags"]["Backup"] == "daily"
    assert "Backup" not in systems["smile-files-replica"]["tags"]
    assert files.one("efs/backupPolicy:BackupPolicy")["backupPolicy"] == {"status": "DISABLED"}


@pytest.mark.requirement("SMILE-EFS-06")
def test_policy_refuses_plain_text_root_the_file_system_itself_and_who_has_no_permission(files):
    policies = files.of("efs/fileSystemPolicy:FileSystemPolicy")
    assert set(policies) == {"smile-files", "smile-files-replica"}
    for name, policy in policies.items():
        statements = {each["Sid"]: each for each in json.loads(policy["policy"])["Statement"]}
        # Nothing is allowed here, so an anonymous client, which has no permissions of its own, is refused.
        assert {(each["Effect"], each["Principal"]) for each in statements.values()} == {("Deny", "*")}
        assert {tuple(each["Resource"]) for each in statements.values()} == {(f"arn:of:FileSystem/{name}",)}
        for sid, condition in {
            "DenyPlainTransport": {"Bool": {"aws:SecureTransport": "false"}},
            "DenyOutsideMountTargets": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}},
            "DenyWithoutAccessPoint": {"Null": {"elasticfilesystem:AccessPointArn": "true"}},
        }.items():
            assert statements[sid]["Condition"] == condition
            assert set(statements[sid]["Action"]) == ALL_CLIENT_ACTIONS
        assert statements["DenyRoot"]["Action"] == ["elasticfilesystem:ClientRootAccess"]
        assert "Condition" not in statements["DenyRoot"]


@pytest.mark.requirement("SMILE-EFS-06")
def test_each_service_sees_its_own_folder_as_its_own_user(files_of):
    points = {
        "reports": AccessPoint(path="/reports", uid=10002, gid=10003, permissions="0750"),
        "imports": AccessPoint(path="/imports", uid=10004, gid=10004),
    }
    recording = files_of(access_points=points)
    made = recording.of("efs/accessPoint:AccessPoint")
    assert set(recording.result["points"]) == set(points)
    assert made["smile-files-reports"]["posixUser"] == {"uid": 10002, "gid": 10003}
    assert made["smile-files-reports"]["rootDirectory"] == {
        "path": "/reports",
        "creationInfo": {"ownerUid": 10002, "ownerGid": 10003, "permissions": "0750"},
    }
    statement = recording.result["mount"]
    assert statement["Resource"] == ["arn:of:FileSystem/smile-files"]
    assert statement["Condition"] == {
        "StringEquals": {
            "elasticfilesystem:AccessPointArn": [
                "arn:of:AccessPoint/smile-files-reports",
                "arn:of:AccessPoint/smile-files-imports",
            ]
        }
    }
    assert "elasticfilesystem:ClientRootAccess" not in statement["Action"]


@pytest.mark.requirement("SMILE-EFS-07")
@pytest.mark.parametrize(("days", "rule"), [(1, "AFTER_1_DAY"), (30, "AFTER_30_DAYS")])
def test_untouched_files_move_away_and_come_back_on_first_access(files_of, days, rule):
    system = files_of(infrequent_access_days=days).of(SYSTEM)["smile-files"]
    assert system["lifecyclePolicies"] == [
        {"transitionToIa": rule},
        {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]


@pytest.mark.requirement("SMILE-BACKUP-08")
def test_replica_is_in_the_region_encrypted_and_protected(files):
    replication = files.one("efs/replicationConfiguration:ReplicationConfiguration")
    assert replication["sourceFileSystemId"] == "FileSystem/smile-files"
    assert replication["destination"] == {
        "fileSystemId": "FileSystem/smile-files-replica",
        "region": "ap-southeast-3",
    }
    systems = files.of(SYSTEM)
    assert systems["smile-files-replica"]["kmsKeyId"] == systems["smile-files"]["kmsKeyId"]
    # EFS overwrites the replica alone.
    assert systems["smile-files"]["protection"] == {"replicationOverwrite": "ENABLED"}
    assert systems["smile-files-replica"]["protection"] == {"replicationOverwrite": "DISABLED"}
    assert registered(files, SYSTEM, "smile-files-replica").protect
    assert registered(files, SYSTEM, "smile-files-replica").ignore_changes == {"protection"}


def test_without_a_replica_nothing_of_it_is_there(files_of):
    recording = files_of(replica=False)
    assert set(recording.of(SYSTEM)) == {"smile-files"}
    assert recording.result["replica"] is None
    assert set(recording.of("cloudwatch/metricAlarm:MetricAlarm")) == {"smile-files-throughput"}


@pytest.mark.requirement("SMILE-BACKUP-08")
def test_a_replica_more_than_fifteen_minutes_behind_or_silent_is_critical(files):
    alarm = files.of("cloudwatch/metricAlarm:MetricAlarm")["smile-files-replica-lag"]
    assert (alarm["metricName"], alarm["threshold"], alarm["treatMissingData"]) == (
        "TimeSinceLastSync",
        900,
        "breaching",
    )
    assert alarm["dimensions"] == {
        "FileSystemId": "FileSystem/smile-files",
        "DestinationFileSystemId": "FileSystem/smile-files-replica",
    }
    assert alarm["alarmActions"][0].endswith("alarms-critical")


def test_throughput_near_its_limit_raises_an_alarm(files):
    alarm = files.of("cloudwatch/metricAlarm:MetricAlarm")["smile-files-throughput"]
    queries = {query["id"]: query for query in alarm["metricQueries"]}
    assert queries["used"]["expression"] == "100 * (moved / PERIOD(moved)) / permitted"
    assert queries["moved"]["metric"]["metricName"] == "MeteredIOBytes"
    assert queries["permitted"]["metric"]["metricName"] == "PermittedThroughput"
    assert alarm["threshold"] == 80


def test_alarms_can_be_off(files_of):
    assert not files_of(alarms=False).of("cloudwatch/metricAlarm:MetricAlarm")
