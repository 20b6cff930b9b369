"""Backups as a program registers them: vaults, plans, restore tests, the audit and the alarms."""

import json

import pytest
from moto.events.models import EventPattern

from components.backup.alarms import alarms
from components.backup.backup import Backup, BackupArgs, ProtectedDatabase
from components.backup.plans import TAG
from components.backup.settings import Backup as BackupSettings
from components.backup.settings import Lock
from components.core.protection import Protection
from settings import load_from_files
from tests.recording import record

ACCOUNT, REGION = "123456789012", "ap-southeast-3"
CUSTODIAN = f"arn:aws:iam::{ACCOUNT}:role/deploy"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key"
TAGGED = [{"key": "aws:ResourceTag/Backup", "value": "daily"}]


@pytest.fixture(scope="module")
def backup_of(foundation_of):
    def make(settings=None, **changes):
        args = {
            "context": foundation_of(),
            "settings": settings or load_from_files("prod").backup,
            "database": ProtectedDatabase(
                identifier="smile-prod-database", subnet_group="smile-prod-database", security_group_ids=["sg-1"]
            ),
            "documents_bucket": "documents",
            "backups_bucket": "backups",
            "runbook": "docs/runbooks/recovery.md",
        }

        def program():
            made = Backup("smile", BackupArgs(**(args | changes)))
            return {"vaults": made.vault_arns, "role": made.restore_role_arn}

        return record(program)

    return make


@pytest.fixture(scope="module")
def backup(backup_of):
    return backup_of()


def rule(recording, plan):
    (only,) = recording.of("backup/plan:Plan")[f"smile-{plan}"]["rules"]
    return only


