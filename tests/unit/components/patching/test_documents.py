"""Automation documents of our own: their steps parse, lead somewhere, and call what AWS has with what it takes."""

import re

import botocore.session
import pytest
from botocore.validate import ParamValidator

from components.patching.documents import switch_database, update_nodes

ROLE = "arn:aws:iam::123456789012:role/smile-prod-update-nodes"
DOCUMENTS = {make.__name__: make(ROLE) for make in (update_nodes, switch_database)}
STEPS = [
    pytest.param(document, step, id=step["name"]) for document in DOCUMENTS.values() for step in document["mainSteps"]
]
CALLS = [each for each in STEPS if "Api" in each.values[1]["inputs"]]
OF_CALLS = {"Service", "Api", "PropertySelector", "DesiredValues"}
ACTIONS = {
    "aws:executeAwsApi": set(),
    "aws:assertAwsResourceProperty": {"PropertySelector", "DesiredValues"},
    "aws:waitForAwsResourceProperty": {"PropertySelector", "DesiredValues"},
    "aws:branch": {"Choices", "Default"},
}
"""Action -> inputs that it needs besides those of the call."""
OF_STEP = {"name", "action", "inputs", "outputs", "nextStep", "isEnd", "isCritical", "onFailure", "timeoutSeconds"}
SESSION = botocore.session.get_session()


def operation(step):
    return SESSION.get_service_model(step["inputs"]["Service"]).operation_model(step["inputs"]["Api"])


def at(shape, selector):
    """The part of an answer that a selector such as ``$.update.id`` names; KeyError where there is none."""
    for name in selector.removeprefix("$.").replace("[0]", ".0").split("."):
        shape = shape.member if name == "0" else shape.members[name]
    return shape.type_name


@pytest.mark.requirement("SMILE-SSM-03")
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_has_the_parts_of_schema_0_3(document):
    assert set(document) == {"schemaVersion", "description", "assumeRole", "parameters", "mainSteps"}
    assert (document["schemaVersion"], document["assumeRole"]) == ("0.3", ROLE)
    names = [step["name"] for step in document["mainSteps"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_]{3,128}", name) for name in names)
    assert all(each["type"] == "String" and each["description"] for each in document["parameters"].values())


@pytest.mark.requirement("SMILE-SSM-03")
@pytest.mark.parametrize(("document", "step"), STEPS)
def test_a_step_has_what_its_action_takes(document, step):
    assert set(step) <= OF_STEP
    assert ACTIONS[step["action"]] <= set(step["inputs"])
    led_to = {step.get("nextStep"), step.get("onFailure", "").removeprefix("step:") or None}
    if step["action"] == "aws:branch":
        led_to |= {step["inputs"]["Default"], *(choice["NextStep"] for choice in step["inputs"]["Choices"])}
    assert led_to - {None} <= {each["name"] for each in document["mainSteps"]}


@pytest.mark.requirement("SMILE-SSM-03")
@pytest.mark.parametrize(("document", "step"), CALLS)
def test_a_step_calls_an_operation_with_what_it_takes(document, step):
    given = {name: value for name, value in step["inputs"].items() if name not in OF_CALLS}
    report = ParamValidator().validate(given, operation(step).input_shape)
    assert not report.has_errors(), report.generate_report()
    assert set(given) <= set(operation(step).input_shape.members)


@pytest.mark.parametrize(("document", "step"), CALLS)
def test_what_a_step_looks_at_is_in_the_answer(document, step):
    selectors = [each["Selector"] for each in step.get("outputs", ())]
    if "PropertySelector" in step["inputs"]:
        selectors.append(step["inputs"]["PropertySelector"])
    assert {at(operation(step).output_shape, selector) for selector in selectors} <= {"string"}


@pytest.mark.parametrize(("document", "step"), CALLS)
def test_statuses_that_are_waited_for_are_ones_that_the_service_has(document, step):
    wanted = [value for value in step["inputs"].get("DesiredValues", ()) if "{{" not in value]
    if not wanted or step["inputs"]["Service"] == "rds":
        return  # RDS's model names no statuses
    shape = operation(step).output_shape
    for name in step["inputs"]["PropertySelector"].removeprefix("$.").split("."):
        shape = shape.members[name]
    assert set(wanted) <= set(shape.enum)


@pytest.mark.parametrize(("document", "step"), STEPS)
def test_what_stands_in_braces_is_a_parameter_or_an_output_of_an_earlier_step(document, step):
    steps = document["mainSteps"]
    earlier = steps[: steps.index(step)]
    known = set(document["parameters"])
    known |= {f"{each['name']}.{output['Name']}" for each in earlier for output in each.get("outputs", ())}
    assert set(re.findall(r"{{ ([\w.]+) }}", str(step["inputs"]))) <= known


def test_a_group_that_is_of_the_release_already_is_left_alone():
    first, update, *_ = DOCUMENTS["update_nodes"]["mainSteps"]
    assert (first["isEnd"], first["onFailure"], first["isCritical"]) == (True, f"step:{update['name']}", False)
    assert first["inputs"]["DesiredValues"] == ["{{ ReleaseVersion }}"]


def test_starting_a_database_doesnt_run_on_into_stopping_it():
    steps = {step["name"]: step for step in DOCUMENTS["switch_database"]["mainSteps"]}
    assert steps["Start"]["nextStep"] == "IsStarted"
    assert steps["IsStarted"]["isEnd"] is True
    assert steps["WhatItIsToBe"]["inputs"]["Default"] == "Stop"
