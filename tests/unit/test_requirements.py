"""The table of requirements says what is proven, and notices what isn't."""

from tests.requirements import BUILT, Row, problems, rows, table

ROWS = [Row("SMILE-RDS-01", "MySQL"), Row("SMILE-RDS-02", "large"), Row("SMILE-EKS-01", "clusters")]
TESTS = {"SMILE-RDS-01": {"tests/unit/components/database/test_database.py::test_engine"}}


def test_row_of_a_built_group_without_a_test_is_a_problem():
    assert list(problems(ROWS, TESTS, ["RDS"])) == ["SMILE-RDS-02 has no test: large"]
    assert list(problems(ROWS, TESTS, [])) == []


def test_mark_that_names_no_row_is_a_problem():
    (problem,) = problems(ROWS, TESTS | {"SMILE-RDS-99": {"test_x"}}, [])
    assert problem == "SMILE-RDS-99 is not in docs/requirements.csv, but marks test_x"


def test_built_group_that_is_misspelt_is_a_problem():
    assert list(problems(ROWS, TESTS, ["RSD"])) == ["group RSD has no row in docs/requirements.csv"]


def test_table_shows_each_row_with_its_tests():
    lines = list(table(ROWS, TESTS))
    assert "\nSMILE-RDS: 1 of 2 proven by a test" in lines
    assert lines[1].split() == ["SMILE-RDS-01", "MySQL"]
    assert lines[2].strip() == "tests/unit/components/database/test_database.py::test_engine"
    assert lines[4].strip() == "-"


def test_every_group_that_counts_as_built_has_rows():
    assert set(BUILT) <= {row.group for row in rows()}
    assert len({row.id for row in rows()}) == len(rows())
