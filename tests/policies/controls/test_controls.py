"""Every control on its fixtures: compliant, violating and not known yet."""

import pytest

from guardrails.engine.configuration import faults
from guardrails.engine.packs import ALL, family_of, load_controls
from guardrails.testing import judge
from guardrails.testing.judging import NOT_APPLICABLE, faults_of_case
from tests.policies.conftest import load_fixtures


def faults_of(kind, control_id, case):
    return [*faults_of_case(control_id, kind, case, judge(control_id, case))]


def test_a_compliant_resource_gets_no_verdict(control_id, compliant_case):
    assert faults_of("compliant", control_id, compliant_case) == []


def test_a_violation_is_mandatory_and_names_control_cause_and_remedy(control_id, violating_case):
    assert faults_of("violating", control_id, violating_case) == []


def test_an_unknown_value_is_reported_and_neither_passes_nor_stops_the_run(control_id, unknown_case):
    assert faults_of("unknown", control_id, unknown_case) == []


@pytest.mark.parametrize(
    "control_id", [each for each, kinds in load_fixtures().items() if kinds["unknown"] != NOT_APPLICABLE]
)
def test_no_control_passes_its_compliant_cases_without_a_look_at_them(control_id):
    assert any(judge(control_id, case).has_looked for case in load_fixtures()[control_id]["compliant"])


@pytest.mark.parametrize("control_id", load_controls())
def test_every_control_has_its_three_kinds_of_fixture(control_id):
    kinds = load_fixtures().get(control_id, {})
    missing = [kind for kind in ("compliant", "violating", "unknown") if not kinds.get(kind)]
    assert not missing, f"{control_id} lacks fixtures: {', '.join(missing)}"
    assert isinstance(kinds["unknown"], list) or kinds["unknown"] == NOT_APPLICABLE


def test_every_fixture_is_about_a_control():
    assert load_fixtures().keys() - load_controls().keys() == set()


@pytest.mark.parametrize("control", load_controls().values(), ids=lambda control: control.id)
def test_a_control_is_described_in_full(control):
    assert control in family_of(control.id).controls
    assert control.title
    assert control.why
    assert control.fix
    assert not control.title.endswith(".")
    assert control.types
    for name, schema in control.parameters.items():
        assert name != "enforcementLevel"
        assert schema["description"]
        assert faults(schema["default"], schema) == []


SERVED = [
    pytest.param(pack, control_id, cases[0], id=f"{pack.name}-{control_id}-{kind}")
    for control_id in list(load_controls())[::12]
    for kind, cases in load_fixtures()[control_id].items()
    if isinstance(cases, list) and kind != "requirement"
    for pack in (family_of(control_id), ALL)
]


@pytest.mark.parametrize(("pack", "control_id", "case"), SERVED)
def test_a_served_pack_says_what_the_control_says_by_itself(packs, pack, control_id, case):
    served, alone = packs.over_the_wire(pack, control_id, case), judge(control_id, case)
    family = f"\nPack: {family_of(control_id).name}." if pack is ALL else ""
    assert served.violations == [message + family for message in alone.violations]
    assert bool(served.undetermined) == bool(alone.undetermined)
