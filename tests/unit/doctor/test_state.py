"""The state's bucket and key are there and as they should be; the stack's own names are free or ours."""

import pytest

from doctor.checks import state
from settings import load_from_files
from tests.unit.doctor.conftest import REAL

STATE, KEY, NAMES = state.CHECKS
BUCKET = f"smile-state-{REAL}"
OWN = {"Bucket": BUCKET, "ExpectedBucketOwner": REAL}


def encryption(algorithm):
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]
    return ("get_bucket_encryption", {"ServerSideEncryptionConfiguration": {"Rules": rules}}, OWN)


def head(region="ap-southeast-3"):
    return ("head_bucket", {"BucketRegion": region}, OWN)


@pytest.mark.parametrize(
    ("region", "versions", "algorithm", "verdicts"),
    [
        ("ap-southeast-3", {"Status": "Enabled"}, "aws:kms", ["fine", "fine", "fine"]),
        ("ap-southeast-1", {}, "AES256", ["blocks", "blocks", "warning"]),
    ],
)
def test_bucket_is_in_the_region_with_versions_and_its_key(says, region, versions, algorithm, verdicts):
    answers = [head(region), ("get_bucket_versioning", versions, OWN), encryption(algorithm)]
    assert [each.verdict for each in says(STATE, {"s3": answers}).values()] == verdicts


def test_a_bucket_that_is_yet_to_be_made_leads_to_bootstrap(says):
    (result,) = says(STATE, {"s3": [("head_bucket", "404")]}).values()
    assert (result.verdict, result.fix) == ("blocks", "smile bootstrap --stack prod")


def test_a_bucket_that_may_be_somebody_elses_is_not_checked(says):
    (result,) = says(STATE, {"s3": [("head_bucket", "403")]}).values()
    assert result.verdict == "not checked"
    assert "s3:ListBucket" in result.needed


@pytest.mark.parametrize(
    ("status", "rotates", "verdicts"),
    [("Enabled", True, ["fine", "fine"]), ("PendingDeletion", False, ["blocks", "warning"])],
)
def test_key_is_enabled_and_rotates(says, status, rotates, verdicts):
    about = ("describe_key", {"KeyMetadata": {"KeyId": "1", "KeyState": status}}, {"KeyId": "alias/smile-state"})
    rotation = ("get_key_rotation_status", {"KeyRotationEnabled": rotates}, {"KeyId": "1"})
    assert [each.verdict for each in says(KEY, {"kms": [about, rotation]}).values()] == verdicts


def test_a_key_that_is_yet_to_be_made_leads_to_bootstrap(says):
    (result,) = says(KEY, {"kms": [("describe_key", "NotFoundException")]}).values()
    assert (result.verdict, result.fix) == ("blocks", "smile bootstrap --stack prod")


def test_names_of_buckets_are_free_or_ours(says):
    purposes = list(load_from_files("prod").storage.buckets)
    ours, taken = f"smile5-{purposes[0]}-prod-{REAL}", purposes[1]
    answers = [("list_buckets", {"Buckets": [{"Name": ours}]})]
    answers += [("head_bucket", "403" if each == taken else "404") for each in purposes[1:]]
    told = says(NAMES, {"s3": answers})
    assert told[f"bucket {ours}"].found == "the account's"
    somebody = [each for each in told.values() if each.found == "somebody else's"]
    assert [each.verdict for each in somebody] == ["blocks"]
    assert f"smile:storage.buckets.{taken}.name" in somebody[0].fix
    assert sum(each.found == "free" for each in told.values()) == len(purposes) - 2
