"""What a backup selection takes in: by ARN, by wildcard, by tag, and what can't be told before deployment."""

import pytest

from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.backup_plans import SELECTION, is_selected

ARN = "arn:aws:rds:ap-southeast-3:111122223333:db:orders"


class Selections:
    """A stack with one selection."""

    def __init__(self, properties):
        self.selection = Resource(SELECTION, "urn:s", "s", lambda: (properties, frozenset()))

    def of_type(self, *_):
        return [self.selection]


def selects(selection, **properties):
    """True or False, None where it can't be told."""
    database = Resource("aws:rds/instance:Instance", "urn:d", "d", lambda: (properties, frozenset()))
    try:
        return is_selected(database, Selections(selection), service="rds", kind="db:", name="identifier")
    except UndeterminedError:
        return None


@pytest.mark.parametrize(
    ("pattern", "named", "not_named_yet", "never_named"),
    [
        (ARN, True, None, False),
        ("*", True, True, True),
        ("arn:aws:rds:*:*:*", True, True, True),
        ("arn:aws:rds:*:*:db:*", True, True, True),
        ("arn:aws:rds:*:*:db:ord*", True, None, None),
        ("arn:aws:rds:*:*:d*", True, None, None),
        ("arn:aws:rds:*:*:db:reports", False, None, False),
        ("arn:aws:rds:*:*:cluster:orders", False, False, False),
        ("arn:aws:dynamodb:*:*:*", False, False, False),
        ("arn:aws:rds:us-east-1:*:db:orders", False, False, False),
        ("orders", False, False, False),
        (UNKNOWN, None, None, None),
    ],
)
def test_a_selection_by_arn(pattern, named, not_named_yet, never_named):
    selection = {"resources": ["arn:aws:s3:::a", pattern]}
    region = {"region": "ap-southeast-3"}
    assert selects(selection, identifier="orders", **region) is named
    assert selects(selection, identifier=UNKNOWN, **region) is not_named_yet
    assert selects(selection, **region) is never_named


def test_what_is_left_out_is_not_selected_and_nothing_listed_is_everything():
    assert selects({}, identifier="orders")
    assert not selects({"resources": ["*"], "notResources": ["arn:aws:rds:*:*:db:ord*"]}, identifier="orders")
    assert selects({"resources": ["*"], "notResources": ["arn:aws:rds:*:*:db:ord*"]}, identifier="reports")


TAGGED = {"identifier": "orders", "tags": {"Backup": "daily"}}


@pytest.mark.parametrize(
    ("key", "value", "found"), [("Backup", "daily", True), ("Backup", "never", False), ("X", "daily", False)]
)
def test_a_selection_by_tag(key, value, found):
    tags = [{"type": "STRINGEQUALS", "key": key, "value": value}]
    assert selects({"selectionTags": tags}, **TAGGED) is found
    assert selects({"selectionTags": [{"key": "Other", "value": "a"}, *tags]}, **TAGGED) is found
    assert not selects({"selectionTags": tags}, identifier="orders", tags={})


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        *(("stringEquals", "daily", True), ("stringEquals", "dai*", False), ("stringEquals", "never", False)),
        *(("stringNotEquals", "daily", False), ("stringNotEquals", "never", True)),
        *(("stringLikes", "dai*", True), ("stringLikes", "nev*", False)),
        *(("stringNotLikes", "dai*", False), ("stringNotLikes", "nev*", True)),
    ],
)
def test_a_selection_on_conditions(kind, value, found):
    condition = {"key": "aws:ResourceTag/Backup", "value": value}
    assert selects({"resources": ["*"], "conditions": [{kind: [condition]}]}, **TAGGED) is found
    assert selects({"resources": ["*"], "conditions": {kind: [condition]}}, **TAGGED) is found
    both = [{"stringEquals": [{"key": "aws:ResourceTag/Backup", "value": "daily"}]}, {kind: [condition]}]
    assert selects({"resources": ["*"], "conditions": both}, **TAGGED) is found
