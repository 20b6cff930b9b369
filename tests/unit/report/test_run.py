"""The engine's event log, read."""

import json

import pytest

from report.run import EventLogError, read

URN = "urn:pulumi:prod::p::platform:queues:MessageQueues$aws:sqs/queue:Queue::jobs"
PROVIDER = "urn:pulumi:prod::p::pulumi:providers:aws::{}"


def before(op, urn=URN, **metadata):
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": urn, "old": None, "new": None} | metadata}}


def after(op, urn=URN, **metadata):
    return {"resOutputsEvent": {"metadata": {"op": op, "urn": urn, "old": None, "new": None} | metadata}}


def policy(message, **said):
    found = {"policyName": "LP-SG-011", "enforcementLevel": "advisory", "severity": "low", "resourceUrn": URN}
    return {"policyEvent": found | {"message": message} | said}


@pytest.fixture
def read_events(tmp_path):
    def written(*events):
        file = tmp_path / "events.json"
        file.write_text("".join(json.dumps(event) + "\n" for event in events))
        return read(file)

    return written


def test_colours_of_a_terminal_are_no_part_of_what_is_said(read_events):
    finding = "LP-SG-011 Every security group is in use: nothing uses it.\nFix: Attach it.\nPack: least_privilege."
    error = {"severity": "error", "message": "<{%reset%}>preview <{%fg 1%}>failed<{%reset%}>\n"}
    run = read_events(policy(f"<{{%reset%}}>{finding}<{{%reset%}}>\n"), {"diagnosticEvent": error})
    assert run.findings == read_events(policy(finding)).findings
    assert (run.findings[0].what, run.findings[0].family) == ("nothing uses it", "least_privilege")
    assert run.errors == ("preview failed",)


def test_a_replacement_is_one_step_with_what_asks_for_it(read_events):
    detailed = {"name": {"diffKind": "update-replace"}, "tags.Name": {"diffKind": "add"}}
    old = {"inputs": {"name": "a"}, "protect": True}
    said = {"keys": ["name"], "detailedDiff": detailed, "old": old, "new": {"inputs": {"name": "b"}}}
    run = read_events(
        before("create-replacement", **said), before("replace", **said), before("delete-replaced", old=old)
    )
    (step,) = run.steps
    assert (step.op, step.type, step.name) == ("replace", "aws:sqs/queue:Queue", "jobs")
    assert (step.because, step.changed) == (("name",), {"name": "update", "tags.Name": "add"})
    assert (step.before, step.after, step.protected) == ({"name": "a"}, {"name": "b"}, True)


def test_what_a_refresh_finds_is_told_by_its_end(read_events):
    old, new = {"inputs": {"delay": 1}, "id": "q"}, {"inputs": {"delay": 2}, "id": "q"}
    detailed = {"delay": {"diffKind": "update", "inputDiff": True}}
    run = read_events(
        *(before("refresh", f"{URN}-{name}", old=old, new=old) for name in ("changed", "gone", "same")),
        after("update", f"{URN}-changed", old=old, new=new, detailedDiff=detailed),
        after("delete", f"{URN}-gone", old=old, new={}),
        after("same", f"{URN}-same", old=old, new=old),
        {"summaryEvent": {"durationSeconds": 1, "isPreview": True}},
    )
    assert run.counts == {"update": 1, "delete": 1, "same": 1}
    changed, gone, _ = run.steps
    assert (changed.changed, changed.before, changed.after) == ({"delay": "update"}, {"delay": 1}, {"delay": 2})
    assert run.destroyed() == [gone]


def test_a_preview_that_refreshes_first_tells_its_plan(read_events):
    (step,) = read_events(before("refresh"), after("refresh"), before("update"), after("update")).steps
    assert step.op == "update"


def test_only_names_of_changed_properties_are_there_where_the_provider_says_no_more(read_events):
    (step,) = read_events(before("update", diffs=["data"])).steps
    assert step.changed == {"data": "update"}


