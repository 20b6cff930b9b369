"""What the operator may set: levels and parameters, by the schemas of the controls."""

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.engine.configuration import ConfigurationError, configure
from guardrails.engine.packs import PACKS, load_controls
from guardrails.model.control import Level
from guardrails.testing.judging import DECIDED
from tests.policies.conftest import configured, level_of, parameters_of
from tests.stacks import STACKS


def test_a_bad_configuration_is_refused_with_every_problem():
    control = load_controls()["ENC-KMS-002"]
    given = {
        "ENC-KMS-002": (None, {"maximumDays": 10}),
        "ENC-KMS-999": (None, {}),
        "settings": (None, {"allowedRegions": [], "undetermined": "maybe", "colour": "red"}),
    }
    with pytest.raises(ConfigurationError) as refusal:
        configure("encryption", [control], given)
    for part in (
        "policy pack encryption",
        "ENC-KMS-002.maximumDays: 10 is less than the minimum of 90",
        "ENC-KMS-999: no such control; valid: an id of docs/controls.md, such as ENC-KMS-002",
        "settings.allowedRegions: [] should be non-empty",
        "settings.undetermined: 'maybe' is not one of ['disabled', 'advisory', 'mandatory']",
        "settings.colour: no such parameter; valid are: allowedAccounts",
    ):
        assert part in str(refusal.value)


NONSENSE = {
    "array": [[{}], [True], "all"],
    "integer": [-1, True, "many"],
    "string": [7],
    "boolean": ["yes"],
    "object": [[]],
}


def refusal(control, **parameters):
    try:
        configure("all", [control], {control.id: (None, parameters)})
    except ConfigurationError as refused:
        return str(refused)
    return ""


def test_every_parameter_refuses_what_can_be_none_of_its_values():
    taken = [
        f"{control.id}.{name}: {value!r}"
        for control in load_controls().values()
        for name, schema in control.parameters.items()
        for value in NONSENSE[schema["type"]]
        if f"{control.id}.{name}" not in refusal(control, **{name: value})
    ]
    assert taken == []


def test_defaults_are_filled_in_without_the_engine():
    control = load_controls()["ENC-KMS-002"]
    made = configure("encryption", [control], {"ENC-KMS-002": (Level.ADVISORY, DECIDED)})
    assert made.levels == {"ENC-KMS-002": Level.ADVISORY}
    assert made.parameters["ENC-KMS-002"]["maximumDays"] == 365
    assert made.parameters["ENC-KMS-002"]["allowedRegions"] == ["ap-southeast-3"]


def test_a_level_for_all_is_that_of_controls_without_one():
    ids = ("ENC-KMS-001", "ENC-KMS-002")
    controls = [load_controls()[each] for each in ids]
    stricter = {"all": (Level.MANDATORY, {}), ids[0]: (Level.ADVISORY, DECIDED)}
    assert configure("encryption", controls, stricter).levels == {ids[0]: Level.ADVISORY, ids[1]: Level.MANDATORY}
    with pytest.raises(ConfigurationError, match="ENC-KMS-001: advisory, by default mandatory: reason, owner, until"):
        configure("encryption", controls, {"all": (Level.ADVISORY, {})})


def test_the_server_refuses_a_bad_configuration(packs):
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig["ENC-KMS-002"].properties["maximumDays"] = "many"
    with pytest.raises(grpc.RpcError) as refusal:
        packs.stub(PACKS["encryption"]).Configure(request)
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "ENC-KMS-002.maximumDays: 'many' is not of type 'integer'" in refusal.value.details()


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.name)
def test_what_the_packs_are_given_for_each_stack_is_valid(pack, packs):
    for stack in STACKS:
        request = proto.ConfigureAnalyzerRequest()
        for name in configured(stack):  # the engine demands a level also for a control that is not the pack's
            request.policyConfig[name].enforcementLevel = proto.EnforcementLevel.Value(level_of(stack, name).upper())
            request.policyConfig[name].properties.update(parameters_of(stack, name))
        packs.stub(pack).Configure(request)


def test_a_configuration_that_disables_every_control_is_refused():
    controls = PACKS["resilience"].controls
    given = {control.id: (Level.DISABLED, DECIDED) for control in controls}
    with pytest.raises(ConfigurationError, match="every control is disabled, so that the pack would judge nothing"):
        configure("resilience", controls, given)
    configure("resilience", controls, {**given, controls[0].id: (Level.ADVISORY, {})})
