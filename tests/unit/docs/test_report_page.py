"""The page on reports: its example and what it says of the formats."""

import json
import re

from jsonschema import Draft202012Validator

from cli import report
from report import sarif
from tests.paths import ROOT

TEXT = (ROOT / "docs" / "report.md").read_text()


def test_the_example_is_what_the_schema_describes():
    (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    schema = json.loads((ROOT / "report" / "findings.schema.json").read_text())
    Draft202012Validator(schema).validate(json.loads(example))


def test_each_format_is_told():
    assert set(re.findall(r"^\| `(\w+)` \| .* \| .* \|$", TEXT.partition("`--events`")[0], re.MULTILINE)) == set(
        report.FORMATS
    )


def test_the_limits_are_those_that_the_report_keeps():
    said = (
        f"than {sarif.MOST_RUNS} runs, {sarif.MOST_RESULTS:,} results in a run, {sarif.MOST_LOCATIONS:,} locations in a"
    )
    assert said in TEXT
    assert f"{sarif.MOST_TAGS} tags on a rule, or {sarif.MOST_BYTES // 10**6} MB compressed" in TEXT
