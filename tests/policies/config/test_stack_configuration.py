"""What the packs are told of a stack: policies/config, and the parameters that follow from its settings."""

import json
from fnmatch import fnmatchcase

import pytest

from cli import policies
from cli.program import Smile, smile
from cli.sandbox import SandboxError
from guardrails.engine.configuration import SETTINGS, configure
from guardrails.engine.decisions import DECISION
from guardrails.engine.packs import ALL
from guardrails.model.control import Level
from settings import loader
from settings.pack_configuration import FOLDER, derived, pack_configuration
from tests.stacks import settings_of

every_stack = pytest.mark.parametrize("stack", loader.stacks())


@every_stack
def test_every_control_is_one_that_exists_and_says_its_level(stack):
    """The engine refuses to start a pack with a control that has parameters but no level."""
    given = pack_configuration(loader.from_files(stack))
    levels = {name: Level(about["enforcementLevel"]) for name, about in given.items()}
    parameters = {
        name: {key: value for key, value in about.items() if key != "enforcementLevel"} for name, about in given.items()
    }
    made = configure("all", ALL.controls, {name: (levels[name], parameters[name]) for name in given})
    assert {name: level for name, level in levels.items() if made.levels.get(name, level) != level} == {}
    assert levels.keys() - made.levels.keys() <= {SETTINGS}


@every_stack
def test_the_pipeline_may_be_administrator_of_its_own_stacks_clusters_and_of_no_others(stack):
    patterns = pack_configuration(loader.from_files(stack))["LP-EKS-007"]["breakGlassPrincipals"]
    roles = [f"arn:aws:iam::123456789012:role/smile-{each}-deploy" for each in loader.stacks()]
    assert [role for role in roles if any(fnmatchcase(role, each) for each in patterns)] == [
        f"arn:aws:iam::123456789012:role/smile-{stack}-deploy"
    ]


def test_an_administrator_whom_the_configuration_names_is_let_in_beside_the_pipeline(tmp_path):
    """Whoever runs the first update is one: its clusters let nobody else in."""
    person = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/ap-southeast-3/AWSReservedSSO_Admin_1a2b"
    (tmp_path / "base.json").write_text((FOLDER / "base.json").read_text())
    kind = json.loads((FOLDER / "production.json").read_text()) | {"LP-EKS-007": {"breakGlassPrincipals": [person]}}
    (tmp_path / "production.json").write_text(json.dumps(kind))
    told = pack_configuration(settings_of("prod"), tmp_path)["LP-EKS-007"]
    assert told["breakGlassPrincipals"] == [person, "arn:aws:iam::*:role/smile-prod-deploy"]
    assert told["enforcementLevel"] == "mandatory"
    assert told["clusterScopedPolicies"] == ["AmazonEKSAdminViewPolicy"]


@pytest.mark.parametrize("kind", ["base", "production", "staging", "development"])
def test_nothing_is_written_that_is_already_said(kind):
    """A kind's file says what differs from base.json, and neither repeats what the settings give."""
    written, base = (json.loads((FOLDER / f"{name}.json").read_text()) for name in (kind, "base"))
    given = {
        (control, name): value
        for control, parameters in derived(settings_of("prod")).items()
        for name, value in parameters.items()
    }
    said = {(control, name): value for control, parameters in written.items() for name, value in parameters.items()}
    assert [key for key in given.keys() & said.keys() if not isinstance(given[key], list)] == []
    assert [key for key in given.keys() & said.keys() if set(given[key]) & set(said[key])] == []
    assert [key for key, value in said.items() if kind != "base" and base.get(key[0], {}).get(key[1]) == value] == []


@pytest.mark.parametrize(
    ("stack", "sections", "control", "expected"),
    [
        ("prod", {}, "RSL-BACKUP-001", {"minimumDays": 30}),
        ("staging", {}, "RSL-BACKUP-001", {"minimumDays": 7}),
        ("prod", {}, "RSL-EKS-010", {"minimumGib": 30, "maximumGib": 100}),
        ("dev", {}, "RSL-KUBERNETES-002", {"minimumReplicas": 1, "maximumReplicas": 2}),
        ("prod", {}, "RSL-KUBERNETES-002", {"minimumReplicas": 3}),
        ("prod", {"images": {"upstreams": ["quay.io"]}}, "RES-ECR-003", {"allowedRegistries": ["quay.io"]}),
        ("prod", {}, "RSL-S3-002", {"names": ["*archive*", "*audit*", "*backup*", "*trail*"]}),
        ("prod", {"storage": {"name_root": "acme"}}, "RSL-NAMING-001", {"pattern": "(^|/)(acme|smile|smile5)[-_/]"}),
        ("prod", {"database": {"logs": {"slow_queries": False}}}, "RSL-RDS-014", {"logs": ["audit", "error"]}),
        ("prod", {"observability": {"log_retention_days": 90}}, "RSL-CLOUDWATCH-002", {"minimumDays": 30}),
        ("dev", {"tags": {"extra": {"CostCentre": "7"}}}, "RSL-TAGGING-002",
         {"requiredTags": ["Project", "Environment", "ManagedBy", "Owner"]}),
    ],
)  # fmt: skip
def test_parameters_follow_from_the_settings(stack, sections, control, expected):
    given = pack_configuration(settings_of(stack, **sections))[control]
    assert {name: value for name, value in given.items() if name not in ("enforcementLevel", *DECISION)} == expected


