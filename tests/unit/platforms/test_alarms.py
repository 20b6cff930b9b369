"""What rings in a program of ``platforms/``: the list of runbooks leads to the page that the alarm names."""

import re
from fnmatch import fnmatchcase

import pytest

from tests.paths import ROOT
from tests.unit.platforms.conftest import beside_its_own_tests, loader_of

LIST = (ROOT / "docs" / "runbooks" / "README.md").read_text()
SMILES, OWN = (LIST.split("| rings |")[number].partition("## ")[0] for number in (1, 2))
NAMES = {"EpicVibe": "epicvibe", "Educounsel": "educounsel"}
STACKS = {"educounsel": "prod", "epicvibe": "production", "learning_hub": "prod", "pdfetl": "prod"}
SCALES = "-scale-"
"""These call nobody."""


def rows(table):
    """Patterns of each row, with the program that they are of, and its page."""
    for cells, page in re.findall(r"^\| (.+) \| \[[^]]+\]\((\w+\.md)\S*\) \|$", table, re.MULTILINE):
        patterns = [
            (next((name for said, name in NAMES.items() if f"{said}'s" in part), None), each)
            for part in cells.split(";")
            for each in re.findall(r"`([^`]+)`", part)
        ]
        yield patterns, page


def page_of(program, short):
    """Where the list leads somebody who sees the name."""
    for patterns, page in (*rows(OWN), *rows(SMILES)):
        if any(of in {None, program} and fnmatchcase(short, each) for of, each in patterns):
            return page
    return None


@pytest.mark.parametrize("name", beside_its_own_tests(STACKS))
def test_the_list_leads_every_alarm_to_the_page_that_it_names(program_of, name):
    stack, project = STACKS[name], loader_of(name).project
    alarms = program_of(name, stack).of("cloudwatch/metricAlarm:MetricAlarm").values()
    calling = {each["name"]: each["alarmDescription"] for each in alarms if SCALES not in each["name"]}
    assert len(calling) > 10
    wrong = {}
    for full, text in calling.items():
        page, found = text.rpartition("/")[2], page_of(name, full.removeprefix(f"{project}-{stack}-"))
        if found != page:
            wrong[full] = (found, page)
    assert wrong == {}


def test_every_row_is_read():
    lines = [line for line in OWN.splitlines() if line.startswith("| ")]
    assert len([*rows(OWN)]) == len(lines) - 1 >= 10  # the dashes
