"""docs/access.md is what prod's state says, all of it."""

import pytest
from lives import looks_at

from cli.docs.access.page import markdown
from cli.docs.access.permissions import written
from cli.docs.access.policy_documents import documents
from tests.paths import ROOT

FILE = ROOT / "docs" / "access.md"


@looks_at("prod")
@pytest.mark.requirement("SMILE-SEC-20")
def test_access_document_is_that_of_prod(life):
    assert FILE.read_text() == markdown(life.resources), "run: smile docs --access"


@looks_at("prod")
@pytest.mark.requirement("SMILE-SEC-20")
def test_access_document_names_each_action_and_each_role(life):
    said = FILE.read_text()
    found = list(documents(life.resources))
    asked = {
        action for each in found if not each.is_trust for said in each.statements for action in written(said, "Action")
    }
    assert [action for action in asked if action.rpartition(":")[2] not in said] == []
    roles = {each.name for each in found if each.is_trust}
    assert len(roles) > 20
    assert [role for role in roles if f"\n### {role}\n" not in said] == []


@looks_at("prod")
def test_access_document_is_the_same_in_whatever_order_resources_were_made(life):
    assert markdown(life.resources[::-1]) == markdown(life.resources)
