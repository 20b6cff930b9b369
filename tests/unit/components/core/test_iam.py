"""IAM documents are checked as they are built."""

import json

import pulumi
import pytest

from components.core.iam import InvalidStatementError, Statement, document
from tests.recording import record

BUCKET = "arn:aws:s3:::papers/*"


def test_a_known_document_is_plain_json_without_empty_parts():
    read = Statement(sid="Read", actions=["s3:GetObject"], resources=[BUCKET])
    assert json.loads(document(read)) == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [BUCKET]}],
    }


def test_a_part_that_is_known_later_makes_the_document_known_later():
    def program():
        arn = pulumi.Output.from_input(BUCKET)
        made = document(Statement(sid="Read", actions=["s3:GetObject"], resources=[arn]))
        assert isinstance(made, pulumi.Output)
        return made

    assert json.loads(record(program).result)["Statement"][0]["Resource"] == [BUCKET]


@pytest.mark.requirement("SMILE-SEC-19")
@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"actions": ["*"]}, "wildcard"),
        ({"actions": ["s3:*"]}, "wildcard"),
        ({"resources": ["*"]}, "wildcard"),
        ({"actions": []}, "no action"),
        ({"actions": ["GetObject"]}, "service:Action"),
        ({"resources": ["papers"]}, "not an ARN"),
        ({"conditions": {"StringEqual": {"aws:SourceAccount": "1"}}}, "condition operator"),
        ({"sid": "Read papers"}, "letters and digits"),
    ],
)
def test_a_statement_that_is_wrong_or_too_wide_is_refused(parts, says):
    good = {"sid": "Read", "actions": ["s3:GetObject"], "resources": [BUCKET]}
    with pytest.raises(InvalidStatementError, match=says):
        Statement(**(good | parts))


def test_a_wildcard_stands_with_a_reason_and_in_a_denial():
    Statement(sid="List", actions=["logs:DescribeLogGroups"], resources=["*"], allow_any="takes no resource")
    Statement(sid="Never", effect="Deny", actions=["*"], resources=["*"])


def test_a_document_needs_statements_that_can_be_told_apart():
    read = Statement(sid="Read", actions=["s3:GetObject"], resources=[BUCKET])
    for statements in ((), (read, read)):
        with pytest.raises(InvalidStatementError, match="sids"):
            document(*statements)