def test_resources_are_counted_as_the_engine_counts_them(read_events):
    run = read_events(
        before("create", PROVIDER.format("default_7_0_0")),
        before("create", PROVIDER.format("default")),
        before("create", PROVIDER.format("smile")),
        before("same", f"{URN}-2"),
        before("delete", f"{URN}-3"),
        {"summaryEvent": {"durationSeconds": 12, "isPreview": False}},
    )
    assert run.counts == {"create": 1, "same": 1, "delete": 1}
    assert (run.resources, run.stack, run.seconds, run.is_preview, run.is_finished) == (2, "prod", 12, False, True)


def test_what_is_destroyed_begins_with_what_holds_data(read_events):
    run = read_events(
        before("delete", "urn:pulumi:prod::p::aws:sns/topic:Topic::a"),
        before("update"),
        before("delete", "urn:pulumi:prod::p::aws:s3/bucket:Bucket::b"),
        before("replace", "urn:pulumi:prod::p::aws:fsx/lustreFileSystem:LustreFileSystem::c"),
    )
    assert [(step.name, step.is_stateful) for step in run.destroyed()] == [("b", True), ("c", True), ("a", False)]


def test_a_finding_of_ours_comes_in_its_parts(read_events):
    message = (
        "LP-SG-001 No ingress from the internet to port 22 (SSH): allows 0.0.0.0/0 on port 22: SSH (at cidrIpv4).\n"
        "Fix: Name the group (referencedSecurityGroupId).\n"
        "Exempted until 2027-01-31 by team: an old host\nPack: least_privilege.\n"
    )
    (found,) = read_events(policy(message, policyName="LP-SG-001")).at("advisory")
    assert (found.title, found.what) == (
        "No ingress from the internet to port 22 (SSH)",
        "allows 0.0.0.0/0 on port 22: SSH",
    )
    assert (found.path, found.fix) == ("cidrIpv4", "Name the group (referencedSecurityGroupId)")
    assert (found.exempted, found.family) == ("until 2027-01-31 by team: an old host", "least_privilege")
    assert (found.resource, found.is_open) == ("aws:sqs/queue:Queue jobs", False)


def test_a_finding_of_another_pack_is_the_sentence_that_it_is(read_events):
    said = policy("Buckets must be private", policyName="no-public", enforcementLevel="mandatory", severity=None)
    del said["policyEvent"]["resourceUrn"]
    (found,) = read_events({"policyEvent": {k: v for k, v in said["policyEvent"].items() if v}}).at("mandatory")
    assert (found.control, found.what, found.title) == ("no-public", "Buckets must be private", "")
    assert (found.severity, found.resource) == ("", "the stack")


def test_the_gravest_finding_comes_first(read_events):
    graded = (("B-X-1", "low"), ("A-X-1", "low"), ("C-X-1", "critical"), ("D-X-1", ""))
    run = read_events(*(policy("x", policyName=control, severity=severity) for control, severity in graded))
    assert [each.control for each in run.at("advisory")] == ["C-X-1", "A-X-1", "B-X-1", "D-X-1"]


def test_errors_are_those_of_engine_and_program(read_events):
    said = [{"severity": "error", "message": " it fails \n"}, {"severity": "debug", "message": "x"}]
    run = read_events(*({"diagnosticEvent": each} for each in said))
    assert (run.errors, run.is_finished) == (("it fails",), False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"sequence": 1}\n{"policyEv', r"events\.json:2: cut off, or no event log: "),
        ("[1]\n", r"events\.json:1: no event; valid: a JSON object"),
        ('{"version": 3, "deployment": {}}\n', r"events\.json:1: no event; valid: a JSON object"),
        (
            '{"policyEvent": {"message": "x"}}\n',
            r"events\.json:1: not an event of the engine: KeyError\('policyName'\)",
        ),
        (
            '{"resourcePreEvent": {"metadata": {"op": "same", "urn": "x"}}}\n',
            r"events\.json:1: not an event of the engine",
        ),
    ],
)
def test_what_is_no_event_log_is_refused_with_its_line(tmp_path, text, said):
    file = tmp_path / "events.json"
    file.write_text(text)
    with pytest.raises(EventLogError, match=said):
        read(file)
