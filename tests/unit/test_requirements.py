"""The table of requirements says what is proven, and notices what isn't."""

from tests.requirements import Row, problems, rows, table

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


def test_rows_are_those_of_the_document_each_once():
    assert len({row.id for row in rows()}) == len(rows()) == 270
