"""The rules of what looks for intruders: somebody's is there."""

import pytest

from tests.stacks import broken, settings_of

SERVICES = ["guardduty", "access_analyzer"]


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
