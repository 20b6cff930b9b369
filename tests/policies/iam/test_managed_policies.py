"""The list of managed policies that allow privilege escalation is that of the installed data."""

import json

from tests.paths import ROOT
from tests.policies.iam.managed_policies import escalating

LIST = ROOT / "policies" / "guardrails" / "iam" / "managed_policies.json"


def test_the_list_of_managed_policies_is_current():
    assert json.loads(LIST.read_text()) == escalating(), f"run: python -m tests.policies.iam.managed_policies > {LIST}"


def test_a_policy_for_administrators_is_listed_and_one_for_instances_is_not():
    named = json.loads(LIST.read_text())["escalating"]
    assert "SystemAdministrator" in named
    assert "AmazonSSMManagedInstanceCore" not in named
