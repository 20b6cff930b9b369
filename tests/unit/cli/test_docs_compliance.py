"""The mapping of SOC 2: whole, of things that there are, and plain about what is missing."""

import csv
import re

import pytest

from cli.docs.compliance import STATES, controls, criteria, ranges
from offline.schema.catalogue import resource_type
from tests.paths import ROOT

SECURITY = {1: 5, 2: 3, 3: 4, 4: 2, 5: 3, 6: 8, 7: 5, 8: 1, 9: 2}
"""How many criteria each group of the common criteria has."""
CRITERIA = [f"CC{group}.{n}" for group, count in SECURITY.items() for n in range(1, count + 1)]
CRITERIA += ["A1.1", "A1.2", "A1.3", "C1.1", "C1.2"]
ROWS = {row[0] for row in csv.reader((ROOT / "docs" / "requirements.csv").read_text("utf-8").splitlines())}
SOURCE = "\n".join(file.read_text() for file in (ROOT / "components").rglob("*.py"))
ENTRIES = pytest.mark.parametrize(("name", "about"), criteria().items(), ids=list(criteria()))


@pytest.mark.requirement("SMILE-AUDIT-11")
def test_every_criterion_of_security_availability_and_confidentiality_is_judged():
    assert list(criteria()) == CRITERIA


@pytest.mark.requirement("SMILE-AUDIT-02")
@pytest.mark.requirement("SMILE-AUDIT-11")
@ENTRIES
def test_a_criterion_is_answered_by_what_there_is_or_says_what_is_missing(name, about):
    assert about["state"] in STATES
    assert set(about) <= {"asks", "state", "requirements", "evidence", "missing"}
    if about["state"] == "covered":
        assert about["requirements"]
        assert about["evidence"]
        assert "missing" not in about
    else:
        assert about["missing"]


@pytest.mark.requirement("SMILE-AUDIT-11")
@ENTRIES
def test_requirements_and_evidence_exist(name, about):
    assert set(about.get("requirements", ())) <= ROWS
    for each in about.get("evidence", ()):
        if each.startswith("aws:"):
            made = resource_type(each).token.rpartition(":")[2]
            assert re.search(rf"\b\w+\.{made}\(", SOURCE), f"{name}: no component makes {each}"
        else:
            assert (ROOT / each).is_file(), f"{name}: {each}"


@pytest.mark.requirement("SMILE-AUDIT-02")
def test_controls_name_criteria_that_there_are():
    assert set(controls()) <= set(CRITERIA)
    assert "RSL-CLOUDTRAIL-001" in controls()["CC7.2"]


def test_controls_that_follow_one_another_are_written_together():
    assert list(ranges(["LP-S3-002", "LP-S3-001", "LP-S3-004", "ENC-S3-001"])) == ["ENC-S3 001", "LP-S3 001-002 004"]
