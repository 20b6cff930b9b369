"""The runbook is true: commands exist, settings load, steps fit into the time, figures are those of the code."""

import re

import pytest
import yaml

from cli.docs.recovery import backup_plans, recoverable_stores, stores
from components.backup.settings import ARCHIVED_DAYS, RPO_MINUTES, RTO_HOURS
from settings import load_from_files
from tests.paths import ROOT
from tests.unit.docs.aws_commands import commands, faults

TEXT = (ROOT / "docs" / "runbooks" / "recovery.md").read_text()
SCENARIOS = (
    "Loss of an Availability Zone",
    "Loss of the database",
    "Accidental deletion",
    "Loss of the cluster",
    "Ransomware",
)


@pytest.mark.requirement("SMILE-BACKUP-01")
@pytest.mark.requirement("SMILE-BACKUP-03")
@pytest.mark.requirement("SMILE-BACKUP-04")
@pytest.mark.parametrize(
    ("file", "made"), [("runbooks/recovery.md", recoverable_stores), ("components/backup.md", backup_plans)]
)
def test_tables_are_those_of_the_code(file, made):
    assert f"\n{made()}\n" in (ROOT / "docs" / file).read_text(), "run: smile docs"


@pytest.mark.requirement("SMILE-BACKUP-01")
def test_no_store_that_cannot_be_rebuilt_loses_more_than_the_target():
    losses = {row[0]: int(row[2].split()[0]) for row in stores() if row[2] != "-"}
    assert set(losses) == {"database", "files", "documents"}
    assert max(losses.values()) <= RPO_MINUTES == 15
    assert f"**{RPO_MINUTES} minutes** of data lost" in TEXT


@pytest.mark.requirement("SMILE-BACKUP-10")
def test_the_runbook_says_that_nothing_leaves_the_region():
    flat = " ".join(TEXT.split())
    assert "No copy leaves `ap-southeast-3`" in flat
    assert "the loss of the whole Region is an accepted risk" in flat
    assert set(re.findall(r"\b[a-z]{2}-[a-z]+-\d\b", TEXT)) == {"ap-southeast-3"}


def section(title):
    """The text of a scenario."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def timed_steps(text):
    """The timed tables: for each, the minutes of its steps."""
    tables = re.findall(r"\| minutes \| step \|\n\| --- \| --- \|\n((?:\|.*\n)+)", text)
    return [[int(row.split("|")[1]) for row in rows.splitlines()] for rows in tables]


@pytest.mark.requirement("SMILE-BACKUP-02")
@pytest.mark.requirement("SMILE-BACKUP-12")
@pytest.mark.parametrize("title", SCENARIOS)
def test_each_scenario_has_commands_and_steps_that_fit_into_four_hours(title):
    text = section(title)
    assert "```console\n" in text
    assert timed_steps(text)
    for minutes in timed_steps(text):
        assert len(minutes) >= 4
        assert sum(minutes) < RTO_HOURS * 60 == 240
    assert f"**{RTO_HOURS} hours** (RTO)" in TEXT


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.requirement("SMILE-BACKUP-02")
@pytest.mark.parametrize("command", list(commands(TEXT)))
def test_every_command_is_one_that_aws_has(command):
    assert faults(command) == set()


@pytest.mark.requirement("SMILE-BACKUP-02")
@pytest.mark.parametrize("block", blocks("yaml"))
def test_every_setting_loads(load, block):
    text = yaml.safe_dump({"config": yaml.safe_load(block)})
    assert load(text).database.restore.is_wanted


def test_names_in_commands_are_those_of_prod():
    settings = load_from_files("prod")
    assert f"smile-prod-{settings.database.name}" in TEXT
    vaults = set(re.findall(r"--backup-vault-name (\S+)", TEXT))
    assert vaults == {"smile-prod-daily"}
    assert f"{ARCHIVED_DAYS} days" in TEXT
