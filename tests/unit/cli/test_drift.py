"""``smile drift``: its exit code, what it says without an answer, and whom it names."""

import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from cli import drift
from cli.__main__ import main
from cli.drift_trail import MOST, blamed
from report.drift import Difference, Drift
from report.properties import Property
from report.run import Step
from tests.unit.cli.documents import documented

REGION = "ap-southeast-3"
QUEUE = "urn:pulumi:prod::p::aws:sqs/queue:Queue::{}"
ROLE = "urn:pulumi:prod::p::aws:iam/role:Role::{}"


def difference(urn=QUEUE, name="orders", kind="changed", path="delay", **said):
    properties = (Property(path=path, before="1", after="2"),)
    step = Step(urn=urn.format(name), op="refresh", id=f"id-of-{name}", **said)
    return Difference(step=step, kind=kind, properties=properties, arn=f"arn:{name}")


@pytest.fixture
def finds(monkeypatch):
    """Runs the command where pulumi finds some drift."""

    def run(found, *options):
        monkeypatch.setattr(drift, "real_drift", lambda *_: found)
        return main(["drift", "--stack", "prod", *options])

    return run


@pytest.mark.parametrize(
    ("differences", "code"),
    [
        ([], 0),
        ([difference(kind="pending")], 3),
        ([difference(urn="urn:pulumi:prod::p::aws:sns/topic:Topic::{}")], 4),
        ([difference(), difference(kind="pending")], 5),
        ([difference(kind="deleted"), difference(ROLE)], 6),
    ],
)
def test_exit_code_is_that_of_the_gravest_difference(finds, differences, code):
    assert finds(Drift(differences=differences)) == code


def test_json_is_one_document(finds, capsys):
    code = finds(Drift(differences=[difference()]), "--json")
    assert documented("drift", capsys.readouterr().out, free=["differences"])["exit"] == code == 5


def test_a_stack_without_an_account_is_refused_before_anything_runs(capsys):
    code = main(["drift", "--stack", "prod"])
    assert code == 1
    assert "set smile:account.id in Pulumi.prod.yaml" in capsys.readouterr().err


def test_pulumi_that_fails_is_told_with_its_last_words(tmp_path):
    log, output = drift.files(tmp_path, "prod")
    output.write_text("error: no credentials\n")
    with pytest.raises(drift.DeployError, match=r"pulumi ended with 255; .*prod\.txt, at last:\nerror: no credentials"):
        drift.told(255, log, output)


def test_drift_of_an_earlier_run_is_not_told_again(tmp_path):
    (tmp_path / "prod.events.json").write_text("{}")
    log, _ = drift.files(tmp_path, "prod")
    assert not log.exists()


@pytest.fixture
def trail():
    """CloudTrail, as the test says that it answers; notes the Regions it was asked in."""
    client = boto3.client("cloudtrail", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    regions = []

    def client_of(service, region):
        assert service == "cloudtrail"
        regions.append(region)
        return client

    with Stubber(client) as stubbed:
        client_of.answers = stubbed
        client_of.regions = regions
        yield client_of


def event(name, arn, *, read_only=False, error=""):
    record = {"userIdentity": {"arn": arn}} | ({"errorCode": error} if error else {})
    return {
        "EventName": name,
        "EventTime": datetime(2026, 11, 29, 3, tzinfo=UTC),
        "ReadOnly": str(read_only).lower(),
        "Username": "ani",
        "CloudTrailEvent": json.dumps(record),
    }


def asks_for(name):
    return {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": name}]}


def test_who_changed_something_last_is_named_and_who_looked_or_failed_is_not(trail):
    events = [
        event("GetQueueAttributes", "arn:reader", read_only=True),
        event("SetQueueAttributes", "arn:refused", error="AccessDenied"),
        event("SetQueueAttributes", "arn:ani"),
        event("CreateQueue", "arn:pipeline"),
    ]
    trail.answers.add_response("lookup_events", {"Events": []}, asks_for("id-of-orders"))
    trail.answers.add_response("lookup_events", {"Events": events}, asks_for("arn:orders"))
    blame, notes = blamed([difference()], trail, REGION)
    (found,) = blame.values()
    assert (found.who, found.event, found.when) == ("arn:ani", "SetQueueAttributes", "2026-11-29T03:00:00+00:00")
    assert (notes, trail.regions) == ([], [REGION])


@pytest.mark.parametrize(
    ("found", "region"),
    [
        (difference(ROLE), "us-east-1"),
        (difference(before={"region": "us-east-1"}), "us-east-1"),
        (difference(), REGION),
    ],
)
def test_global_services_are_looked_up_where_cloudtrail_has_them(trail, found, region):
    trail.answers.add_response("lookup_events", {"Events": [event("Put", "arn:ani")]}, asks_for("id-of-orders"))
    assert len(blamed([found], trail, REGION)[0]) == 1
    assert trail.regions == [region]


def test_a_missing_permission_is_one_line_and_no_failure(trail):
    trail.answers.add_client_error("lookup_events", "AccessDeniedException", "not authorized")
    blame, (note,) = blamed([difference(), difference(name="other")], trail, REGION)
    assert blame == {}
    assert note.startswith("CloudTrail can't be asked who it was: ")
    assert "AccessDeniedException" in note
    assert "\n" not in note


def test_what_cloudtrail_does_not_know_and_was_not_asked_is_counted(trail):
    for _ in range(2 * MOST):
        trail.answers.add_response("lookup_events", {"Events": []})
    _, notes = blamed([difference(name=str(number)) for number in range(MOST + 1)], trail, REGION)
    assert notes == [
        "CloudTrail has no change of 20 of them by name within 90 days",
        "CloudTrail was asked for the gravest 20 of 21",
    ]


def test_nobody_is_asked_about_what_is_not_applied_yet(trail):
    assert blamed([difference(kind="pending")], trail, REGION) == ({}, [])
    assert trail.regions == []