def test_a_control_that_is_off_gets_no_parameters():
    assert pack_configuration(settings_of("dev"))["RSL-RDS-005"].keys() == {"enforcementLevel", *DECISION}


@pytest.mark.parametrize(("reserved", "level"), [(True, "mandatory"), (False, "disabled")])
def test_concurrency_is_asked_for_where_the_settings_reserve_it(reserved, level):
    """A new account's quota leaves none to reserve."""
    settings = settings_of("prod", functions={"reserve_concurrency": reserved})
    assert pack_configuration(settings)["RSL-LAMBDA-003"]["enforcementLevel"] == level


@pytest.mark.parametrize(("whose", "level"), [("stack", "advisory"), ("account", "disabled"), ("none", "disabled")])
def test_the_recorder_of_aws_config_is_asked_for_where_it_is_the_stacks(whose, level):
    settings = settings_of("prod", audit={"configuration_recorder": whose}, backup={"audit_framework": False})
    assert pack_configuration(settings)["RSL-CONFIG-002"]["enforcementLevel"] == level


@pytest.mark.parametrize("whose", ["stack", "account"])
@pytest.mark.parametrize(
    ("service", "control"), [("security_hub", "RSL-SECURITYHUB-001"), ("inspector", "RSL-INSPECTOR-001")]
)
def test_a_service_of_which_an_account_has_one_is_asked_for_where_it_is_the_stacks(service, control, whose):
    level = pack_configuration(settings_of("prod", audit={service: whose}))[control]["enforcementLevel"]
    assert level == ("advisory" if whose == "stack" else "disabled")


@pytest.mark.parametrize(("on", "level"), [(True, "mandatory"), (False, "disabled")])
def test_rules_of_aws_config_are_asked_for_where_the_settings_have_them(on, level):
    settings = settings_of("dev", audit={"conformance_pack": on})
    assert pack_configuration(settings)["RSL-CONFIG-004"]["enforcementLevel"] == level


@pytest.mark.parametrize("control", ["RSL-S3-005", "RSL-BACKUP-004"])
@pytest.mark.parametrize(("protect", "level"), [(True, "mandatory"), (False, "disabled")])
def test_buckets_and_vaults_may_be_emptied_where_nothing_is_protected(protect, level, control):
    for stack in ("dev", "staging"):
        settings = settings_of(stack, protection={"protect": protect})
        assert pack_configuration(settings)[control]["enforcementLevel"] == level
    assert control not in pack_configuration(settings_of("prod"))  # mandatory by itself


def test_the_command_writes_what_the_settings_give(tmp_path):
    answer = policies.run(smile().configuration("prod"), tmp_path / "prod.json")
    assert answer.text == ""
    assert json.loads((tmp_path / "prod.json").read_text()) == pack_configuration(loader.from_files("prod"))


def test_laxer_controls_are_those_that_need_a_decision():
    found = policies.laxer_among(pack_configuration(settings_of("prod")), "prod")
    assert "LP-RDS-007" in found  # off
    assert "RSL-CLOUDWATCH-002" in found  # by a parameter that the settings give
    assert "RSL-KMS-001" not in found
    assert len(found) < len(policies.laxer_among(pack_configuration(settings_of("dev")), "dev"))


def test_what_the_packs_would_refuse_is_refused_before_anything_runs(monkeypatch):
    """With the stack, the control and what is valid."""
    given = {"LP-RDS-007": {"enforcementLevel": "disabled"}, "LP-RDS-999": {"enforcementLevel": "mandatory"}}
    monkeypatch.setattr(Smile, "configuration", lambda *_: given)
    with pytest.raises(SandboxError) as refusal:
        smile().policies_of("prod")
    for part in (
        "smile, stack prod",
        "LP-RDS-007: disabled, by default advisory: reason, owner, until missing; valid: with reason",
        "LP-RDS-999: no such control",
    ):
        assert part in str(refusal.value)
