"""A key for each class of data, and who may use it."""

import json

import pytest

from components.encryption.encryption_keys import CLASSES

KEY, ALIAS = "kms/key:Key", "kms/alias:Alias"
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
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
@pytest.mark.parametrize("data", CLASSES)
def test_the_account_uses_a_key_only_through_the_services_of_its_data(keys, data):
    use = statements(keys, data)["AccountUsesThroughServices"]
    assert use["Condition"]["StringEquals"] == {
        "kms:CallerAccount": "123456789012",
        "kms:ViaService": [f"{name}.ap-southeast-3.amazonaws.com" for name in CLASSES[data].use.via],
    }


@pytest.mark.parametrize("data", CLASSES)
def test_every_use_by_somebody_else_is_tied_to_the_account(keys, data):
    for sid, statement in statements(keys, data).items():
        if sid != "AccountAdministers":
            assert "123456789012" in json.dumps(statement["Condition"])
        if "kms:CreateGrant" in statement["Action"] and sid != "AccountGrantsToClusters":
            for_service = statement["Condition"].get("Bool") == {"kms:GrantIsForAWSResource": "true"}
            assert for_service or statement["Condition"]["StringEquals"]["kms:ViaService"]


@pytest.mark.parametrize("data", CLASSES)
def test_services_grant_whether_or_not_they_say_that_it_is_for_a_resource(keys, data):
    """AWS documents the condition for RDS, EBS and AWS Backup, and grants without it for ECR."""
    found = statements(keys, data)
    for_resources, through = found["AccountGrantsToServices"], found["AccountGrantsThroughServices"]
    assert "kms:ViaService" not in for_resources["Condition"]["StringEquals"]
    assert through["Action"] == ["kms:CreateGrant", "kms:RetireGrant"]
    assert through["Condition"] == found["AccountUsesThroughServices"]["Condition"]


def test_inputs_of_schedules_are_encrypted_for_whoever_makes_one_and_decrypted_by_its_role(keys):
    """Both call KMS themselves: ``kms:ViaService`` would be missing."""
    inputs = statements(keys, "functions")["SchedulesOfAccount"]
    assert (inputs["Principal"], inputs["Action"]) == (ROOT, ["kms:Decrypt", "kms:GenerateDataKey"])
    schedules = "arn:aws:scheduler:ap-southeast-3:123456789012:schedule/*"
    assert inputs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:scheduler:schedule:arn": schedules}}
    assert [data for data in CLASSES if "SchedulesOfAccount" in statements(keys, data)] == ["functions"]


@pytest.mark.requirement("SMILE-SEC-22")
def test_eks_may_grant_the_key_of_kubernetes_secrets_to_a_cluster_and_no_other_key(keys):
    """EKS can't create a cluster where its grant has to be one "for an AWS resource"."""
    grants = statements(keys, "kubernetes")["AccountGrantsToClusters"]
    assert (grants["Principal"], grants["Action"]) == (ROOT, ["kms:CreateGrant"])
    assert grants["Condition"] == {"StringEquals": {"kms:CallerAccount": "123456789012"}}
    assert [data for data in CLASSES if "AccountGrantsToClusters" in statements(keys, data)] == ["kubernetes"]


@pytest.mark.parametrize(
    ("sid", "senders", "context", "targets"),
    [
        ("EventsWriteToSns", ["events", "events.rds"], "aws:sns:topicArn", "arn:aws:sns:ap-southeast-3:123456789012:*"),
        ("EventsWriteToSqs", ["events"], "aws:sqs:arn", "arn:aws:sqs:ap-southeast-3:123456789012:*"),
    ],
)
def test_events_go_to_topics_and_queues_of_this_account(keys, sid, senders, context, targets):
    """Senders are known by the target: aws:SourceAccount isn't supported for them, and would drop every event."""
    events = statements(keys, "queues")[sid]
    assert events["Principal"] == {"Service": [f"{sender}.amazonaws.com" for sender in senders]}
    assert set(events["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert events["Condition"] == {"ArnLike": {f"kms:EncryptionContext:{context}": targets}}


def test_log_groups_of_the_account_use_the_logs_key_and_no_other(keys):
    logs = statements(keys, "logs")["LogGroupsOfAccount"]
    assert logs["Principal"] == {"Service": "logs.ap-southeast-3.amazonaws.com"}
    assert logs["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:ap-southeast-3:123456789012:log-group:*"
    }
    assert [data for data in CLASSES if "LogGroupsOfAccount" in statements(keys, data)] == ["logs"]


def test_trails_of_the_account_use_the_logs_key_and_no_other(keys):
    trails = "arn:aws:cloudtrail:ap-southeast-3:123456789012:trail/*"
    write, look = (statements(keys, "logs")[sid] for sid in ("TrailsOfAccount", "TrailsOfAccountLook"))
    assert (write["Principal"], write["Action"]) == ({"Service": "cloudtrail.amazonaws.com"}, ["kms:GenerateDataKey*"])
    assert write["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails}}
    assert (look["Action"], look["Condition"]) == (["kms:DescribeKey"], {"ArnLike": {"aws:SourceArn": trails}})
    assert [data for data in CLASSES if "TrailsOfAccount" in statements(keys, data)] == ["logs"]


def test_producers_of_messages_may_write_for_this_account(keys):
    producers = statements(keys, "queues")["ServicesWriteForAccount"]
    assert set(producers["Principal"]["Service"]) == {
        f"{name}.amazonaws.com" for name in ("sns", "cloudwatch", "s3", "backup", "budgets", "costalerts")
    }
    assert producers["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_auto_scaling_starts_nodes_with_encrypted_disks(keys):
    kubernetes = statements(keys, "kubernetes")
    disks, grants = kubernetes["AutoScalingUsesDisks"], kubernetes["AutoScalingGrantsToDisks"]
    for each in (disks, grants):
        assert each["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith("/AWSServiceRoleForAutoScaling")
        # No kms:ViaService: AWS's own statements have none, and a node without its disk's key never starts.
        assert each["Condition"]["StringEquals"] == {"kms:CallerAccount": "123456789012"}
    assert grants["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
