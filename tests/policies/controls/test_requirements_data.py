"""What the documents ask of caches, files, queues, secrets, backups, logs and tags, by each stack's configuration."""

import json

import pytest

from tests.policies.conftest import level_of, parameters_of
from tests.stacks import STACKS

KEY = "arn:aws:kms:ap-southeast-3:111122223333:key/1"
QUEUE = "aws:sqs/queue:Queue"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
FILES = "aws:efs/fileSystem:FileSystem"
SECRET = "aws:secretsmanager/secret:Secret"
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
PARAMETER = "aws:ssm/parameter:Parameter"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PLAN = "aws:backup/plan:Plan"
VAULT = "aws:backup/vault:Vault"
TAGS = {
    "Project": "smile5",
    "ManagedBy": "pulumi",
    "Owner": "platform",
    "Component": "queues",
    "DataClass": "personal",
}


def said(stack, control_id):
    """What the stack's configuration says of the control, its level apart from its parameters."""
    return level_of(stack, control_id), parameters_of(stack, control_id)


def case(type_, properties, stack="prod", control_id="", **options):
    return {"type": type_, "properties": properties, "parameters": said(stack, control_id)[1], **options}


def holds(judge, control_id, good, bad):
    assert judge(control_id, good).diagnostics == ()
    assert judge(control_id, bad).violations


@pytest.mark.requirement("SMILE-SQS-03", "SMILE-SQS-04")
@pytest.mark.parametrize("stack", STACKS)
def test_a_queue_without_dead_letters_and_one_that_loses_them_stop_each_stack(judge, stack):
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:ap-southeast-3:111122223333:dead", "maxReceiveCount": 5}

    def queues(kept):
        dead = {"type": QUEUE, "name": "dead", "properties": {"name": "dead", "messageRetentionSeconds": kept}}
        source = {"redrivePolicy": json.dumps(redrive), "messageRetentionSeconds": 1209600}
        return {"resources": [dead, {"type": QUEUE, "properties": source}]}

    assert said(stack, "RSL-SQS-001")[0] == said(stack, "RSL-SQS-002")[0] == "mandatory"
    holds(judge, "RSL-SQS-001", queues(1209600), case(QUEUE, {}))
    holds(judge, "RSL-SQS-002", queues(1209600), queues(86400))


@pytest.mark.requirement("SMILE-REDIS-06")
@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_snapshots_of_caches_are_kept_30_days(judge, stack):
    assert said(stack, "RSL-ELASTICACHE-002")[0] == "mandatory"
    kept = [case(CACHE, {"snapshotRetentionLimit": days}, stack, "RSL-ELASTICACHE-002") for days in (30, 29)]
    holds(judge, "RSL-ELASTICACHE-002", *kept)


@pytest.mark.requirement("SMILE-REDIS-07")
@pytest.mark.parametrize("stack", STACKS)
def test_caches_fail_over_in_each_stack(judge, stack):
    assert said(stack, "RSL-ELASTICACHE-001")[0] == "mandatory"
    on = {"automaticFailoverEnabled": True, "multiAzEnabled": True}
    holds(judge, "RSL-ELASTICACHE-001", case(CACHE, on), case(CACHE, {**on, "multiAzEnabled": False}))


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_secrets_that_do_not_rotate_within_90_days_fail(judge):
    rotation = {"secretId": "api", "rotationRules": {"automaticallyAfterDays": 30}}
    secret = case(SECRET, {"name": "api"})
    rotated = {"resources": [secret, {"type": ROTATION, "name": "monthly", "properties": rotation}]}
    holds(judge, "RSL-SECRETSMANAGER-001", rotated, secret)
    assert judge("RSL-SECRETSMANAGER-001", case(ROTATION, {"rotationEnabled": False})).violations
    late = {**rotation, "rotationRules": {"automaticallyAfterDays": 91}}
    holds(judge, "RSL-SECRETSMANAGER-002", case(ROTATION, rotation), case(ROTATION, late))


@pytest.mark.requirement("SMILE-SECRETS-05")
@pytest.mark.parametrize(("stack", "days"), [("dev", 7), ("staging", 7), ("prod", 30)])
def test_deleted_secrets_can_be_restored(judge, stack, days):
    long, short = (
        case(SECRET, {"recoveryWindowInDays": each}, stack, "RSL-SECRETSMANAGER-003") for each in (days, days - 1)
    )
    holds(judge, "RSL-SECRETSMANAGER-003", long, short)


