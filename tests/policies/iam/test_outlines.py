"""A policy document whose text isn't known yet is judged by the outline that its component shows."""

import pytest
from pulumi.runtime.rpc import UNKNOWN

from guardrails.testing.requests import urn_of

KEY = {"type": "aws:kms/key:Key", "name": "data", "provider": {"properties": {"region": "ap-southeast-3"}}}
POLICY = {"type": "aws:iam/policy:Policy", "name": "role-by-id", "properties": {"policy": UNKNOWN}}
COMPONENT = {"type": "platform:iam:ServiceRole", "name": "role"}
BUCKET_POLICY = {"type": "aws:s3/bucketPolicy:BucketPolicy", "name": "assets", "properties": {"policy": UNKNOWN}}


def unknown(*origins):
    return {"value": UNKNOWN, "from": [urn_of(each) for each in origins]}


def case(statement, policy=POLICY, *others):
    outline = {"resource": urn_of(policy), "property": "policy", "document": {"Statement": [statement]}}
    return {"resources": [KEY, policy, *others, COMPONENT | {"outputs": {"policyDocuments": [outline]}}]}


def decrypt(resource, action="kms:Decrypt"):
    return {"Sid": "One", "Effect": "Allow", "Action": [action], "Resource": [resource]}


def test_an_arn_that_comes_from_a_resource_is_no_wildcard(judge):
    found = judge("LP-IAM-017", case(decrypt(unknown(KEY))))
    assert not found.violations
    assert not found.undetermined


def test_without_an_outline_the_question_stays_open(judge):
    assert judge("LP-IAM-017", {"resources": [KEY, POLICY]}).undetermined


@pytest.mark.parametrize("action", ["*", "*:*"])
def test_administration_is_found_beside_an_unknown_arn(judge, action):
    (violation,) = judge(
        "LP-IAM-001", case(decrypt(unknown(KEY), action) | {"Resource": ["*", unknown(KEY)]})
    ).violations
    assert "policy.Statement[0]" in violation


@pytest.mark.parametrize(
    "origins", [(), (KEY, BUCKET_POLICY), ({"type": "random:index/randomId:RandomId", "name": "x"},)]
)
def test_a_value_that_comes_from_no_single_resource_of_aws_stays_unknown(judge, origins):
    found = judge("LP-IAM-017", case(decrypt(unknown(*origins)), POLICY, BUCKET_POLICY))
    assert found.undetermined


def test_a_known_value_is_judged_as_it_is(judge):
    statement = decrypt({"value": "*", "from": [urn_of(KEY)]}, "kms:Decrypt")
    assert judge("LP-IAM-017", case(statement)).violations


def test_the_text_counts_where_it_is_known(judge):
    document = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    known = POLICY | {"properties": {"policy": document}}
    assert judge("LP-IAM-001", case(decrypt(unknown(KEY)), known)).violations


def test_a_public_bucket_policy_is_found_beside_an_unknown_distribution(judge):
    account = {"provider": {"properties": {"allowedAccountIds": ["123456789012"]}}}
    distribution = {"type": "aws:cloudfront/distribution:Distribution", "name": "site"} | account
    tied = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::assets/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": unknown(distribution)}},
    }
    for control in ("LP-S3-008", "LP-S3-012"):
        found = judge(control, case(tied, BUCKET_POLICY, distribution))
        assert not found.violations
        assert not found.undetermined
    public = {key: value for key, value in tied.items() if key != "Condition"} | {"Principal": "*"}
    assert judge("LP-S3-008", case(public, BUCKET_POLICY, distribution)).violations