def vault_policy(recording, vault="daily"):
    policy = json.loads(recording.of("backup/vaultPolicy:VaultPolicy")[f"smile-{vault}"]["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


# Vaults


@pytest.mark.requirement("SMILE-BACKUP-07")
def test_vaults_have_the_backups_key_and_are_kept_from_deletion(backup):
    made = [each for each in backup.resources if each.type == "aws:backup/vault:Vault"]
    assert {each.inputs["name"] for each in made} == {"smile-prod-daily", "smile-prod-archive"}
    assert {each.inputs["kmsKeyArn"] for each in made} == {f"{KEY}/backups"}
    assert all(each.protect and each.retain_on_delete for each in made)
    assert backup.result["vaults"]["daily"] == "arn:of:Vault/smile-daily"


@pytest.mark.requirement("SMILE-BACKUP-07")
def test_vaults_are_locked_in_governance_mode_to_their_retention(backup):
    locks = backup.of("backup/vaultLockConfiguration:VaultLockConfiguration")
    assert {name: (lock["minRetentionDays"], lock["maxRetentionDays"]) for name, lock in locks.items()} == {
        "smile-daily": (30, 35),
        "smile-archive": (2557, 3653),
    }
    assert all("changeableForDays" not in lock for lock in locks.values())


@pytest.mark.requirement("SMILE-BACKUP-07")
def test_compliance_mode_can_be_taken_back_for_the_grace_period(backup_of):
    settings = BackupSettings(lock=Lock(mode="compliance", approval="DPO-2026-014", grace_days=5))
    locks = backup_of(settings).of("backup/vaultLockConfiguration:VaultLockConfiguration")
    assert {lock["changeableForDays"] for lock in locks.values()} == {5}


@pytest.mark.requirement("SMILE-BACKUP-07")
@pytest.mark.parametrize("vault", ["daily", "archive"])
def test_nobody_deletes_recovery_points_or_cuts_their_time(backup, vault):
    denied = vault_policy(backup, vault)["DenyDeletion"]
    assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", "*", ["*"])
    assert "Condition" not in denied
    assert {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"} <= set(denied["Action"])


@pytest.mark.requirement("SMILE-BACKUP-07")
@pytest.mark.requirement("SMILE-BACKUP-10")
def test_no_other_account_reaches_a_vault_and_no_copy_leaves_the_region(backup):
    policy = vault_policy(backup)
    foreign = policy["DenyOtherAccounts"]
    assert foreign["Action"] == ["backup:*"]
    assert foreign["Condition"] == {
        "StringNotEquals": {"aws:PrincipalAccount": ACCOUNT},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }
    assert policy["DenyCopiesElsewhere"]["Condition"] == {
        "ForAnyValue:ArnNotLike": {"backup:CopyTargets": f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:*"}
    }
    assert all("copyActions" not in plan["rules"][0] for plan in backup.of("backup/plan:Plan").values())


def test_only_custodians_unlock_a_vault_where_there_are_any(backup, backup_of):
    assert "DenyUnlocking" not in vault_policy(backup)
    kept = vault_policy(backup_of(BackupSettings(lock=Lock(custodians=(CUSTODIAN,)))))["DenyUnlocking"]
    assert kept["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [CUSTODIAN]}}
    assert kept["Resource"] == [f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:smile-prod-daily"]
    assert {"backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultLockConfiguration"} <= set(kept["Action"])


def test_vaults_tell_of_objects_that_were_left_out(backup):
    told = backup.of("backup/vaultNotifications:VaultNotifications")["smile-daily"]
    assert told["snsTopicArn"].endswith("alarms-critical")
    assert set(told["backupVaultEvents"]) >= {"S3_BACKUP_OBJECT_FAILED", "CONTINUOUS_BACKUP_INTERRUPTED"}


def test_a_vault_is_deleted_with_what_is_in_it_only_where_nothing_is_protected(backup, backup_of, foundation_of):
    disposable = foundation_of(protection=Protection(protect=False, deletion_protection=False, retain_on_delete=False))
    for recording, emptied in ((backup, False), (backup_of(context=disposable), True)):
        assert {each["forceDestroy"] for each in recording.of("backup/vault:Vault").values()} == {emptied}
    # the policy, which denies it, and the lock go first
    vault = next(each.urn for each in backup.resources if each.type == "aws:backup/vault:Vault")
    for kind in ("vaultPolicy:VaultPolicy", "vaultLockConfiguration:VaultLockConfiguration"):
        assert any(vault in each.dependencies for each in backup.resources if each.type == f"aws:backup/{kind}")


# Plans


@pytest.mark.requirement("SMILE-BACKUP-03")
@pytest.mark.requirement("SMILE-BACKUP-05")
@pytest.mark.parametrize(("stack", "days"), [("prod", 30), ("staging", 7)])
def test_everything_tagged_is_copied_every_night(backup_of, stack, days):
    recording = backup_of(load_from_files(stack).backup)
    daily = rule(recording, "daily")
    assert (daily["schedule"], daily["scheduleExpressionTimezone"]) == ("cron(0 22 * * ? *)", "Asia/Jakarta")
    assert daily["lifecycle"] == {"deleteAfter": days}
    selection = recording.of("backup/selection:Selection")["smile-daily"]
    assert selection["resources"] == ["*"]
    assert selection["conditions"] == [{"stringEquals": TAGGED}]


@pytest.mark.requirement("SMILE-BACKUP-05")
def test_database_files_and_documents_carry_the_tag_that_the_plans_select(backup):
    from components.files.shared_file_system import BACKUP

    assert load_from_files("prod").storage.buckets["documents"].backup == "daily"
    assert TAG == BACKUP == {"Backup": "daily"}


@pytest.mark.requirement("SMILE-BACKUP-04")
def test_files_are_archived_each_month_for_seven_years_in_cold_storage(backup):
    archive = rule(backup, "archive")
    assert archive["schedule"] == "cron(0 0 1 * ? *)"
    assert archive["lifecycle"] == {"coldStorageAfter": 30, "deleteAfter": 2557}
    assert archive["targetVaultName"] == "smile-prod-archive"
    selection = backup.of("backup/selection:Selection")["smile-archive"]
    assert selection["resources"] == [f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/*"]


@pytest.mark.requirement("SMILE-BACKUP-01")
def test_only_buckets_are_backed_up_continuously(backup):
    """Of a database it would take over retention and window, against what the program says of them."""
    continuous = {
        name for name, plan in backup.of("backup/plan:Plan").items() if plan["rules"][0]["enableContinuousBackup"]
    }
    assert continuous == {"smile-continuous"}
    assert rule(backup, "continuous")["lifecycle"] == {"deleteAfter": 35}
    assert backup.of("backup/selection:Selection")["smile-continuous"]["resources"] == ["arn:aws:s3:::*"]


def test_no_two_plans_take_one_resource_at_a_time(backup, backup_of):
    """AWS Backup ends the later one as EXPIRED, once its start window is over."""
    selections = backup.of("backup/selection:Selection")
    assert selections["smile-daily"]["notResources"] == selections["smile-continuous"]["resources"]
    daily, archive = rule(backup, "daily"), rule(backup, "archive")
    assert archive["startWindow"] >= daily["completionWindow"] == 720  # a daily one from 22:00 may still run at 00:00
    assert archive["completionWindow"] >= archive["startWindow"] + daily["completionWindow"]

    settings = load_from_files("prod").backup
    once = settings.model_copy(update={"daily": settings.daily.model_copy(update={"continuous": False})})
    assert "notResources" not in backup_of(once).of("backup/selection:Selection")["smile-daily"]


def test_first_the_locks_then_the_plans(backup):
    plans = [each for each in backup.resources if each.type == "aws:backup/plan:Plan"]
    locks = {each.urn for each in backup.resources if "vaultLockConfiguration" in each.type}
    assert plans
    assert locks
    assert all(locks <= plan.dependencies for plan in plans)


# Restore tests, audit


@pytest.mark.requirement("SMILE-BACKUP-02")
@pytest.mark.requirement("SMILE-BACKUP-11")
def test_database_and_files_are_restored_each_month(backup):
    plan = backup.one("backup/restoreTestingPlan:RestoreTestingPlan")
    assert (plan["scheduleExpression"], plan["scheduleExpressionTimezone"]) == ("cron(0 4 15 * ? *)", "Asia/Jakarta")
    assert plan["recoveryPointSelection"] == {
        "algorithm": "RANDOM_WITHIN_WINDOW",
        "includeVaults": ["arn:of:Vault/smile-daily"],
        "recoveryPointTypes": ["SNAPSHOT"],
        "selectionWindowDays": 30,
    }
    tested = backup.of("backup/restoreTestingSelection:RestoreTestingSelection")
    assert {each["protectedResourceType"] for each in tested.values()} == {"RDS", "EFS"}
    assert {each["iamRoleArn"] for each in tested.values()} == {backup.result["role"]}
    for each in tested.values():
        assert each["protectedResourceConditions"] == {"stringEquals": TAGGED}
        assert "protectedResourceArns" not in each  # the provider: exactly one of the two
    assert tested["smile-restore-test-rds"]["restoreMetadataOverrides"] == {
        "dbSubnetGroupName": "smile-prod-database",
        "vpcSecurityGroupIds": '["sg-1"]',
        "multiAz": "false",
    }


def test_restore_tests_override_what_aws_backup_lets_them(backup):
    """Files are always restored encrypted; AWS's table has no ``encrypted`` to override, only the key."""
    tested = backup.of("backup/restoreTestingSelection:RestoreTestingSelection")
    assert tested["smile-restore-test-efs"]["restoreMetadataOverrides"] == {"kmsKeyId": f"{KEY}/files"}


def test_names_are_what_aws_backup_takes(backup):
    for kind in ("restoreTestingPlan:RestoreTestingPlan", "restoreTestingSelection:RestoreTestingSelection"):
        for each in backup.of(f"backup/{kind}").values():
            assert each["name"].startswith("smile_prod_")
            assert each["name"].replace("_", "").isalnum()


@pytest.mark.requirement("SMILE-BACKUP-02")
def test_the_audit_measures_restores_against_four_hours_and_has_all_that_its_controls_ask_for(backup):
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html"""
    controls = {each["name"]: each for each in backup.one("backup/framework:Framework")["controls"]}
    parameters = {
        name: {each["name"]: each["value"] for each in about.get("inputParameters") or ()}
        for name, about in controls.items()
    }
    assert {name: about for name, about in parameters.items() if about} == {
        "BACKUP_LAST_RECOVERY_POINT_CREATED": {"recoveryPointAgeUnit": "days", "recoveryPointAgeValue": "1"},
        "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK": {"requiredRetentionDays": "30"},
        "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET": {"maxRestoreTime": "240"},
    }
    whole = {"BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", "BACKUP_RECOVERY_POINT_ENCRYPTED"}
    assert {name for name, about in controls.items() if not about.get("scope")} == whole
    assert [about["scope"] for name, about in controls.items() if name not in whole] == [{"tags": TAG}] * 4


def test_what_is_switched_off_is_not_made(backup_of):
    settings = load_from_files("staging").backup
    off = settings.model_copy(
        update={
            "audit_framework": False,
            "restore_test": settings.restore_test.model_copy(update={"enabled": False}),
            "daily": settings.daily.model_copy(update={"continuous": False}),
        }
    )
    recording = backup_of(off)
    assert not {each for each in recording.types() if "restoreTesting" in each or "framework" in each}
    assert set(recording.of("backup/plan:Plan")) == {"smile-daily"}
    assert not recording.of("lambda/function:Function")


# Alarms


def event(kind, **detail):
    return {"source": "aws.backup", "detail-type": kind, "detail": detail}


OURS = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:smile-prod-daily"
RULES = f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/aws-service-rule/backup.amazonaws.com"
EVENTS = [
    ("failed", event("Backup Job State Change", state="FAILED", backupVaultArn=OURS)),
    ("failed", event("Backup Job State Change", state="EXPIRED", backupVaultArn=OURS)),
    (None, event("Backup Job State Change", state="COMPLETED", backupVaultArn=OURS)),
    (None, event("Backup Job State Change", state="FAILED", backupVaultArn=OURS.replace("prod", "dev"))),
    ("restore-failed", event("Restore Job State Change", status="FAILED", resourceType="RDS")),
    (None, event("Restore Job State Change", status="COMPLETED", resourceType="RDS")),
    ("copied", event("Copy Job State Change", state="CREATED")),
    (
        "touched",
        event("AWS API Call via CloudTrail", eventSource="backup.amazonaws.com", eventName="DeleteRecoveryPoint"),
    ),
    (
        "touched",
        event(
            "AWS API Call via CloudTrail",
            eventSource="backup.amazonaws.com",
            eventName="DeleteBackupVaultLockConfiguration",
        ),
    ),
    (None, event("AWS API Call via CloudTrail", eventSource="backup.amazonaws.com", eventName="ListBackupJobs")),
    (
        "unmet",
        {
            "source": "aws.config",
            "detail-type": "Config Rules Compliance Change",
            "detail": {
                "configRuleARN": f"{RULES}/config-rule-abc",
                "newEvaluationResult": {"complianceType": "NON_COMPLIANT"},
            },
        },
    ),
]


@pytest.mark.requirement("SMILE-BACKUP-11")
@pytest.mark.requirement("SMILE-LAMBDA-02")
@pytest.mark.parametrize(("role", "what"), EVENTS)
def test_an_event_goes_to_the_rule_that_is_for_it_and_to_no_other(environment, role, what):
    hit = [
        name
        for name, each in alarms(environment).items()
        if EventPattern.load(json.dumps(each.pattern)).matches_event(what)
    ]
    assert hit == ([role] if role else [])


@pytest.mark.requirement("SMILE-LAMBDA-02")
def test_people_read_a_sentence_on_the_topic_of_critical_alarms(backup):
    targets = backup.of("cloudwatch/eventTarget:EventTarget")
    assert set(targets) == set(backup.of("cloudwatch/eventRule:EventRule"))
    for target in targets.values():
        assert target["arn"].endswith("smile-prod-alarms-critical")
        paths, template = (
            target["inputTransformer"]["inputPaths"],
            json.loads(target["inputTransformer"]["inputTemplate"]),
        )
        assert template.startswith("smile-prod: ")
        assert template.endswith("docs/runbooks/recovery.md.")
        assert all(f"<{name}>" in template for name in paths)
        assert template.count("<") == len(paths)
        assert all(path.startswith("$.detail.") for path in paths.values())


# A program without shared file systems


def test_without_a_key_of_files_nothing_is_about_file_systems(backup_of, foundation_of):
    keys = {key: arn for key, arn in foundation_of().keys.items() if key != "files"}
    made = backup_of(context=foundation_of(keys=keys))
    assert set(made.of("backup/restoreTestingSelection:RestoreTestingSelection")) == {"smile-restore-test-rds"}
    for role in ("smile-backup", "smile-restore"):
        granted = made.permissions(role).values()
        assert granted
        assert not [action for each in granted for action in each["Action"] if action.startswith("elasticfilesystem")]
        assert not [arn for each in granted for arn in each["Resource"] if arn.endswith("key/files")]


def test_with_one_they_are_backed_up_and_restored(backup):
    assert "BackUpFiles" in backup.permissions("smile-backup")
    assert {"MakeFileSystem", "RestoreFiles", "RemoveTestFiles"} <= set(backup.permissions("smile-restore"))


def test_a_copy_a_month_of_databases_is_made_by_setting_after_the_daily_one(backup, backup_of):
    assert "smile-monthly" not in backup.of("backup/plan:Plan")
    settings = load_from_files("prod").backup
    monthly = settings.monthly.model_copy(update={"enabled": True})
    made = backup_of(settings.model_copy(update={"monthly": monthly}))
    assert rule(made, "monthly")["lifecycle"] == {"deleteAfter": 365}
    assert rule(made, "monthly")["startWindow"] >= rule(made, "daily")["completionWindow"]
    assert made.of("backup/selection:Selection")["smile-monthly"]["resources"][0].endswith(":db:*")
