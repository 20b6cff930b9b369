"""The event bus: who gets which events, where those end that could not be delivered, and what comes on schedule."""

import json

import pytest

from components.core.declared import UndeclaredError
from components.events.event_bus import EventBus, EventBusArgs
from components.events.settings import Events, Rule, Scheduled
from tests.recording import record

QUEUES = {"partners": "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-partners"}
SETTINGS = Events(
    rules={"partners": Rule(detail_types=("order.paid",), queue="partners")},
    scheduled={"digest": Scheduled(schedule="cron(0 7 * * ? *)", detail_type="digest.due")},
)


@pytest.fixture(scope="session")
def bus_of(context):
    def make(settings=SETTINGS):
        def program():
            dead = {name: f"{arn}-dead" for name, arn in QUEUES.items()}
            made = EventBus(
                "smile", EventBusArgs(context=context, settings=settings, queue_arns=QUEUES, dead_letter_arns=dead)
            )
            return [each.as_dict() for each in made.grant_publish()]

        return record(program)

    return make


@pytest.fixture(scope="session")
def bus(bus_of):
    return bus_of()


def test_events_of_the_program_go_to_their_queue_and_fail_to_its_dead_letters(bus):
    assert json.loads(bus.one("cloudwatch/eventRule:EventRule")["eventPattern"]) == {
        "source": ["smile"],
        "detail-type": ["order.paid"],
    }
    target = bus.one("cloudwatch/eventTarget:EventTarget")
    assert target["arn"] == QUEUES["partners"]
    assert target["deadLetterConfig"] == {"arn": f"{QUEUES['partners']}-dead"}


def test_events_can_be_replayed(bus):
    archive = bus.one("cloudwatch/eventArchive:EventArchive")
    assert (archive["retentionDays"], archive["eventSourceArn"]) == (30, "arn:of:EventBus/smile")


def test_an_event_comes_on_schedule_with_a_role_that_may_put_it_there_alone(bus):
    schedule = bus.one("scheduler/schedule:Schedule")
    (entry,) = json.loads(schedule["target"]["input"])["Entries"]
    assert (entry["DetailType"], entry["EventBusName"]) == ("digest.due", "smile-prod")
    put = bus.permissions("smile-digest-schedule")["PutEvents"]
    assert put["Resource"] == ["arn:aws:events:ap-southeast-3:123456789012:event-bus/smile-prod"]


def test_publishers_speak_for_the_program_alone(bus):
    (statement,) = bus.result
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": "smile"},
        "Null": {"events:source": "false"},
    }


def test_a_rule_for_a_queue_that_is_not_there_is_refused(bus_of):
    with pytest.raises(UndeclaredError, match="partnres"):
        bus_of(Events(rules={"x": Rule(detail_types=("a",), queue="partnres")}))
