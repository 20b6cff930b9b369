"""Fingerprints of findings, over runs."""

from hypothesis import given
from hypothesis import strategies as st

from report.finding import Finding
from report.fingerprint import fingerprints
from report.place import Place


def test_words_level_line_and_stack_may_change(finding_of):
    later = finding_of(
        stack="dev", what="anybody reads it", title="No public buckets", message="x", level="advisory", severity="low",
        fix="Make it private", places=(Place("layers/data.py", 99),), exempted="until 2027-01-01 by team: a site",
    )  # fmt: skip
    assert fingerprints([finding_of()]) == fingerprints([later])


def test_other_findings_before_it_may_come_and_go(finding_of):
    others = [finding_of("logs"), finding_of(control="LP-S3-002"), finding_of(path="policy")]
    assert fingerprints([*others, finding_of()])[-1] == fingerprints([finding_of()])[0]


def test_each_part_makes_another_finding(finding_of):
    found = [
        finding_of(),
        finding_of(control="LP-S3-002"),
        finding_of("logs"),
        finding_of(path="policy"),
        finding_of(family="theirs"),
        finding_of(what="it is public, by its policy, too"),
    ]
    assert len(set(fingerprints(found))) == len(found)


TEXTS = st.text(alphabet="ab:-", max_size=3)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=12))
def test_no_two_findings_of_a_run_are_taken_for_one(parts):
    found = [
        Finding(control=control, urn=f"urn:pulumi:s::{urn}", path=path, family=family, level="mandatory", severity="",
                message="")
        for control, urn, path, family in parts
    ]  # fmt: skip
    assert len(set(fingerprints(found))) == len(found)
