"""Drift, read from the event log of a preview that refreshes first."""

import json

import pytest

from report.drift import read
from report.run import EventLogError

URN = "urn:pulumi:prod::p::aws:{}::{}"
QUEUE = URN.format("sqs/queue:Queue", "orders")
TOPIC = URN.format("sns/topic:Topic", "news")
ROLE = URN.format("iam/role:Role", "reader")
COMPONENT = "urn:pulumi:prod::p::platform:queues:MessageQueues::p"
END = {"summaryEvent": {"durationSeconds": 3, "isPreview": True}}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def state(inputs, **said):
    return {"id": "x", "inputs": inputs, "outputs": inputs} | said


def refreshed(urn, old, new, *paths, is_input=True):
    detailed = {path: {"diffKind": "update", "inputDiff": is_input} for path in paths}
    metadata = {"urn": urn, "op": "refresh", "old": old, "new": new, "detailedDiff": detailed}
    return [
        {"resourcePreEvent": {"metadata": metadata | {"new": old, "detailedDiff": None}}},
        {"resOutputsEvent": {"metadata": metadata}},
    ]


def planned(urn, op, old=None, new=None, *paths):
    detailed = {path: {"diffKind": "update", "inputDiff": True} for path in paths}
    metadata = {"urn": urn, "op": op, "old": old, "new": new, "detailedDiff": detailed}
    return [{"resourcePreEvent": {"metadata": metadata}}, {"resOutputsEvent": {"metadata": metadata}}]


@pytest.fixture
def drift_of(tmp_path):
    def written(*events):
        file = tmp_path / "events.json"
        file.write_text("".join(json.dumps(event) + "\n" for event in events))
        return read(file)

    return written


def drifted(urn, before, after, *paths):
    """Somebody changed it, and the program would put it back."""
    old, new = state(before), state(after)
    return [*refreshed(urn, old, new, *paths), *planned(urn, "update", new, old, *paths)]


def told(difference):
    return [(each.path, each.before, each.after) for each in difference.properties]


def test_what_somebody_changed_is_told_property_by_property(drift_of):
    before, after = {"delay": 1, "policy": {"a": "x", "b": "y"}}, {"delay": 2, "policy": {"a": "z", "b": "y"}}
    (found,) = drift_of(*drifted(QUEUE, before, after, "delay", "policy"), END).differences
    assert (found.kind, found.step.name, found.is_put_back) == ("changed", "orders", True)
    assert told(found) == [("delay", "1", "2"), ("policy.a", "x", "z")]


def test_a_policy_that_somebody_changed_is_told_by_statement(drift_of):
    before, after = (json.dumps({"Statement": [{"Action": each, "Resource": "*"}]}) for each in ("s3:Get*", "s3:*"))
    (found,) = drift_of(*drifted(ROLE, {"policy": before}, {"policy": after}, "policy"), END).differences
    assert told(found) == [("policy.Statement[0].Action", "s3:Get*", "s3:*")]


def test_a_list_is_told_once_whichever_of_its_places_the_provider_names(drift_of):
    before, after = {"groups": ["b", "c"], "other": 1}, {"groups": ["a", "b", "c"], "other": 1}
    paths = ("groups[0]", "groups[1]", "groups[2]")
    (found,) = drift_of(*drifted(TOPIC, before, after, *paths), END).differences
    assert told(found) == [("groups", "", "a")]


def test_only_what_the_provider_calls_a_difference_is_one(drift_of):
    """Not every value that it reads in another form."""
    old, new = state({"policy": '{"a":1}'}), state({"policy": '{ "a": 1 }'})
    assert drift_of(*refreshed(TOPIC, old, new), *planned(TOPIC, "same", new, new), END).differences == []


def test_what_only_the_provider_sets_is_told_from_its_outputs(drift_of):
    old, new = state({}, outputs={"status": "on"}), state({}, outputs={"status": "off"})
    events = [*refreshed(TOPIC, old, new, "status", is_input=False), *planned(TOPIC, "update", new, old, "status")]
    assert told(drift_of(*events, END).differences[0]) == [("status", "on", "off")]


