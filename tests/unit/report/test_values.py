"""A property before and after, in a few characters."""

import json

import pytest

from report.run import Step
from report.values import changes

URN = "urn:pulumi:prod::p::aws:iam/policy:Policy::worker"


def told(before, after, path="policy"):
    return changes(Step(urn=URN, op="update", before={path: before}, after={path: after}), path)


def policy(*actions, **said):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Action": list(actions), "Effect": "Allow"} | said]})


def test_a_wider_policy_is_told_by_what_it_allows_besides():
    before, after = policy("s3:GetObject", "s3:PutObject"), policy("s3:GetObject", "s3:PutObject", "s3:*")
    assert told(before, after) == [("policy.Statement[0].Action", "nothing", "s3:*")]
    assert told(after, before) == [("policy.Statement[0].Action", "s3:*", "nothing")]


def test_of_long_names_the_number_is_told():
    long = [f"arn:aws:s3:::{letter * 60}/*" for letter in "abc"]
    assert told(long[:1], long[1:]) == [("policy", "1 value", "2 values")]
    assert told(["https://user:word@example.org"], ["b"]) == [("policy", "1 value", "b")]


def test_a_policy_of_the_same_length_is_compared_statement_by_statement():
    before, after = policy("s3:Get*", Resource="arn:a"), policy("s3:Get*", Resource="*")
    assert told(before, after) == [("policy.Statement[0].Resource", "arn:a", "*")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (policy("a"), json.dumps(json.loads(policy("a")), indent=2)),  # written otherwise
        (["a", "b"], ["b", "a"]),  # in another order
        (["a"], ["[secret]"]),
        ([{"a": 1}], [{"a": 1}, {"a": 2}]),
    ],
)
def test_what_cannot_be_told_in_a_few_words_is_not(before, after):
    assert told(before, after) == []


def test_statements_that_come_and_go_are_told_by_what_they_say():
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a"}
    anything = {"Effect": "Allow", "Action": ["s3:*", "kms:Decrypt"], "Resource": "*"}
    but_for = {"Effect": "Deny", "NotAction": "iam:*", "Resource": ["*"], "Condition": {"Bool": {"a:b": "true"}}}
    before, after = ({"Statement": each} for each in ([reads], [reads, anything, but_for]))
    assert told(json.dumps(before), json.dumps(after)) == [
        (
            "policy.Statement",
            "nothing",
            "Allow s3:*, kms:Decrypt on *; Deny all but iam:* on * under conditions",
        )
    ]
    assert told(after, before)[0][2] == "nothing"


def test_one_action_without_brackets_is_a_list_of_one():
    before, after = policy("s3:Get*", Resource="*"), policy(Action="s3:Get*", Resource="*")
    assert told(before, after) == []
    assert told(before, policy(Action="s3:*", Resource="*")) == [("policy.Statement[0].Action", "s3:Get*", "s3:*")]
