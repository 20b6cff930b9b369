"""The packs: which controls each serves, and what it says of itself."""

from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.engine import server
from guardrails.engine.packs import FAMILIES, PACKS, load_controls
from guardrails.engine.wire import TEXT_NOT_KNOWN
from guardrails.testing.judging import InProcess
from guardrails.testing.requests import analyze_request, stack_request


def test_a_pack_that_judged_nothing_says_so():
    analyzer = InProcess(PACKS["encryption"])
    random = {"type": "random:index/randomId:RandomId", "properties": {}}
    analyzer.Analyze(analyze_request(random))
    (said,) = analyzer.AnalyzeStack(stack_request([random])).diagnostics
    assert (said.policyName, said.enforcementLevel) == ("settings", proto.ADVISORY)
    assert said.message.startswith("policy pack encryption judged nothing: ")
    queue = {"type": "aws:sqs/queue:Queue", "properties": {"kmsMasterKeyId": "arn:aws:kms:ap-southeast-3:1:key/1"}}
    analyzer.Analyze(analyze_request(queue))
    assert "settings" not in {each.policyName for each in analyzer.AnalyzeStack(stack_request([queue])).diagnostics}


def test_each_finding_of_the_combined_pack_names_its_family():
    analyzer = InProcess(PACKS["all"])
    said = analyzer.Analyze(
        analyze_request({"type": "aws:rds/instance:Instance", "properties": {"publiclyAccessible": True}})
    ).diagnostics
    families = {each.policyName.partition("-")[0]: each.message.splitlines()[-1] for each in said}
    assert families["ENC"] == "Pack: encryption."
    assert families["LP"] == "Pack: least_privilege."
    assert families["RSL"] == "Pack: resilience."
    assert {each.policyPackName for each in said} == {"all"}


def test_the_combined_pack_has_the_controls_of_all_others_once():
    apart = [control.id for pack in FAMILIES.values() for control in pack.controls]
    assert sorted(apart) == [control.id for control in PACKS["all"].controls] == list(load_controls())


def test_every_pack_has_a_folder_that_serves_it(pytestconfig):
    folders = {path.parent.name: path.parent for path in pytestconfig.rootpath.glob("policies/*/PulumiPolicy.yaml")}
    assert set(folders) == set(PACKS)
    for name, folder in folders.items():
        assert f'serve("{name}")' in (folder / "__main__.py").read_text()


def test_a_resource_is_decoded_once_in_both_phases(monkeypatch):
    decoded = []
    monkeypatch.setattr(server, "read_properties", lambda struct: decoded.append(struct) or ({}, frozenset()))
    analyzer = InProcess(PACKS["all"])
    queue = {"type": "aws:sqs/queue:Queue", "properties": {"name": "orders"}}
    analyzer.Analyze(analyze_request(queue))
    registered = len(decoded)
    analyzer.AnalyzeStack(stack_request([queue]))
    outputs = [each for each in decoded[registered:] if "name" in each.fields]
    assert registered == 1
    assert len(outputs) <= 1, "the inputs were decoded again"


def test_no_control_has_passed_that_is_open_although_another_one_is_asked_about_it():
    analyzer = InProcess(PACKS["least_privilege"])
    role = {"type": "aws:iam/role:Role", "properties": {"assumeRolePolicy": TEXT_NOT_KNOWN}}
    analyzer.Analyze(analyze_request(role))
    answer = analyzer.AnalyzeStack(stack_request([role]))
    (said,) = [each for each in answer.diagnostics if "\nOpen for the same reason: " in each.message]
    others = said.message.partition("Open for the same reason: ")[2].partition(".")[0].split(", ")
    reasons = {each.policy_name: each.reason for each in answer.not_applicable}
    assert {reasons.get(each) for each in others} == {"it can't be decided before deployment"}
