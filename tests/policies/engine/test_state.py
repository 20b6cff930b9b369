"""Reading stacks from files, and judging them as a pack judges what the engine tells it."""

import gzip
import json
from datetime import date

import pytest

from guardrails.engine.audit import Rules, configuration_of, judge
from guardrails.engine.configuration import ConfigurationError
from guardrails.engine.state import StateError, load, state_of
from guardrails.model.values import UNKNOWN

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
URN = "urn:pulumi:prod::shop::{}::{}"
KEY, QUEUE, PROVIDER = "aws:kms/key:Key", "aws:sqs/queue:Queue", "pulumi:providers:aws"


def entry(type_, name, **about):
    return {"urn": URN.format(type_, name), "type": type_, "custom": True} | about


def export(*entries):
    return {"version": 3, "deployment": {"resources": list(entries)}}


def said(state):
    found = judge(state, Rules(configuration_of(None)[0]), date(2026, 1, 1))
    return {(report.control.id, report.urn.rpartition("::")[2]): report.message for report in found.reports}


ROTATES = entry(KEY, "key", id="k-1", inputs={"enableKeyRotation": True})
STILL = entry(KEY, "key", id="k-1", inputs={"enableKeyRotation": False})


@pytest.mark.parametrize(
    "content",
    [
        export(STILL),
        {"version": 3, "checkpoint": {"latest": {"resources": [STILL]}}},
        {"steps": [{"op": "create", "urn": STILL["urn"], "newState": STILL}], "config": {}},
    ],
    ids=["export", "backend", "preview"],
)
def test_a_fault_is_found_in_whatever_pulumi_writes(tmp_path, content):
    (file := tmp_path / "prod.json").write_text(json.dumps(content))
    state = load(file)
    assert (state.name, len(state.resources)) == ("prod", 1)
    assert "rotation is off" in said(state)["ENC-KMS-001", "key"]
    (packed := tmp_path / "prod.json.gz").write_bytes(gzip.compress(file.read_bytes()))
    assert "rotation is off" in said(load(packed))["ENC-KMS-001", "key"]


def test_what_complies_is_not_reported():
    assert ("ENC-KMS-001", "key") not in said(state_of(export(ROTATES)))


def test_a_replacement_is_judged_as_it_will_be_and_what_is_deleted_is_not_judged():
    steps = [
        {"op": "create-replacement", "newState": STILL},
        {"op": "replace", "oldState": STILL, "newState": ROTATES},
        {"op": "delete", "oldState": entry(KEY, "old", inputs={})},
    ]
    state = state_of({"steps": steps})
    assert ("ENC-KMS-001", "key") not in said(state)
    assert state.operations == {ROTATES["urn"]: "replace"}
    assert said(state_of(export(STILL | {"delete": True}))) == {}


def test_a_preview_that_leaves_out_what_stays_the_same_is_refused(tmp_path):
    whole = [{"op": "same", "newState": ROTATES}, {"op": "update", "newState": STILL | {"urn": STILL["urn"] + "2"}}]
    (file := tmp_path / "preview.json").write_text(json.dumps({"steps": whole, "changeSummary": {"same": 1}}))
    assert len(load(file).resources) == len(whole)
    file.write_text(json.dumps({"steps": whole[1:], "changeSummary": {"same": 1}}))
    with pytest.raises(
        StateError, match="1 resources that stay the same are left out of steps; use --show-sames; valid"
    ):
        load(file)


def test_what_is_only_read_is_not_judged_by_itself():
    assert ("ENC-KMS-001", "key") not in said(state_of(export(STILL | {"external": True})))


def test_secrets_are_unknown_and_known_to_be_secret():
    marked = {SIGNATURE: SECRET}
    values = {
        "sealed": marked | {"ciphertext": "v1:x"},
        "hidden": "[secret]",
        "open": marked | {"plaintext": '{"a": ["hunter2"]}'},
        "plain": [3.0],
    }
    (resource,) = state_of(export(entry(QUEUE, "q", inputs=values))).resources
    assert resource.properties == {"sealed": UNKNOWN, "hidden": UNKNOWN, "open": {"a": ["hunter2"]}, "plain": [3]}
    assert resource.secrets == {"sealed", "hidden", "open"}


def test_no_secret_is_in_any_message_also_of_an_export_with_secrets_shown():
    secret = {SIGNATURE: SECRET, "plaintext": json.dumps("hunter2hunter2")}
    variables = {"environment": {"variables": {"DB_PASSWORD": secret}}}
    found = said(state_of(export(entry("aws:lambda/function:Function", "f", inputs=variables))))
    assert any("DB_PASSWORD" in message for message in found.values())
    assert "hunter2" not in " ".join(found.values())