@pytest.mark.requirement("SMILE-SECRETS-01", "SMILE-SECRETS-06")
def test_a_value_in_plain_text_fails_and_is_not_shown(judge):
    planted = "planted-password"
    for control_id, type_, name in (
        ("ENC-SECRETSMANAGER-002", SECRET_VERSION, "secretString"),
        ("ENC-PULUMI-001", "aws:rds/instance:Instance", "password"),
        ("ENC-PULUMI-001", CACHE, "authToken"),
    ):
        assert judge(control_id, case(type_, {f"{name}Wo": planted})).diagnostics == ()
        outcome = judge(control_id, case(type_, {name: planted}))
        assert outcome.violations
        assert planted not in "".join(each.message for each in outcome.diagnostics)
    named = {"name": "/smile/db/password", "value": planted}
    holds(
        judge,
        "ENC-SSM-001",
        case(PARAMETER, {**named, "type": "SecureString"}),
        case(PARAMETER, {**named, "type": "String"}),
    )


@pytest.mark.requirement("SMILE-BACKUP-03")
def test_backups_of_prod_are_kept_30_days(judge):
    daily = [
        case(PLAN, {"rules": [{"lifecycle": {"deleteAfter": days}}]}, "prod", "RSL-BACKUP-001") for days in (30, 29)
    ]
    assert said("prod", "RSL-BACKUP-001")[0] == "mandatory"
    holds(judge, "RSL-BACKUP-001", *daily)


@pytest.mark.requirement("SMILE-BACKUP-07")
def test_a_vault_must_be_locked_in_prod_alone(judge):
    assert [said(stack, "RSL-BACKUP-002")[0] for stack in STACKS] == ["disabled", "disabled", "mandatory"]
    lock = {
        "type": "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "name": "lock",
        "properties": {"backupVaultName": "daily"},
    }
    vault = case(VAULT, {"name": "daily"})
    holds(judge, "RSL-BACKUP-002", {"resources": [vault, lock]}, vault)
    holds(judge, "ENC-BACKUP-001", case(VAULT, {"kmsKeyArn": KEY}), vault)


@pytest.mark.requirement("SMILE-OBS-13")
@pytest.mark.parametrize("stack", STACKS)
def test_logs_are_kept_30_days_and_not_for_ever(judge, stack):
    assert said(stack, "RSL-CLOUDWATCH-002")[0] == "mandatory"
    kept = [case(LOG_GROUP, {"retentionInDays": days}, stack, "RSL-CLOUDWATCH-002") for days in (30, 14)]
    holds(judge, "RSL-CLOUDWATCH-002", *kept)
    holds(judge, "RSL-CLOUDWATCH-001", case(LOG_GROUP, {"retentionInDays": 30}), case(LOG_GROUP, {}))


@pytest.mark.requirement("SMILE-GEN-06")
@pytest.mark.parametrize("stack", STACKS)
def test_resources_without_one_of_the_tags_fail(judge, stack):
    assert said(stack, "RSL-TAGGING-001")[0] == "mandatory"
    tags = {**TAGS, "Environment": stack}
    good = case(QUEUE, {"tags": tags}, stack, "RSL-TAGGING-001")
    for name in tags:
        less = {key: value for key, value in tags.items() if key != name}
        holds(judge, "RSL-TAGGING-001", good, case(QUEUE, {"tags": less}, stack, "RSL-TAGGING-001"))
    other = case(QUEUE, {"tags": {**tags, "Environment": "test"}}, stack, "RSL-TAGGING-001")
    holds(judge, "RSL-TAGGING-001", good, other)


@pytest.mark.requirement("SMILE-GEN-07")
@pytest.mark.parametrize("type_", [FILES, CACHE, VAULT, "aws:rds/instance:Instance", "aws:s3/bucket:Bucket"])
def test_what_holds_data_is_protected_in_prod(judge, type_):
    assert [said(stack, "RSL-PULUMI-001")[0] for stack in STACKS] == ["disabled", "disabled", "mandatory"]
    holds(judge, "RSL-PULUMI-001", case(type_, {}, protect=True), case(type_, {}))
