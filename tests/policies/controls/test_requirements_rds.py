"""What the platform's requirements say of databases holds for each stack: the controls with the stack's own levels."""

from datetime import date

import pytest

from guardrails.controls.database.rds import maintenance
from guardrails.engine.configuration import configure
from guardrails.engine.evaluation import Evaluator
from guardrails.engine.exemptions import Exemptions
from guardrails.engine.packs import family_of, load_controls
from guardrails.model.control import Level
from guardrails.model.resource import Resource
from tests.policies.conftest import configured, level_of, parameters_of
from tests.stacks import STACKS

INSTANCE = "aws:rds/instance:Instance"


def requirement(*ids):
    return pytest.mark.requirement(*ids)


def resource(type_, properties):
    return Resource(type_, f"urn:pulumi:t::p::{type_}::x", "x", lambda: (properties, frozenset()))


def verdict(stack, control_id, *resources):
    """The level of the violation that a stack's configuration makes of these resources; None when there is none."""
    ids = load_controls()
    pack = family_of(control_id)
    given = {
        name: (Level(level) if (level := level_of(stack, name)) else None, parameters_of(stack, name))
        for name in configured(stack)
    }
    evaluator = Evaluator(pack.controls, configure(pack.name, pack.controls, given, ids), Exemptions([], date.today()))
    made = [resource(type_, properties) for type_, properties in resources]
    reports = [report for each in made for report in evaluator.on_resource(each)]
    reports += evaluator.on_stack(made)
    found = [report for report in reports if report.control.id == control_id]
    assert not any("can't be decided" in report.message for report in found)
    return found[0].level if found else None


FORBIDDEN = [
    pytest.param("LP-RDS-001", {"publiclyAccessible": True}, STACKS, marks=requirement("SMILE-RDS-19")),
    pytest.param("LP-RDS-002", {"engine": "mysql"}, STACKS, marks=requirement("SMILE-RDS-19")),
    pytest.param(
        "ENC-RDS-008",
        {"engine": "mysql", "engineVersion": "8.4"},
        STACKS,
        marks=requirement("SMILE-RDS-16", "SMILE-SEC-07"),
    ),
    pytest.param("ENC-RDS-001", {"storageEncrypted": False}, STACKS, marks=requirement("SMILE-RDS-17")),
    pytest.param("ENC-RDS-002", {}, STACKS, marks=requirement("SMILE-RDS-17")),
    pytest.param("ENC-RDS-007", {"password": "x" * 16}, STACKS, marks=requirement("SMILE-RDS-18", "SMILE-SECRETS-01")),
    pytest.param("RSL-RDS-001", {"multiAz": False}, ("prod",), marks=requirement("SMILE-RDS-05")),
    pytest.param("RSL-RDS-005", {"backupRetentionPeriod": 29}, ("prod",), marks=requirement("SMILE-RDS-06")),
    pytest.param("RSL-RDS-005", {"backupRetentionPeriod": 6}, ("staging", "prod"), marks=requirement("SMILE-RDS-10")),
    pytest.param("RSL-RDS-022", {"allocatedStorage": 99}, ("staging", "prod"), marks=requirement("SMILE-RDS-15")),
    pytest.param("RSL-RDS-022", {"maxAllocatedStorage": 1025}, ("staging", "prod"), marks=requirement("SMILE-RDS-15")),
    pytest.param(
        "RSL-RDS-014",
        {"engine": "mysql", "enabledCloudwatchLogsExports": ["error", "slowquery"]},
        ("staging", "prod"),
        marks=requirement("SMILE-RDS-20"),
    ),
    pytest.param("RSL-RDS-017", {"monitoringInterval": 0}, ("staging", "prod"), marks=requirement("SMILE-RDS-21")),
    pytest.param(
        "RSL-RDS-018",
        {"engine": "mysql", "instanceClass": "db.t3.medium"},
        ("staging", "prod"),
        marks=requirement("SMILE-RDS-21"),
    ),
    pytest.param(
        "RSL-RDS-003", {"deletionProtection": False}, ("prod",), marks=requirement("SMILE-RDS-22", "SMILE-GEN-07")
    ),
    pytest.param("RSL-RDS-006", {"skipFinalSnapshot": True}, ("staging", "prod"), marks=requirement("SMILE-RDS-22")),
    pytest.param("RSL-RDS-009", {}, ("staging", "prod"), marks=requirement("SMILE-RDS-22")),
    pytest.param("RSL-RDS-007", {"autoMinorVersionUpgrade": False}, STACKS, marks=requirement("SMILE-RDS-23")),
]


@pytest.mark.parametrize(("control_id", "properties", "stacks"), FORBIDDEN)
def test_what_a_stack_forbids_stops_its_run(control_id, properties, stacks):
    stopped = [stack for stack in STACKS if verdict(stack, control_id, (INSTANCE, properties)) is Level.MANDATORY]
    assert stopped == list(stacks)


@pytest.mark.requirement("SMILE-RDS-05", "SMILE-RDS-09", "SMILE-RDS-13")
@pytest.mark.parametrize("stack", ["dev", "staging"])
def test_a_database_in_one_zone_is_no_matter_outside_prod(stack):
    assert verdict(stack, "RSL-RDS-001", (INSTANCE, {"multiAz": False})) is None


@pytest.mark.requirement("SMILE-RDS-14")
def test_dev_needs_no_automated_backups():
    assert verdict("dev", "RSL-RDS-005", (INSTANCE, {"backupRetentionPeriod": 0})) is None


@pytest.mark.requirement("SMILE-RDS-01")
@pytest.mark.parametrize("stack", STACKS)
def test_mysql_8_0_is_advised_against_and_8_4_is_not(stack, monkeypatch):
    monkeypatch.setattr(maintenance, "today", lambda: date(2026, 8, 1))
    old, new = ({"engine": "mysql", "engineVersion": version} for version in ("8.0", "8.4"))
    assert verdict(stack, "RSL-RDS-013", (INSTANCE, old)) is Level.ADVISORY
    assert verdict(stack, "RSL-RDS-013", (INSTANCE, new)) is None


@pytest.mark.requirement("SMILE-RDS-01")
@pytest.mark.parametrize(("day", "level"), [(date(2026, 7, 31), None), (date(2026, 8, 1), Level.ADVISORY)])
def test_a_version_is_supported_until_its_last_day(day, level, monkeypatch):
    monkeypatch.setattr(maintenance, "today", lambda: day)
    database = {"engine": "mysql", "engineVersion": "8.0.42"}
    assert verdict("prod", "RSL-RDS-013", (INSTANCE, database)) is level


@pytest.mark.parametrize("stack", STACKS)
def test_the_documented_port_is_no_matter(stack):
    assert verdict(stack, "LP-RDS-007", (INSTANCE, {"engine": "mysql", "port": 3306})) is None
