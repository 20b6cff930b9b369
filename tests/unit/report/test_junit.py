"""Findings as JUnit, held against the schema of Jenkins."""

from pathlib import Path
from xml.etree import ElementTree as ET

import xmlschema

from report import junit
from report.control import Control

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")
CONTROLS = (
    Control(id="LP-S3-001", title="x", family="least_privilege"),
    Control(id="E", title="x", family="encryption"),
)


def suites(*runs):
    text = junit.render(runs)
    SCHEMA.validate(text)
    return list(ET.fromstring(text))


def outcomes(suite):
    return {f"{test.get('classname')}: {test.get('name')}": [each.tag for each in test] for test in suite}


def test_only_what_fails_the_run_is_a_failure(run_of, finding_of):
    found = [
        finding_of(),
        finding_of("a", level="advisory"),
        finding_of("b", level="advisory", exempted="until 2027-01-31 by team: a site"),
        finding_of("c", level="advisory", what="can't be decided before deployment, acl is not known yet"),
    ]
    (suite,) = suites(run_of(*found, controls=CONTROLS))
    assert outcomes(suite) == {
        "prod.engine: the run ends without an error": [],
        "prod.encryption: no mandatory control is broken": [],
        "prod.least_privilege: LP-S3-001 aws:s3/bucket:Bucket data acl": ["failure"],
        "prod.least_privilege: LP-S3-001 aws:s3/bucket:Bucket a acl": ["skipped"],
        "prod.least_privilege: LP-S3-001 aws:s3/bucket:Bucket b acl": ["skipped"],
        "prod.least_privilege: LP-S3-001 aws:s3/bucket:Bucket c acl": ["skipped"],
    }
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")} == {
        "name": "prod", "tests": "6", "failures": "1", "errors": "0", "skipped": "3", "time": "3",
    }  # fmt: skip


def test_the_text_has_all_that_a_tool_without_messages_needs(run_of, finding_of):
    (suite,) = suites(run_of(finding_of()))
    (failure,) = suite.iter("failure")
    assert failure.text == "LP-S3-001 Buckets are private: it is public (at acl).\nat layers/data.py:7"
    assert (failure.get("message"), failure.get("type")) == ("it is public", "high")


def test_names_are_unique_in_a_suite_whose_tests_a_tool_tells_apart_by_name(run_of, finding_of):
    (suite,) = suites(run_of(finding_of(), finding_of(what="and by its policy")))
    names = [test.get("name") for test in suite]
    assert names[-2:] == ["LP-S3-001 aws:s3/bucket:Bucket data acl", "LP-S3-001 aws:s3/bucket:Bucket data acl #2"]


def test_a_run_that_breaks_off_passes_nothing(run_of):
    (suite,) = suites(run_of(is_finished=False, controls=CONTROLS))
    assert outcomes(suite) == {"prod.engine: the run ends without an error": ["error"]}


def test_errors_of_the_engine_are_one_error(run_of):
    (suite,) = suites(run_of(errors=("first\nmore", "second")))
    (error,) = suite.iter("error")
    assert (error.get("message"), error.text) == ("first", "first\nmore\nsecond")


def test_what_xml_can_not_say_is_replaced(run_of, finding_of):
    (suite,) = suites(run_of(finding_of("<script>&\x00\ud800", what="\x1b[31m")))
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "\ufffd[31m"
    assert [test.get("name") for test in suite][-1] == "LP-S3-001 aws:s3/bucket:Bucket <script>&\ufffd\ufffd acl"
