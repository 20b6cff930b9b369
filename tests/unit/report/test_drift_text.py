"""Drift as a person reads it, and as JSON."""

import json

import pytest

from report.drift import Blame, Difference, Drift
from report.drift_text import PROPERTIES, data, text
from report.properties import Property
from report.run import Step

URN = "urn:pulumi:prod::p::aws:sqs/queue:Queue::orders"
BLAME = Blame(who="arn:aws:sts::1:assumed-role/Admin/ani", event="SetQueueAttributes", when="2026-11-29T03:00:00+00:00")


def changed(*properties, kind="changed", op="refresh", **said):
    found = tuple(Property(path=path, before=before, after=after) for path, before, after in properties)
    return Difference(step=Step(urn=URN, op=op, id="https://q"), kind=kind, properties=found, **said)


def test_each_difference_has_its_weight_its_properties_and_who_it_was():
    drift = Drift(differences=[changed(("delay", "1", "2"), ("kms", "k", ""))], blame={URN: BLAME}, notes=["no more"])
    assert text("prod", drift).splitlines() == [
        "prod: 1 high",
        "high      changed in AWS: aws:sqs/queue:Queue orders (holds data)",
        "          delay: 1 → 2",
        "          kms: k → nothing",
        "          by arn:aws:sts::1:assumed-role/Admin/ani: SetQueueAttributes, 2026-11-29T03:00:00+00:00",
        "no more",
    ]


def test_a_value_that_is_told_on_neither_side_is_another_one():
    drift = Drift(differences=[changed(("policy", "", ""))])
    assert text("prod", drift).splitlines()[-1].strip() == "policy: another value"


def test_nothing_that_differs_is_one_line():
    assert text("prod", Drift(differences=[])) == "prod: AWS is as the program says"


def test_what_an_update_would_do_and_would_leave_is_told():
    drift = Drift(differences=[changed(kind="pending", op="replace"), changed(("a", "1", "2"), is_put_back=False)])
    said = text("prod", drift)
    assert "low       to be applied, replaced: aws:sqs/queue:Queue orders (holds data)" in said
    assert "an update leaves it" in said


@pytest.mark.parametrize("value", ["a\n```\n# title", "x" * 5000])
def test_a_value_stays_on_its_line_whatever_is_in_it(value):
    said = text("prod", Drift(differences=[changed(("policy", value, "after"))])).splitlines()
    assert len(said) == 3
    assert len(said[2]) < 200
    assert said[2].endswith("→ after")


def test_many_properties_are_counted():
    drift = Drift(differences=[changed(*((f"a{number}", "1", "2") for number in range(PROPERTIES + 3)))])
    assert text("prod", drift).splitlines()[-1].strip() == "and 3 properties more"


def test_json_has_all_of_it():
    drift = Drift(differences=[changed(("delay", "1", "2"))], blame={URN: BLAME})
    assert json.loads(json.dumps(data("prod", drift, 5))) == {
        "stack": "prod",
        "severity": "high",
        "exit": 5,
        "notes": [],
        "differences": [
            {
                "severity": "high",
                "kind": "changed",
                "operation": None,
                "resource": {"urn": URN, "type": "aws:sqs/queue:Queue", "name": "orders", "id": "https://q"},
                "holds_data": True,
                "put_back_by_update": True,
                "properties": [{"path": "delay", "before": "1", "after": "2"}],
                "by": {"who": BLAME.who, "event": BLAME.event, "when": BLAME.when},
            }
        ],
    }
