"""Which rules AWS Config evaluates: each mirrors a control, and no stack is asked for what its policies don't ask."""

import pytest

from settings.config_rules import RULES, rules_of
from settings.pack_configuration import pack_configuration
from tests.paths import ROOT
from tests.stacks import settings_of

CONTROLS = {
    line.removeprefix("### ")
    for page in (ROOT / "docs" / "controls").glob("*.md")
    for line in page.read_text("utf-8").splitlines()
    if line.startswith("### ")
}


@pytest.mark.requirement("SMILE-AUDIT-08")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_mirrors_controls_that_there_are(rule):
    assert rule.mirrors
    assert set(rule.mirrors) <= CONTROLS


def test_a_rule_stands_there_once():
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_what_policies_switch_off_is_not_asked_after_deployment(stack):
    settings = settings_of(stack)
    asked = {control for rule in rules_of(settings) for control in rule.mirrors}
    off = {name for name, about in pack_configuration(settings).items() if about.get("enforcementLevel") == "disabled"}
    assert not asked & off
    assert ("RSL-RDS-001" in asked) is (stack == "prod")  # one zone is enough for staging (SMILE-RDS-09)
