"""Which test proves which requirement: ``python -m tests.requirements`` prints the table of docs/requirements.csv.

It ends with 1 when a row of a system that has a program has no test, or a test names a requirement that doesn't exist.
As a plugin (``pytest -p tests.requirements``), it makes a run of all tests fail for the same reasons.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest

from tests.paths import ROOT

ROWS = ROOT / "docs" / "requirements.csv"
SYSTEMS = {
    "SMILE": ROOT,
    "LH": ROOT / "platforms" / "learning_hub",
    "EDU": ROOT / "platforms" / "educounsel",
    "EPIC": ROOT / "platforms" / "epicvibe",
    "ETL": ROOT / "platforms" / "pdfetl",
}
"""First part of a row's id -> the folder of the system's program. Its rows are asked for as soon as that is there."""
WIDTH = 88
FINISHED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


@dataclass(frozen=True)
class Row:
    """One requirement: ``SMILE-RDS-03`` of the group ``RDS``, in one sentence or two."""

    id: str
    text: str

    @property
    def system(self) -> str:
        """Whose requirement it is."""
        return self.id.split("-")[0]

    @property
    def group(self) -> str:
        """The part of the platform that it is about, such as ``SMILE-RDS``."""
        return self.id.rpartition("-")[0]

    @property
    def is_asked_for(self) -> bool:
        """Whether its system has a program."""
        return (SYSTEMS[self.system] / "Pulumi.yaml").is_file()


@dataclass(eq=False)  # pytest keeps plugins by identity
class Marks:
    """A pytest plugin that notes the marks of all tests, those that aren't run included."""

    tests: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Parameters are left out of the names: one test, however many cases."""
        for mark in item.iter_markers("requirement"):
            for requirement in mark.args:
                self.tests[requirement].add(item.nodeid.partition("[")[0])


class Check(Marks):
    """Fails the run where a requirement lacks its test; under pytest-xdist, from what its processes collected."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what was collected, or judge it."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)  # in a process of pytest-xdist
        if output is not None:
            output["requirements"] = {name: sorted(tests) for name, tests in self.tests.items()}
        elif session.exitstatus == pytest.ExitCode.OK and list(self.problems()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a process of pytest-xdist collected; all collect the same."""
        for name, tests in getattr(node, "workeroutput", {}).get("requirements", {}).items():
            self.tests[name].update(tests)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Say what is wrong, unless the run ended before everything was collected."""
        for problem in self.problems() if exitstatus in FINISHED else ():
            terminalreporter.write_line(f"ERROR requirements: {problem}", red=True)

    def problems(self) -> Iterator[str]:
        """What is wrong with the whole of the tests."""
        return problems(rows(), self.tests)


def pytest_configure(config: pytest.Config) -> None:
    """Called where this module is named as a plugin."""
    config.pluginmanager.register(Check(), "requirements-check")


def rows() -> list[Row]:
    """All requirements, in the order of the file."""
    with ROWS.open(newline="") as file:
        return [Row(line["id"], line["requirement"]) for line in csv.DictReader(file)]


def problems(rows: Sequence[Row], tests: Mapping[str, set[str]]) -> Iterator[str]:
    """What is wrong: a row that nothing proves, a mark that names no row."""
    for row in rows:
        if row.is_asked_for and not tests.get(row.id):
            yield f"{row.id} has no test: {row.text}"
    for unknown in sorted(set(tests) - {row.id for row in rows}):
        yield f"{unknown} is not in docs/requirements.csv, but marks {', '.join(sorted(tests[unknown]))}"


def table(rows: Sequence[Row], tests: Mapping[str, set[str]]) -> Iterator[str]:
    """The rows by group, each with the tests that prove it."""
    for group, members in groupby(rows, key=lambda row: row.group):
        found = list(members)
        proven = sum(bool(tests.get(row.id)) for row in found)
        yield f"\n{group}: {proven} of {len(found)} proven by a test"
        for row in found:
            text = row.text if len(row.text) <= WIDTH else f"{row.text[: WIDTH - 1]}…"
            yield f"  {row.id:<18} {text}"
            yield from (f"  {'':<18}   {test}" for test in sorted(tests.get(row.id, ())) or ["-"])


def summary(rows: Sequence[Row], tests: Mapping[str, set[str]]) -> Iterator[str]:
    """A line for each system."""
    for system, members in groupby(rows, key=lambda row: row.system):
        found = list(members)
        if found[0].is_asked_for:
            proven = sum(bool(tests.get(row.id)) for row in found)
            yield f"{system}: {proven} of {len(found)} requirements are proven by a test."
        else:
            yield f"{system}: {len(found)} requirements, and no program yet in {SYSTEMS[system].relative_to(ROOT)}."


def main() -> int:
    """Print the table, then what is wrong."""
    marks = Marks()
    said = io.StringIO()
    with redirect_stdout(said):
        status = pytest.main(["--collect-only", "-qq"], plugins=[marks])
    if status != pytest.ExitCode.OK:
        print(said.getvalue())
        return int(status)
    every = rows()
    print(*table([row for row in every if row.is_asked_for], marks.tests), "", *summary(every, marks.tests), sep="\n")
    wrong = list(problems(every, marks.tests))
    print(*(f"error: {each}" for each in wrong), sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
