"""The roles of AWS Backup, against AWS's own policies for them."""

import fnmatch
import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from components.backup.permissions import BackupRolesArgs
from components.backup.roles import backup_role, restore_role
from tests.recording import record

MANAGED = json.loads(aws_managed_policies_data)
USED = ("rds", "elasticfilesystem", "s3", "kms", "backup", "events", "cloudwatch", "tag")
"""Services of which the stack backs something up, or that backing up needs."""
OTHERS = ("Cluster", "Tenant")
"""Parts of the names of actions on Aurora clusters and tenant databases, of which there are none."""
# Action of AWS's policy that is left out -> why.
NOT_BACKING_UP = {
    "rds:ModifyDBInstance": "continuous backup of databases isn't used",
    "rds:DeleteDBInstanceAutomatedBackup": "continuous backup of databases isn't used",
    "rds:CopyDBSnapshot": "no plan copies",
    "rds:ModifyDBSnapshotAttribute": "nothing is shared",
    "backup:CopyFromBackupVault": "no plan copies",
    "backup:CopyIntoBackupVault": "no plan copies",
    "kms:GenerateDataKey": "for DynamoDB",
    "kms:GenerateDataKeyWithoutPlaintext": "for disks",
    "kms:ReEncryptFrom": "for disks",
    "kms:ReEncryptTo": "for disks",
}
NOT_RESTORING = {
    "rds:RestoreDBInstanceToPointInTime": "that is RDS's own, by a setting",
    "backup:StartRestoreJob": "who restores does that, not the role",
    "backup:ListRestoreJobs": "for EKS",
    "backup:ListRecoveryPointsByBackupVault": "for EKS",
    "backup:DescribeRestoreJob": "for EKS",
    "s3:CreateBucket": "objects go back to where they came from",
    "s3:DeleteObject": "nothing is deleted",
    "s3:PutBucketOwnershipControls": "for new buckets",
    "s3:PutBucketVersioning": "for new buckets",
    "s3:PutObjectAcl": "the bucket has no access lists",
    "s3:PutObjectVersionAcl": "the bucket has no access lists",
}
SPELT = {
    "elasticfilesystem:CreateFilesystem": "elasticfilesystem:CreateFileSystem",
    "elasticfilesystem:DeleteFilesystem": "elasticfilesystem:DeleteFileSystem",
    "elasticfilesystem:DescribeFilesystems": "elasticfilesystem:DescribeFileSystems",
}


@pytest.fixture(scope="module")
def roles(context):
    import pulumi

    def program():
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        args = BackupRolesArgs(context=context, bucket="documents", tag={"Backup": "daily"})
        return [backup_role("smile-backup", args, parent).arn, restore_role("smile-restore", args, parent).arn]

    return record(program)


def statements(recording, name):
    return json.loads(recording.of("iam/policy:Policy")[name]["policy"])["Statement"]


def listed(value):
    return [value] if isinstance(value, str) else value


def of_aws(*names):
    """Actions of AWS's policies, of the services in use."""
    for name in names:
        for statement in MANAGED[name]["Document"]["Statement"]:
            for action in listed(statement["Action"]):
                service, _, verb = action.partition(":")
                if service in USED and not any(word in verb for word in OTHERS):
                    yield SPELT.get(action, action)


@pytest.mark.requirement("SMILE-BACKUP-07")
@pytest.mark.parametrize(
    ("role", "managed", "left_out"),
    [
        (
            "smile-backup",
            ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup"),
            NOT_BACKING_UP,
        ),
        (
            "smile-restore",
            ("AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore"),
            NOT_RESTORING,
        ),
    ],
)
def test_a_role_may_what_aws_says_it_needs_but_for_what_is_left_out_on_purpose(roles, role, managed, left_out):
    """When AWS adds to its policies, this says what to add here, or to leave out with a reason."""
    ours = {action for statement in statements(roles, role) for action in statement["Action"]}
    theirs = set(of_aws(*managed))
    assert theirs - ours == set(left_out)
    assert ours <= theirs


@pytest.mark.parametrize("role", ["smile-backup", "smile-restore"])
def test_a_policy_fits_into_what_iam_takes(roles, role):
    assert len(json.dumps({"Statement": statements(roles, role)}, separators=(",", ":"))) < 6144


@pytest.mark.parametrize("role", ["smile-backup", "smile-restore"])
def test_every_permission_says_on_what(roles, role):
    statements = roles.permissions(role)
    assert all(statement["Resource"] for statement in statements.values())
    rds = "arn:aws:rds:ap-southeast-3:123456789012"
    assert statements["ReadDatabases"]["Resource"] == [f"{rds}:db:*", f"{rds}:snapshot:*"]


def test_the_backup_role_changes_no_database_and_deletes_only_what_it_made(roles):
    for statement in statements(roles, "smile-backup"):
        for action in statement["Action"]:
            assert not fnmatch.fnmatch(action, "rds:Modify*")
            if action.startswith("rds:Delete"):
                assert statement["Resource"] == ["arn:aws:rds:ap-southeast-3:123456789012:snapshot:awsbackup:*"]


def test_the_restore_role_deletes_only_what_a_test_restored(roles):
    deleting = [each for each in statements(roles, "smile-restore") if any(":Delete" in one for one in each["Action"])]
    assert {each["Sid"] for each in deleting} == {"RemoveTestDatabase", "RemoveTestFiles"}
    for each in deleting:
        named = all("awsbackup-restore-test" in arn for arn in each["Resource"])
        tagged = each.get("Condition") == {"Null": {"aws:ResourceTag/awsbackup-restore-test": "false"}}
        assert named or tagged


def test_only_the_documents_bucket_is_read(roles):
    arns = {arn for each in statements(roles, "smile-backup") for arn in each["Resource"] if ":s3:::" in arn}
    assert arns == {"arn:aws:s3:::documents", "arn:aws:s3:::documents/*"}


def test_aws_backup_takes_the_roles_on_and_does_not_say_for_whom(roles):
    for role in roles.of("iam/role:Role").values():
        (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
        assert "Condition" not in trust
