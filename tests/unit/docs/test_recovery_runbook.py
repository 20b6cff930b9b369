"""The runbook is true: its commands exist, its settings load, its steps fit into the time, its figures are the code's.

`python -m tests.unit.docs.test_recovery_runbook` writes its tables.
"""

import re
import shlex
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore import xform_name

from components.backup.plans import plans
from components.backup.settings import ARCHIVED_DAYS, RPO_MINUTES, RTO_HOURS
from components.core.environment import Environment
from components.queues.settings import LONGEST_RETENTION
from settings import load_from_files
from tests.unit.docs.test_component_docs import COMPONENT_DOCS, table, with_table

RUNBOOK = COMPONENT_DOCS.parent / "runbooks" / "recovery.md"
TEXT = RUNBOOK.read_text()
SESSION = botocore.session.get_session()
EVERYWHERE = {"query", "output", "region", "profile"}
HIGH_LEVEL = {("eks", "update-kubeconfig"): {"name"}, ("cloudtrail", "lookup-events"): {"max-items", "max-results"}}
"""What the command line has and the service's own model hasn't."""
SCENARIOS = (
    "Loss of an Availability Zone",
    "Loss of the database",
    "Accidental deletion",
    "Loss of the cluster",
    "Ransomware",
)
LOG_UPLOAD_MINUTES = 5
"""How often RDS uploads the database's log, by AWS's documents."""
REPLICATION_MINUTES = 15
"""How far an EFS replica is behind at most, by AWS's documents."""


def stores():
    """What each store loses at most and how far back it goes, in prod."""
    settings = load_from_files("prod")
    backup, snapshots = settings.backup, settings.cache.periodic_snapshots
    nightly = f"last night's backup, kept {backup.daily.retention_days} days"
    return [
        [
            "database",
            "its own log, uploaded by RDS",
            f"{LOG_UPLOAD_MINUTES} minutes",
            f"{settings.database.backup_retention_days} days",
            nightly,
        ],
        ["files", "a second file system, replicated", f"{REPLICATION_MINUTES} minutes", "-", nightly],
        [
            "documents",
            "every version of an object stays",
            "0 minutes",
            f"{settings.storage.noncurrent_days} days",
            f"continuous backup, kept {backup.daily.continuous_days} days",
        ],
        [
            "cache",
            "nothing: it is built anew from the database",
            "-",
            "-",
            f"a snapshot, every {snapshots.interval_hours} hours, kept {snapshots.retention_days} days",
        ],
        [
            "queues",
            f"messages lie in three zones, and are kept {LONGEST_RETENTION} days",
            "-",
            "-",
            "senders send again",
        ],
        [
            "archive",
            "monthly, 7 years: files in a locked vault, the database as Parquet",
            "-",
            f"{backup.archive.retention_days} days",
            "-",
        ],
    ]


def store_table():
    return table(["store", "what saves it", "loses at most", "goes back", "if that fails"], stores())


def plan_table():
    settings = load_from_files("prod").backup
    rows = [
        [
            plan.role,
            " but ".join(", ".join(map(service, patterns)) for patterns in (plan.resources, plan.without) if patterns),
            "at any moment" if plan.continuous else plan.schedule,
            f"{plan.delete_after} days",
            f"after {plan.cold_after} days" if plan.cold_after else "-",
            plan.vault,
        ]
        for plan in plans(
            settings, Environment(name="prod", account_id="123456789012", region="ap-southeast-3", project="smile")
        )
    ]
    return table(["plan", "tagged", "taken", "kept", "cold storage", "vault"], rows)


def service(pattern):
    return pattern.split(":")[2] if ":" in pattern else "everything"


TABLES = [(RUNBOOK, "stores", store_table), (COMPONENT_DOCS / "backup.md", "plans", plan_table)]


@pytest.mark.requirement("SMILE-BACKUP-01")
@pytest.mark.requirement("SMILE-BACKUP-03")
@pytest.mark.requirement("SMILE-BACKUP-04")
@pytest.mark.parametrize(("file", "marker", "make"), TABLES)
def test_tables_are_those_of_the_code(file, marker, make):
    text = file.read_text()
    assert f"<!-- {marker} -->" in text
    assert with_table(text, marker, make()) == text


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


def commands():
    """Every `aws` command, its lines joined."""
    for block in blocks("console"):
        for line in block.replace("\\\n", " ").splitlines():
            if found := re.search(r"(?:^|\$\()(aws [^)]+)\)?$", line):
                yield found[1]


@pytest.mark.requirement("SMILE-BACKUP-02")
@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_one_that_aws_has(command):
    _, service, verb, *words = shlex.split(command)
    flags = [word.removeprefix("--") for word in words if word.startswith("--")]
    if verb == "wait":
        waiters = SESSION.get_waiter_model({"s3api": "s3"}.get(service, service)).waiter_names
        operation = {xform_name(name, "-"): name for name in waiters}[words[0]]
        assert operation
        return
    if (service, verb) in HIGH_LEVEL and verb == "update-kubeconfig":
        assert set(flags) <= HIGH_LEVEL[service, verb] | EVERYWHERE
        return
    model = SESSION.get_service_model({"s3api": "s3", "efs": "efs"}.get(service, service))
    operation = model.operation_model({xform_name(name, "-"): name for name in model.operation_names}[verb])
    members = {xform_name(name, "-"): shape for name, shape in operation.input_shape.members.items()}
    for flag in flags:
        if flag in EVERYWHERE or flag in members:
            continue
        assert flag.startswith("no-"), f"--{flag} is no parameter of {service} {verb}"
        assert members[flag.removeprefix("no-")].type_name == "boolean"
    required = {xform_name(name, "-") for name in operation.input_shape.required_members}
    assert required <= set(flags), f"{service} {verb} lacks {required - set(flags)}"


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


if __name__ == "__main__":
    for file, marker, make in TABLES:
        Path(file).write_text(with_table(Path(file).read_text(), marker, make()))
