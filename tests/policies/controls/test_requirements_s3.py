"""What the documents ask of the buckets, held against them by the packs: four buckets as asked, then one fault each."""

import json
from copy import deepcopy

import pytest

KEY = "arn:aws:kms:ap-southeast-3:111122223333:key/1"
NAMES = ("smile5-assets", "smile5-documents", "smile5-backups", "smile5-logs")
BLOCK = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)
PROVIDER = {"properties": {"region": "ap-southeast-3", "allowedAccountIds": '["111122223333"]'}}


def statement(bucket, **about):
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        **about,
    }


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def settings(name):
    """What belongs to one bucket: type -> properties."""
    default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}}
    if name == "smile5-logs":
        default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return {
        "bucketPublicAccessBlock": BLOCK,
        "bucketOwnershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        "bucketServerSideEncryptionConfiguration": {"rules": [{**default, "bucketKeyEnabled": True}]},
        "bucketVersioning": {"versioningConfiguration": {"status": "Enabled"}},
        "bucketPolicy": {"policy": policy(statement(name, Condition=plain))},
        "bucketLogging": {"targetBucket": "smile5-logs"},
    }


def token(kind):
    return f"aws:s3/{kind}:{kind[0].upper()}{kind[1:]}"


def stack(change=lambda _: None):
    """The four buckets and their settings, by name and kind, after ``change``."""
    made = {name: {"bucket": {}, **deepcopy(settings(name))} for name in NAMES}
    del made["smile5-logs"]["bucketLogging"]
    change(made)
    return {
        "resources": [
            {
                "type": token(kind),
                "name": f"{name}-{kind}",
                "provider": PROVIDER,
                "properties": {"bucket": name, **properties},
            }
            for name, kinds in made.items()
            for kind, properties in kinds.items()
        ]
    }


def without(name, kind):
    return lambda made: made[name].pop(kind)


def having(name, kind, **properties):
    return lambda made: made[name].setdefault(kind, {}).update(properties)


CONTROLS = [
    *("LP-S3-001", "LP-S3-002", "LP-S3-007", "ENC-S3-001", "ENC-S3-002", "ENC-S3-003", "ENC-S3-004"),
    *("RSL-S3-001", "RES-S3-001", "RES-S3-002", "RES-S3-003"),
]


@pytest.mark.parametrize("control_id", CONTROLS)
def test_four_buckets_as_asked_pass(judge, control_id):
    assert judge(control_id, stack()).diagnostics == ()


@pytest.mark.requirement("SMILE-S3-07")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("control_id", "kind", "fault"),
    [
        ("LP-S3-001", "bucketPublicAccessBlock", None),
        *(("LP-S3-002", "bucketPublicAccessBlock", {flag: False}) for flag in BLOCK),
        ("LP-S3-007", "bucketOwnershipControls", {"rule": {"objectOwnership": "ObjectWriter"}}),
        ("LP-S3-004", "bucketAcl", {"acl": "public-read"}),
        ("LP-S3-008", "bucketPolicy", {"policy": policy(statement("a", Effect="Allow"))}),
    ],
)
def test_a_bucket_that_can_be_opened_to_the_public_fails(judge, name, control_id, kind, fault):
    change = without(name, kind) if fault is None else having(name, kind, **fault)
    assert judge(control_id, stack(change)).violations


@pytest.mark.requirement("SMILE-S3-08")
@pytest.mark.parametrize("name", ["smile5-documents", "smile5-backups", "smile5-assets"])
@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_a_bucket_without_a_key_of_our_own_fails(judge, name, algorithm):
    rules = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}, "bucketKeyEnabled": True}]
    fault = having(name, "bucketServerSideEncryptionConfiguration", rules=rules)
    assert judge("ENC-S3-002", stack(fault)).violations
    assert judge("ENC-S3-001", stack(without(name, "bucketServerSideEncryptionConfiguration"))).violations


@pytest.mark.requirement("SMILE-S3-08")
def test_a_bucket_without_bucket_keys_fails(judge):
    rules = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}}]
    fault = having("smile5-documents", "bucketServerSideEncryptionConfiguration", rules=rules)
    assert judge("ENC-S3-003", stack(fault)).violations


@pytest.mark.requirement("SMILE-S3-08")
def test_only_the_bucket_that_takes_access_logs_may_do_without_kms(judge):
    def nobody_logs(made):
        for kinds in made.values():
            kinds.pop("bucketLogging", None)

    assert judge("ENC-S3-002", stack()).violations == []
    assert judge("ENC-S3-002", stack(nobody_logs)).violations


@pytest.mark.requirement("SMILE-S3-09")
@pytest.mark.parametrize("name", NAMES)
def test_a_bucket_that_answers_without_tls_fails(judge, name):
    allows = policy(statement(name, Effect="Allow", Principal={"AWS": "111122223333"}))
    assert judge("ENC-S3-004", stack(without(name, "bucketPolicy"))).violations
    assert judge("ENC-S3-004", stack(having(name, "bucketPolicy", policy=allows))).violations


@pytest.mark.requirement("SMILE-S3-10")
@pytest.mark.parametrize("name", NAMES)
def test_a_bucket_without_versions_fails(judge, name):
    suspended = having(name, "bucketVersioning", versioningConfiguration={"status": "Suspended"})
    assert judge("RSL-S3-001", stack(without(name, "bucketVersioning"))).violations
    assert judge("RSL-S3-001", stack(suspended)).violations


@pytest.mark.requirement("SMILE-S3-14")
@pytest.mark.parametrize("region", ["ap-southeast-1", "us-east-1"])
def test_replication_to_a_bucket_abroad_fails(judge, region):
    def to(place):
        def change(made):
            made["copies"] = {"bucket": {"region": place}}
            rules = [{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copies"}}]
            made["smile5-documents"]["bucketReplicationConfig"] = {"rules": rules}

        return change

    assert judge("RES-S3-001", stack(to("ap-southeast-3"))).diagnostics == ()
    (violation,) = judge("RES-S3-001", stack(to(region))).violations
    assert region in violation


@pytest.mark.requirement("SMILE-S3-12")
@pytest.mark.parametrize("name", ["smile5-audit-logs", "smile5-archive"])
def test_an_archive_that_can_be_emptied_fails(judge, name):
    def failing(**about):
        archive = stack(lambda made: made.update({name: {"bucket": about}}))
        return {diagnostic.urn.rpartition("::")[2] for diagnostic in judge("RSL-S3-002", archive).diagnostics}

    assert f"{name}-bucket" in failing()
    assert f"{name}-bucket" not in failing(objectLockEnabled=True)
