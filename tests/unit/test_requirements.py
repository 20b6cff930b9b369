"""The table of requirements says what is proven, and notices what isn't."""

from collections import Counter

from tests import requirements
from tests.paths import ROOT
from tests.requirements import Row, problems, rows, summary, table

ROWS = [Row("SMILE-RDS-01", "MySQL"), Row("SMILE-RDS-02", "large"), Row("SMILE-EKS-01", "clusters")]
TESTS = {"SMILE-RDS-01": {"tests/unit/components/database/test_database.py::test_engine"}}


def test_row_without_a_test_is_a_problem():
    assert list(problems(ROWS, TESTS)) == ["SMILE-RDS-02 has no test: large", "SMILE-EKS-01 has no test: clusters"]
    assert list(problems(ROWS[:1], TESTS)) == []


def test_mark_that_names_no_row_is_a_problem():
    (problem,) = problems(ROWS[:1], TESTS | {"SMILE-RDS-99": {"test_x"}})
    assert problem == "SMILE-RDS-99 is not in docs/requirements.csv, but marks test_x"


def test_table_shows_each_row_with_its_tests():
    lines = list(table(ROWS, TESTS))
    assert "\nSMILE-RDS: 1 of 2 proven by a test" in lines
    assert lines[1].split() == ["SMILE-RDS-01", "MySQL"]
    assert lines[2].strip() == "tests/unit/components/database/test_database.py::test_engine"
    assert lines[4].strip() == "-"


def test_rows_are_those_of_the_documents_each_once():
    assert len({row.id for row in rows()}) == len(rows())
    assert Counter(row.system for row in rows()) == {"SMILE": 270, "LH": 58, "EDU": 34, "EPIC": 26, "ETL": 23}


def test_rows_are_asked_for_as_soon_as_their_system_has_a_program(monkeypatch, tmp_path):
    monkeypatch.setattr(requirements, "ROOT", tmp_path)
    monkeypatch.setitem(requirements.SYSTEMS, "ETL", tmp_path / "platforms" / "pdfetl")
    row = Row("ETL-S3-01", "a bucket")
    assert list(problems([row], {})) == []
    assert list(summary([row], {})) == ["ETL: 1 requirements, and no program yet in platforms/pdfetl."]
    (tmp_path / "platforms" / "pdfetl").mkdir(parents=True)
    (tmp_path / "platforms" / "pdfetl" / "Pulumi.yaml").touch()
    assert list(problems([row], {})) == ["ETL-S3-01 has no test: a bucket"]
    assert list(summary([row], {"ETL-S3-01": {"test_x"}})) == ["ETL: 1 of 1 requirements are proven by a test."]


def test_every_program_with_stacks_is_a_system_or_the_sample():
    folders = {file.parent.name for file in (ROOT / "platforms").glob("*/Pulumi.*.yaml")}
    assert folders - {folder.name for folder in requirements.SYSTEMS.values()} == {"parcels"}
