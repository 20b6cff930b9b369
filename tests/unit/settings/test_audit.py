"""The rules of what looks for intruders and judges the account: somebody's is there."""

import pytest

from tests.stacks import broken, settings_of

SERVICES = ["guardduty", "access_analyzer", "security_hub", "inspector"]


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_stack_that_people_depend_on_has_its_account_watched(stack, service):
    (finding,) = broken(settings_of(stack, audit={service: "none"}), "audit")
    assert (finding.path, finding.what) == (("audit", service), "got none")
    assert finding.valid.startswith("stack, or account")


@pytest.mark.parametrize("service", SERVICES)
def test_somebody_elses_will_do_and_in_development_nobodys(service):
    assert broken(settings_of("prod", audit={service: "account"}), "audit") == []
    assert broken(settings_of("dev", audit={service: "none"}), "audit") == []


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_rules_are_evaluated_where_people_depend_on_the_stack(stack):
    (finding,) = broken(settings_of(stack, audit={"conformance_pack": False}), "audit")
    assert (finding.path, finding.valid) == (
        ("audit", "conformance_pack"),
        f"true in {settings_of(stack).kind}; false in development only",
    )
    assert broken(settings_of("dev", audit={"conformance_pack": False}), "audit") == []


def test_neither_rules_nor_security_hub_are_without_a_recorder():
    without = {"configuration_recorder": "none"}
    found = broken(settings_of("dev", audit=without), "audit")
    assert [finding.path[1] for finding in found] == ["conformance_pack", "security_hub"]
    assert all("a recorder: stack, account" in finding.valid for finding in found)
    others = without | {"conformance_pack": False, "security_hub": "account"}
    assert broken(settings_of("dev", audit=others), "audit") == []


def test_a_security_hub_checks_something():
    (finding,) = broken(settings_of("prod", audit={"standards": []}), "audit")
    assert (finding.path, finding.what) == (("audit", "standards"), "got none")
