"""Tables: aligned, whole in a pipe, and on a terminal as wide as it is."""

import os

import pytest

from report import tables

ROWS = [("a", "1", "x" * 100), ("bcd", "200", "[bold]y[/] z")]


@pytest.fixture
def terminal(monkeypatch):
    """Standard output is a terminal of so many columns."""

    def make(columns):
        monkeypatch.setattr(tables.sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr(tables.shutil, "get_terminal_size", lambda: os.terminal_size((columns, 24)))

    return make


def test_in_a_pipe_each_row_is_one_line_with_all_of_it():
    assert tables.table(("NAME", "COUNT", "TEXT"), ROWS, right=["COUNT"]).splitlines() == [
        "NAME  COUNT  TEXT",
        f"a         1  {'x' * 100}",
        "bcd     200  [bold]y[/] z",
    ]


@pytest.mark.parametrize(("columns", "widest"), [(80, 80), (20, 6 + 7 + tables.NARROWEST)])
def test_on_a_terminal_only_the_last_column_goes_on_below_itself(terminal, columns, widest):
    terminal(columns)
    lines = tables.table(("NAME", "COUNT", "TEXT"), ROWS, right=["COUNT"]).splitlines()
    assert max(map(len, lines)) <= widest
    assert lines[2].startswith(" " * 13 + "x")
    assert "".join(line[13:] for line in lines[1:-1]) == "x" * 100


def test_without_titles_there_is_no_line_of_them():
    assert tables.table(("", ""), [("fine", "Region")]) == "fine  Region"
    assert tables.table(("", ""), []) == ""