def test_relations_hold_by_value_and_by_dependency():
    """A queue's key is one of the stack's: by its ARN in a state, by the dependency in a preview."""
    key = entry(KEY, "key", id="k-1", outputs={"arn": "arn:aws:kms:ap-southeast-3:111122223333:key/k-1"})
    by_value = entry(QUEUE, "q", inputs={"kmsMasterKeyId": key["outputs"]["arn"]})
    unknown = {"kmsMasterKeyId": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    later = entry(QUEUE, "q", inputs=unknown, propertyDependencies={"kmsMasterKeyId": [key["urn"]]})
    for each in (by_value, later):
        state = state_of(export(key, each))
        judge(state, Rules(configuration_of(None)[0]), date(2026, 1, 1))
        assert state.resources[1].refers_to("kmsMasterKeyId", (KEY,))


def test_a_resource_knows_its_provider():
    provider = entry(PROVIDER, "abroad", id="p-1", inputs={"region": "us-east-1"})
    state = state_of(export(provider, entry(QUEUE, "q", provider=f"{provider['urn']}::p-1")))
    assert state.resources[1].provider.get("region") == "us-east-1"
    assert any(control.startswith("RES-AWS") for control, _ in said(state))


def test_the_configuration_of_a_preview_is_known_but_for_its_secrets():
    assert state_of({"steps": [], "config": {"aws:region": "x", "a:b": "[secret]"}}).config == {"aws:region": "x"}
    assert state_of(export()).config is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "neither deployment.resources nor steps is a list"),
        ("[1]", "neither deployment.resources nor steps is a list"),
        ('{"steps": 3}', "neither deployment.resources nor steps is a list"),
        ('{"a":\n', "no JSON: Expecting value"),
        ("[" * 100_000, "nested too deeply"),
        ('{"deployment": {"resources": [{"type": "x"}]}}', "resource 1: no urn"),
        ('{"deployment": []}', "neither deployment.resources nor steps is a list"),
        ('{"deployment": {"resources": {}}}', "neither deployment.resources nor steps is a list"),
        ('{"steps": [{"op": "create", "newState": {"id": "x"}}]}', "resource 1: no urn"),
        ('{"deployment": {"resources": [{"urn": "x", "type": "x"}]}}', "resource 1 (x): urn is not urn:pulumi:"),
        ('{"deployment": {"resources": [3]}}', "resource 1 is a number"),
        ('{"steps": ["x"]}', "steps[0]: no operation with the state that it leads to"),
        ('{"steps": [{"op": "create", "newState": null}]}', "steps[0]: no operation with the state"),
        (r'{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::\ud800", "type": "c"}]}}', "half a character"),
        (
            '{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d", "type": "c", "inputs": [3]}]}}',
            "(urn:pulumi:a::b::c::d): inputs is a list",
        ),
        ('{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d", "type": 5}]}}', "type is a number"),
        (
            (
                '{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d", "type": "c",'
                ' "propertyDependencies": {"e": 3}}]}}'
            ),
            "propertyDependencies has other values than lists of URNs",
        ),
    ],
)
def test_a_file_that_holds_no_stack_is_named_in_one_line(tmp_path, text, problem):
    (file := tmp_path / "bad.json").write_text(text)
    with pytest.raises(StateError) as refused:
        load(file)
    message = str(refused.value)
    assert message.startswith(str(file))
    assert problem in message
    assert message.endswith("valid: what `pulumi stack export` or `pulumi preview --json --show-sames` writes")
    assert "\n" not in message


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for file, content in (
        (tmp_path / "gone.json", None),
        (tmp_path / "raw.json", b"\xff\xfe\xff"),
        (tmp_path / "a.gz", b"x"),
    ):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(StateError, match="valid: what"):
            load(file)


def test_a_configuration_says_levels_alone_or_with_parameters(tmp_path):
    (file := tmp_path / "config.json").write_text(
        '{"ENC-KMS-001": "mandatory", "RSL-ALB-002": {"enforcementLevel": "mandatory"}}'
    )
    assert configuration_of(file)[0].levels["RSL-ALB-002"] == "mandatory"
    file.write_text('{"ENC-KMS-999": "mandatory"}')
    with pytest.raises(ConfigurationError, match=r"(?s)config.json: .*ENC-KMS-999: no such control"):
        configuration_of(file)
