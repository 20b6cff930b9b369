"""Faults of public reports, breaches and other scanners' tests: each is found, and its twin without the fault isn't."""

import json
from pathlib import Path

import pytest
import yaml
from pulumi.runtime.rpc import UNKNOWN, _special_secret_sig, _special_sig_key

from guardrails.engine.packs import ALL
from guardrails.testing.judging import InProcess
from guardrails.testing.requests import analyze_request, stack_request, urn_of

CASES = [
    case
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for case in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
]
PROVIDER = {
    "properties": {
        "region": "ap-southeast-3",
        "allowedAccountIds": '["123456789012"]',
        "defaultTags": json.dumps({"tags": {"Project": "smile", "Environment": "prod", "Owner": "platform"}}),
    }
}


def resolved(value, needed):
    """The value as the engine sends it; ``needed`` collects the names of resources that it comes from."""
    match value:
        case {"$json": body}:
            value = json.dumps(body)
        case {"$secret": body}:
            value = {_special_sig_key: _special_secret_sig, "value": resolved(body, needed)}
        case {"$ref": _} | {"$unknown": True}:
            needed |= {value["$ref"]} if "$ref" in value else set()
            value = UNKNOWN
        case dict():
            value = {key: resolved(each, needed) for key, each in value.items()}
        case list():
            value = [resolved(each, needed) for each in value]
    return value


def registered(name, about):
    dependencies = {}
    properties = {}
    for key, value in about["inputs"].items():
        needed = set()
        properties[key] = resolved(value, needed)
        dependencies |= {key: sorted(needed)} if needed else {}
    made = {"name": name, "type": about["type"], "properties": properties, "dependencies": dependencies}
    outputs = resolved(about.get("outputs", {}), set())
    return made | {"outputs": outputs} | ({"provider": PROVIDER} if about["type"].startswith("aws:") else {})


def reported(about, others):
    """The controls that name the resource in a run of all packs as they come, besides what any resource gets."""
    resources = [registered(each["name"], each) for each in others] + [registered("subject", about)]
    pack = InProcess(ALL)
    found = [each for resource in resources for each in pack.Analyze(analyze_request(resource)).diagnostics]
    found += pack.AnalyzeStack(stack_request(resources)).diagnostics
    subject = urn_of(resources[-1])
    return {each.policyName for each in found if each.urn == subject and "can't be decided" not in each.message}


@pytest.mark.parametrize("case", [each for each in CASES if "needs" not in each], ids=lambda each: each["case"])
def test_the_fault_is_found_and_its_twin_is_left_alone(case):
    others = case.get("with", [])
    of_fault = reported(case, others)
    of_twin = reported({"type": case["type"]} | case["good"], others) if "good" in case else set()
    assert of_fault - of_twin, f"{case.get('fault', case['case'])}; said of both: {sorted(of_twin)}"
    assert not of_twin - of_fault, "the twin has faults of its own"
