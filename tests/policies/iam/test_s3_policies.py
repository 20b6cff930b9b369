"""Whom a resource policy lets in, and which uploads it refuses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.iam.document import parse
from guardrails.iam.requests import holds, refuses_upload
from guardrails.iam.sharing import outsiders
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UNKNOWN, UndeterminedError

OWN, OTHER, THIRD = "111122223333", "999999999999", "444455556666"


def allow(principal, **conditions):
    (statement,) = parse({"Statement": {"Effect": "Allow", "Principal": principal, "Condition": conditions}}).statements
    return statement


def let_in(statement, *organizations):
    return outsiders(statement, {OWN}, set(organizations))


@pytest.mark.parametrize(
    ("principal", "conditions", "expected"),
    [
        ({"AWS": OWN}, {}, set()),
        ({"AWS": [OWN, f"arn:aws:iam::{OTHER}:role/a"]}, {}, {OTHER}),
        ({"AWS": f"arn:aws-cn:iam::{OTHER}:root"}, {}, {OTHER}),
        ({"AWS": OTHER}, {"StringEquals": {"aws:PrincipalAccount": OWN}}, set()),  # nobody at all
        ({"AWS": OTHER}, {"StringNotEquals": {"aws:PrincipalAccount": OWN}}, {OTHER}),
        ("*", {}, set()),  # everybody: a matter of another control
        ("*", {"StringEquals": {"aws:PrincipalAccount": [OWN, THIRD]}}, {THIRD}),
        ({"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:x:{OTHER}:*"}}, {OTHER}),
        ({"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}, set()),
        ({"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"},
                                           "StringEquals": {"aws:SourceAccount": OTHER}}, {OTHER}),
    ],
)  # fmt: skip
def test_accounts_that_a_statement_lets_in(principal, conditions, expected):
    assert let_in(allow(principal, **conditions)) == {f"account {each}" for each in expected}


def test_an_organisation_is_trusted_by_its_id():
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    assert let_in(allow({"AWS": OTHER}, **condition), "o-abcdefghij") == set()
    assert let_in(allow({"AWS": OTHER}, **condition)) == set()
    assert let_in(allow({"AWS": OTHER}, **condition), "o-zzzzzzzzzz") == {f"account {OTHER}"}
    assert let_in(allow("*", **condition), "o-zzzzzzzzzz") == {"organisation o-abcdefghij"}


def test_a_denial_lets_nobody_in():
    (statement,) = parse({"Statement": {"Effect": "Deny", "Principal": {"AWS": OTHER}}}).statements
    assert let_in(statement) == set()


def condition(operator, key, *values):
    document = {"Statement": {"Effect": "Deny", "Condition": {operator: {key: list(values)}}}}
    return parse(document).statements[0].conditions[0]


@pytest.mark.parametrize(
    ("operator", "value", "request_value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringNotEquals", "a", None, True),  # AWS: negated operators hold without the key
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringLike", "a*", "abc", True),
        ("StringNotLike", "a*", "abc", False),
        ("ArnNotEquals", "arn:aws:kms:*", "arn:aws:kms:x", False),
        ("Bool", "true", "True", True),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", "false", "a", True),
        ("ForAllValues:StringEquals", "a", None, True),
        ("NumericLessThan", "5", "3", False),  # not compared, so no denial is built on it
    ],
)
def test_conditions_hold_as_iam_documents_it(operator, value, request_value, expected):
    assert holds(condition(operator, "s3:x", value), {"s3:x": request_value}) is expected


def test_a_condition_on_what_the_request_leaves_open_does_not_hold():
    assert holds(condition("StringNotEquals", "aws:SourceVpc", "vpc-1"), {"s3:x": "a"}) is False


@given(st.text("abc-", min_size=1), st.text("abc-", min_size=1))
def test_a_denial_of_other_values_refuses_exactly_those(named, sent):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
    document = parse(json.dumps({"Statement": {**deny, "Condition": {"StringNotEquals": {"s3:key": named}}}}))
    assert refuses_upload(document, {"s3:key": sent}) is (named != sent)
    assert refuses_upload(document, {"s3:key": None})


def resource(**properties):
    return Resource("t", "urn", "n", lambda: (properties, frozenset()))


def test_paths_of_every_element_of_nested_lists():
    made = resource(rules=[{"to": [{"a": 1}, {}]}, {}, {"to": []}])
    assert paths_at(made, "rules[*].to[*].a") == ["rules[0].to[0].a", "rules[0].to[1].a"]
    assert paths_at(made, "rules[*].to") == ["rules[0].to", "rules[1].to", "rules[2].to"]
    assert paths_at(made, "other[*].a") == []
    assert paths_at(made, "single.value") == ["single.value"]


def test_a_list_of_unknown_length_has_no_paths_yet():
    with pytest.raises(UndeterminedError, match=r"rules\[0\]\.to"):
        paths_at(resource(rules=[{"to": UNKNOWN}]), "rules[*].to[*].a")
