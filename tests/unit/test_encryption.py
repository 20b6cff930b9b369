"""A key for each class of data, and who may use it."""

import json

import pytest

from components.encryption import DataKey

KEY, ALIAS = "kms/key:Key", "kms/alias:Alias"
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
CLASSES = ("database", "cache", "queues", "files", "objects", "logs", "secrets", "kubernetes", "backups")
USES = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:CreateGrant", "kms:*", "*"}


def statements(recording, data):
    """Sid -> statement of a key's policy."""
    policy = json.loads(recording.of(KEY)[f"smile-{data}"]["policy"])
    assert policy["Version"] == "2012-10-17"
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.requirement("SMILE-SEC-22")
def test_every_class_of_data_has_a_key_that_rotates_in_one_region(keys):
    assert set(keys.of(KEY)) == {f"smile-{data}" for data in CLASSES}
    for key in keys.of(KEY).values():
        assert (key["enableKeyRotation"], key["rotationPeriodInDays"]) == (True, 365)
        assert key["deletionWindowInDays"] == 30
        assert key["multiRegion"] is False
    assert keys.result["database"] == "arn:of:Key/smile-database"


@pytest.mark.requirement("SMILE-SEC-22")
def test_keys_have_names_that_people_find(keys):
    assert {each["name"]: each["targetKeyId"] for each in keys.of(ALIAS).values()} == {
        f"alias/smile-prod-{data}": f"key:Key/smile-{data}" for data in CLASSES
    }


@pytest.mark.requirement("SMILE-GEN-07")
def test_keys_are_protected_unless_the_environment_is_disposable(keys, keys_of):
    def options(recording):
        return {(each.protect, each.retain_on_delete) for each in recording.resources if each.type == f"aws:{KEY}"}

    assert options(keys) == {(True, True)}
    disposable = keys_of(protect=False, retain_on_delete=False, deletion_window_days=7, rotation_days=90)
    assert options(disposable) == {(False, False)}
    key = disposable.of(KEY)["smile-cache"]
    assert (key["deletionWindowInDays"], key["rotationPeriodInDays"]) == (7, 90)


@pytest.mark.requirement("SMILE-SEC-22")
@pytest.mark.parametrize("data", CLASSES)
def test_who_administers_a_key_cannot_use_it(keys, data):
    administration = statements(keys, data)["AccountAdministers"]
    assert administration["Principal"] == ROOT
    assert not USES & set(administration["Action"])
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"} <= set(administration["Action"])


@pytest.mark.requirement("SMILE-SEC-22")
@pytest.mark.parametrize("data", list(DataKey))
def test_the_account_uses_a_key_only_through_the_services_of_its_data(keys, data):
    use = statements(keys, data.slug)["AccountUsesThroughServices"]
    assert use["Condition"]["StringEquals"] == {
        "kms:CallerAccount": "123456789012",
        "kms:ViaService": [f"{name}.ap-southeast-3.amazonaws.com" for name in data.value.use.via],
    }


@pytest.mark.parametrize("data", CLASSES)
def test_every_use_by_somebody_else_is_tied_to_the_account(keys, data):
    for sid, statement in statements(keys, data).items():
        if sid != "AccountAdministers":
            assert "123456789012" in json.dumps(statement["Condition"])
        if "kms:CreateGrant" in statement["Action"]:
            assert statement["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_log_groups_of_the_account_use_the_logs_key_and_no_other(keys):
    logs = statements(keys, "logs")["LogGroupsOfAccount"]
    assert logs["Principal"] == {"Service": "logs.ap-southeast-3.amazonaws.com"}
    assert logs["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:ap-southeast-3:123456789012:log-group:*"
    }
    assert [data for data in CLASSES if "LogGroupsOfAccount" in statements(keys, data)] == ["logs"]


def test_producers_of_messages_may_write_for_this_account(keys):
    producers = statements(keys, "queues")["ServicesWriteForAccount"]
    assert set(producers["Principal"]["Service"]) == {
        f"{name}.amazonaws.com" for name in ("sns", "events", "cloudwatch", "s3")
    }
    assert producers["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_auto_scaling_starts_nodes_with_encrypted_disks(keys):
    disks = statements(keys, "kubernetes")["AutoScalingUsesDisks"]
    assert disks["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith("/AWSServiceRoleForAutoScaling")
    assert disks["Condition"]["StringEquals"]["kms:CallerAccount"] == "123456789012"
