"""Resources as a tree, and what changes of each, property by property."""

import pytest

from report.html.tree import LONGEST, Property, flat, leaves, properties, tree
from report.run import Run, Step
from report.values import SIGNATURE, UNKNOWN

ROOT = "urn:pulumi:prod::p::pulumi:pulumi:Stack::p-prod"
QUEUES = "urn:pulumi:prod::p::platform:queues:MessageQueues::p"
JOBS = "urn:pulumi:prod::p::platform:queues:MessageQueues$aws:sqs/queue:Queue::jobs"
ALONE = "urn:pulumi:prod::p::aws:sns/topic:Topic::alone"
STEPS = (
    Step(urn=ROOT, op="same"),
    Step(urn=JOBS, op="update", parent=QUEUES, changed={"delay": "update"}),
    Step(urn=ALONE, op="same", parent=ROOT),
    Step(urn=QUEUES, op="same", parent=ROOT),
)


def run(*steps):
    return Run(stack="prod", steps=steps, findings=(), errors=(), seconds=1, is_preview=True, is_finished=True)


def step(before=None, after=None, op="update", changed=()):
    return Step(urn=JOBS, op=op, before=before, after=after, changed=dict.fromkeys(changed, "update"))


def told(*given, **more):
    return [(each.path, each.before, each.after) for each in properties(step(*given, **more))]


def test_components_hold_their_resources_whatever_the_order_of_steps():
    queues, alone = tree(run(*STEPS))
    assert [each.step.urn for each in queues.children] == [JOBS]
    assert (alone.step.urn, alone.children, alone.component) == (ALONE, [], "")
    assert {each.component for each in flat([queues])} == {"MessageQueues p"}


def test_resource_whose_component_is_not_in_the_log_stands_on_its_own():
    (lonely,) = tree(run(Step(urn=JOBS, op="delete", parent=QUEUES)))
    assert lonely.step.urn == JOBS


def test_component_is_changed_where_something_in_it_is():
    queues, alone = tree(run(*STEPS))
    assert queues.is_changed
    assert not alone.is_changed


def test_each_resource_has_an_anchor_of_its_own():
    found = [each.anchor for each in flat(tree(run(*STEPS)))]
    assert len(set(found)) == len(found) == 3


def test_change_is_told_by_the_values_that_differ():
    before, after = (
        {"delay": 1, "tags": {"a": "x"}, "same": 1},
        {"delay": 2, "tags": {"a": "x", "b.c": True}, "same": 1},
    )
    assert told(before, after) == [("delay", "1", "2"), ('tags["b.c"]', "", "true")]


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