def test_a_secret_that_changed_says_so_and_nothing_else(drift_of):
    (found,) = drift_of(*drifted(TOPIC, {"text": SECRET}, {"text": SECRET}, "text"), END).differences
    assert told(found) == [("text", "[secret]", "[secret]")]


@pytest.mark.parametrize(
    ("urn", "change", "grade"),
    [
        (QUEUE, {"delay": (1, 2)}, "high"),  # it holds data
        (ROLE, {"path": ("/a", "/b")}, "high"),  # who may do what
        (TOPIC, {"kmsMasterKeyId": ("k", None)}, "high"),  # what is encrypted
        (TOPIC, {"displayName": ("a", "b")}, "medium"),
        (QUEUE, {"tags": ({"a": "1"}, {"a": "2"})}, "low"),
        (ROLE, {"description": ("a", "b")}, "low"),
        (ROLE, {"path": ("/a", "/b"), "tags": ({}, {"x": "y"})}, "high"),
    ],
)
def test_a_change_weighs_as_much_as_what_it_touches(drift_of, urn, change, grade):
    before, after = ({path: values[side] for path, values in change.items()} for side in (0, 1))
    drift = drift_of(*drifted(urn, before, after, *change), END)
    assert drift.grade == drift.differences[0].grade == grade


@pytest.mark.parametrize(("urn", "grade"), [(QUEUE, "critical"), (ROLE, "high"), (TOPIC, "medium")])
def test_what_is_gone_weighs_most_where_it_held_data(drift_of, urn, grade):
    events = [*refreshed(urn, state({"name": "a"}), {}), *planned(urn, "create", None, state({"name": "a"}))]
    (found,) = drift_of(*events, END).differences
    assert (found.kind, found.grade, told(found)) == ("deleted", grade, [])


def test_what_an_update_leaves_alone_is_told_and_is_no_drift(drift_of):
    old, new = state({"desired": 2}), state({"desired": 3})
    drift = drift_of(*refreshed(TOPIC, old, new, "desired"), *planned(TOPIC, "same", new, new), END)
    assert (drift.grade, drift.differences[0].is_put_back) == ("none", False)
    assert told(drift.differences[0]) == [("desired", "2", "3")]


def test_what_is_not_applied_yet_is_told_apart_and_weighs_least(drift_of):
    old = state({"delay": 1})
    drift = drift_of(
        *refreshed(QUEUE, old, old),
        *planned(QUEUE, "update", old, state({"delay": 5}), "delay"),
        *planned(TOPIC, "create", None, state({"name": "news"})),
        *planned(COMPONENT, "update", {"inputs": {}}, {"inputs": {}}),
        END,
    )
    assert [(each.kind, each.step.op, each.step.name) for each in drift.differences] == [
        ("pending", "create", "news"),
        ("pending", "update", "orders"),
    ]
    assert told(drift.differences[1]) == [("delay", "1", "5")]
    assert drift.grade == "low"


def test_the_gravest_stands_first(drift_of):
    drift = drift_of(
        *drifted(TOPIC, {"displayName": "a"}, {"displayName": "b"}, "displayName"),
        *drifted(ROLE, {"path": "/a"}, {"path": "/b"}, "path"),
        *refreshed(QUEUE, state({}), {}),
        *planned(QUEUE, "create", None, state({})),
        END,
    )
    assert [each.grade for each in drift.differences] == ["critical", "high", "medium"]


def test_nothing_is_said_of_a_run_that_did_not_end(drift_of):
    with pytest.raises(EventLogError, match="the engine didn't come to its end"):
        drift_of(*drifted(TOPIC, {"a": 1}, {"a": 2}, "a"))


def test_what_is_no_event_is_refused_with_its_line(drift_of):
    with pytest.raises(EventLogError, match=r"events\.json:1: not an event of the engine"):
        drift_of({"resourcePreEvent": {"metadata": {"op": "same"}}}, END)
