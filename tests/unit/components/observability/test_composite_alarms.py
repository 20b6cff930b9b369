"""One page for an incident: what the composite alarms are made of, and how many alarms one takes."""

import pulumi
import pytest

from components.core.alarms import Alarms
from components.observability.composite_alarms import CompositeAlarms, CompositeAlarmsArgs, any_of
from tests.recording import record

SINGLE, COMPOSITE = "cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"
RINGING = (("database", "cpu", "warning"), ("database", "storage", "critical"), ("database", "lag", "critical"),
           ("edge", "failures", "critical"), ("cache", "memory", "warning"), (None, "dead", "critical"))  # fmt: skip


@pytest.fixture
def context(foundation_of):
    return foundation_of(pages_incidents=True, owner="platform")


@pytest.fixture
def recording(context):
    def program():
        parent = pulumi.ComponentResource("test:alarms:Parent", "parent")
        tags = context.environment.tags(component="database", data_class="internal")
        for incident, role, severity in RINGING:
            made = Alarms(context=context, tags=tags, parent=parent, runbook="database", incident=incident)
            made.add(f"smile-{role}", severity, name=f"smile-prod-{role}", description=role, threshold=1)
        CompositeAlarms("smile-incidents", CompositeAlarmsArgs(context=context))

    return record(program)


def test_each_incident_is_one_page_whichever_of_its_critical_alarms_rings(recording, context):
    made = recording.of(COMPOSITE)
    assert {name: alarm["alarmRule"] for name, alarm in made.items()} == {
        "smile-incidents-database": 'ALARM("smile-prod-storage") OR ALARM("smile-prod-lag")',
        "smile-incidents-edge": 'ALARM("smile-prod-failures")',
    }
    for alarm in made.values():
        assert alarm["alarmActions"] == alarm["okActions"] == [context.topics["critical"]]
    assert made["smile-incidents-database"]["alarmDescription"].endswith("Runbook: docs/runbooks/database.md")


def test_every_critical_alarm_pages_exactly_once(recording, context):
    critical = [context.topics["critical"]]
    by_itself = {each["name"] for each in recording.of(SINGLE).values() if each["alarmActions"] == critical}
    rules = " ".join(each["alarmRule"] for each in recording.of(COMPOSITE).values())
    for watched in context.watched:
        pages = (watched.name in by_itself) + rules.count(f'"{watched.name}"')
        assert pages == (watched.severity == "critical"), watched.name


def test_a_composite_alarm_comes_after_the_alarms_that_it_names(recording):
    (database,) = (each for each in recording.resources if each.name == "smile-incidents-database")
    singles = {each.urn for each in recording.resources if each.name in ("smile-storage", "smile-lag")}
    assert singles <= database.dependencies


@pytest.mark.parametrize(("alarms", "length"), [(101, 8), (100, 120)])
def test_more_than_cloudwatch_takes_is_refused(alarms, length):
    with pytest.raises(ValueError, match="CloudWatch takes 100 alarms and 10240 characters"):
        any_of([f"{number:0{length}}" for number in range(alarms)])
    assert any_of([f"{number:08}" for number in range(100)]).count("ALARM(") == 100
