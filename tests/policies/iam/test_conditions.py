"""A condition narrows only if what it admits is narrow: operators, keys and values as reports of breaches have them."""

import pytest

from guardrails.iam.conditions import (
    allows_public_principal,
    chooses_resources,
    demands_second_factor,
    is_narrowed,
)
from guardrails.iam.document import parse

ORGANIZATION, ACCOUNT, ENDPOINT = "o-a1b2c3d4e5", "123456789012", "vpce-0123456789abcdef0"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"


def statement(condition):
    body = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    (found,) = parse({"Version": "2012-10-17", "Statement": [body]}).statements
    return found


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:PrincipalOrgID", [ORGANIZATION]),
        ("StringLike", "aws:PrincipalOrgPaths", [f"{ORGANIZATION}/*"]),
        ("StringEquals", "aws:SourceAccount", [ACCOUNT]),
        ("ArnLike", "aws:SourceArn", [f"arn:aws:sns:ap-southeast-3:{ACCOUNT}:*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::stock-*"]),
        ("ArnEquals", "aws:PrincipalArn", [ROLE]),
        ("StringEquals", "aws:SourceVpce", [ENDPOINT]),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8"]),
    ],
)
def test_what_ties_requests_to_somebody_lets_nobody_else_in(operator, key, values):
    assert not allows_public_principal(statement({operator: {key: values}}))


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringLike", "aws:PrincipalOrgID", ["o-*"]),
        ("StringLike", "aws:PrincipalOrgID", [ORGANIZATION, "*"]),
        ("StringLike", "aws:PrincipalOrgPaths", ["o-*/r-ab12/*"]),
        ("StringLike", "aws:SourceAccount", ["????????????"]),
        ("StringLike", "aws:SourceAccount", ["12*"]),
        ("StringLike", "aws:SourceVpce", ["vpce-*"]),
        ("StringLike", "aws:SourceVpc", ["*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:sns:*:*:*"]),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/deploy"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/0"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]),
        ("IpAddress", "aws:SourceIp", ["64.0.0.0/2"]),
        ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", [ORGANIZATION]),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", [ORGANIZATION]),
        ("StringNotEquals", "aws:PrincipalAccount", [ACCOUNT]),
        ("Bool", "aws:SecureTransport", ["true"]),
        ("Null", "aws:PrincipalOrgID", ["false"]),
        ("DateLessThan", "aws:CurrentTime", ["2030-01-01T00:00:00Z"]),
    ],
)
def test_what_anybody_can_meet_is_public(operator, key, values):
    assert allows_public_principal(statement({operator: {key: values}}))


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("ForAllValues:StringEquals", "aws:TagKeys", ["Project"]),
        ("StringEqualsIfExists", "aws:ResourceTag/Project", ["smile"]),
        ("DateGreaterThan", "aws:CurrentTime", ["2020-01-01T00:00:00Z"]),
        ("Bool", "aws:SecureTransport", ["true"]),
        ("StringLike", "aws:PrincipalOrgID", ["o-*"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]),
        ("StringEquals", "aws:PrincipalOrgID", [ORGANIZATION]),
        ("ArnEquals", "aws:PrincipalArn", [ROLE]),
        ("StringEquals", "aws:PrincipalTag/team", ["platform"]),
        ("StringEquals", "aws:ResourceAccount", [ACCOUNT]),
        ("StringLike", "iam:PassedToService", ["*.amazonaws.com"]),
    ],
)
def test_what_holds_for_a_request_without_the_key_or_for_any_narrows_nothing(operator, key, values):
    assert not is_narrowed(statement({operator: {key: values}}))


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:ResourceTag/Project", ["smile"]),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["Project"]),
        ("StringEqualsIfExists", "aws:RequestedRegion", ["ap-southeast-3"]),
        ("Bool", "kms:GrantIsForAWSResource", ["true"]),
        ("StringEquals", "aws:SourceVpce", [ENDPOINT]),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8"]),
        ("ArnLike", "aws:SourceArn", [f"arn:aws:sns:ap-southeast-3:{ACCOUNT}:*"]),
        ("StringEquals", "aws:PrincipalTag/team", ["${aws:ResourceTag/team}"]),
        ("StringEquals", "iam:PassedToService", ["lambda.amazonaws.com"]),
    ],
)
def test_what_limits_a_request_narrows(operator, key, values):
    assert is_narrowed(statement({operator: {key: values}}))


@pytest.mark.parametrize(
    ("operator", "key", "values", "chooses"),
    [
        ("StringEquals", "aws:RequestedRegion", ["ap-southeast-3"], False),
        ("StringEquals", "aws:SourceVpce", [ENDPOINT], False),
        ("Bool", "aws:MultiFactorAuthPresent", ["true"], False),
        ("NumericLessThan", "s3:max-keys", ["10"], False),
        ("StringEquals", "kms:ViaService", ["s3.ap-southeast-3.amazonaws.com"], True),
        ("StringEquals", "aws:ResourceTag/Project", ["smile"], True),
    ],
)
def test_a_condition_on_the_place_of_a_request_chooses_no_resource(operator, key, values, chooses):
    assert chooses_resources(statement({operator: {key: values}})) is chooses


@pytest.mark.parametrize(
    ("operator", "key", "values", "demanded"),
    [
        ("Bool", "aws:MultiFactorAuthPresent", ["true"], True),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ["3600"], True),
        ("Bool", "aws:MultiFactorAuthPresent", ["false"], False),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", ["true"], False),
    ],
)
def test_a_second_factor_is_demanded_only_of_requests_that_would_fail_without(operator, key, values, demanded):
    assert demands_second_factor(statement({operator: {key: values}})) is demanded
