"""What changes of a resource, property by property."""

import json

import pytest

from report.properties import LONGEST, Property, leaves, properties
from report.run import Step
from report.values import SIGNATURE, UNKNOWN

JOBS = "urn:pulumi:prod::p::platform:queues:MessageQueues$aws:sqs/queue:Queue::jobs"


def step(before=None, after=None, op="update", changed=()):
    return Step(urn=JOBS, op=op, before=before, after=after, changed=dict.fromkeys(changed, "update"))


def told(*given, **more):
    return [(each.path, each.before, each.after) for each in properties(step(*given, **more))]


def test_change_is_told_by_the_values_that_differ():
    before, after = (
        {"delay": 1, "tags": {"a": "x"}, "same": 1},
        {"delay": 2, "tags": {"a": "x", "b.c": True}, "same": 1},
    )
    assert told(before, after) == [("delay", "1", "2"), ('tags["b.c"]', "", "true")]


def policy(*actions, **said):
    return json.dumps({"Statement": [{"Action": list(actions), "Effect": "Allow"} | said]})


def test_documents_are_compared_by_what_they_say():
    before = {"policy": policy("s3:GetObject", "s3:PutObject"), "rules": [policy("a"), policy("same")]}
    after = {"policy": policy("s3:GetObject", "s3:*"), "rules": [policy("a", Sid="x"), policy("same"), policy("new")]}
    assert told(before, after) == [
        ("policy.Statement[0].Action", "s3:PutObject", "s3:*"),
        ("rules[0].Statement[0].Sid", "", "x"),
        ("rules[2]", "", policy("new")),
    ]
    spaced = json.dumps(json.loads(before["policy"]), indent=1)
    assert told(before, before | {"policy": spaced}, changed=["policy"]) == [("policy", "", "")]


def test_one_name_more_in_a_list_is_one_line():
    before, after = ({"names": names, "rules": [{"cidrs": names}]} for names in (["b", "c", "d"], ["a", "b", "c", "d"]))
    assert told(before, after) == [("names", "", "a"), ("rules[0].cidrs", "", "a")]
    assert told(before, after, changed=["names[0]", "rules[0].cidrs[3]"]) == told(before, after)
    assert told({"names": ["a", "b"]}, {"names": ["b", "a"]}) == [("names[0]", "a", "b"), ("names[1]", "b", "a")]


@pytest.mark.parametrize(("before", "after"), [("{", "{}"), ("[1", "text"), ('{"a": 1}', "text"), ("1", "2")])
def test_what_is_no_document_on_both_sides_is_compared_as_text(before, after):
    assert told({"text": before}, {"text": after}) == [("text", before, after)]


def test_secrets_in_a_document_are_not_told():
    before, after = ({"text": json.dumps({"password": word, "a": word})} for word in ("hunter1", "hunter2"))
    assert told(before, after) == [("text.a", "hunter1", "hunter2")]


def test_new_resource_tells_all_of_it_and_an_unchanged_one_nothing():
    inputs = {"rules": [{"port": 443}], "__defaults": ["x"], "none": None, "empty": {}}
    assert told(None, inputs, op="create") == [("rules[0].port", "", "443"), ("empty", "", "{}")]
    assert told(inputs, inputs, op="same") == []


def test_tags_of_the_provider_are_told_only_where_nothing_else_changes():
    before, after = {"tags": {"a": "1"}, "tagsAll": {"a": "1"}}, {"tags": {"a": "2"}, "tagsAll": {"a": "2"}}
    assert told(before, after) == [("tags.a", "1", "2")]
    assert told({"tagsAll": {"a": "1"}}, {"tagsAll": {"a": "2"}}) == [("tagsAll.a", "1", "2")]


@pytest.mark.parametrize("value", ["[secret]", {SIGNATURE: "1b47", "ciphertext": "v1:abc"}, {SIGNATURE: "1b47"}])
def test_secret_is_never_told_and_that_it_changes_is(value):
    assert told({"text": value}, {"text": value}, changed=["text"]) == [("text", "[secret]", "[secret]")]


def test_what_is_called_a_secret_is_not_told_though_the_log_has_it():
    assert list(leaves({"env": {"DB_PASSWORD": "hunter2"}, "apiKey": {"a": "hunter2"}})) == [
        ("env.DB_PASSWORD", "[secret]"),
        ("apiKey", "[secret]"),
    ]


def test_long_values_are_cut_and_unknown_ones_said_so():
    (_, text), (_, unknown) = leaves({"policy": "x" * 5000, "arn": UNKNOWN})
    assert text == "x" * LONGEST + " … (5,000 characters)"
    assert unknown == "not known yet"


def test_property_that_is_gone_has_no_value_after():
    assert [*properties(step({"delay": 1}, {}))] == [Property(path="delay", before="1", after="")]


@pytest.mark.parametrize(
    "inputs",
    [
        {"environments": [{"name": "DB_PASSWORD", "value": "hunter2"}]},
        {"url": "amqp://user:hunter2@broker:5671"},
        {"endpoint": {"url": "https://user:hunter2@example.org/x"}},
    ],
)
def test_secret_beside_its_name_or_in_a_url_is_not_told(inputs):
    assert "hunter2" not in repr(list(leaves(inputs)))
    assert "[secret]" in repr(list(leaves(inputs)))
