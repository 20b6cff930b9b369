"""``--platform``: which programs there are, what their packs are told, and that each command knows them or says why."""

import json
from datetime import UTC, datetime

import pytest

from cli import program
from cli.__main__ import COMMANDS, main
from cli.answer import NoSuchValueError
from cli.cost import used
from cli.doctor import account_of
from cli.exemptions import decisions
from cli.offline_state import exported
from cli.program import Program, program_of, programs, programs_of, smile
from cli.report_places import setting_of, told_of
from cli.sandbox import Project, SandboxError
from doctor.examination import CHECKS, examine, is_for
from report.finding import Finding
from report.place import Place

LAXER = {"enforcementLevel": "disabled", "reason": "because", "owner": "us", "until": "2027-01-31"}
STACKS = {"epicvibe": "staging", "educounsel": "prod"}
"""Of two programs: one with kinds of environments, and one without."""
REFUSED = sorted(each.name for each in COMMANDS.values() if each.no_platform)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, stacks in {"clinics": ("live", "test"), "nothing": (), "account": ("live",)}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Pulumi.yaml").write_text(f"name: {name}\n")
        for stack in stacks:
            (tmp_path / name / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    monkeypatch.setattr(program, "PLATFORMS", tmp_path)
    return tmp_path


@pytest.fixture
def clinics(folder):
    return Program(Project(folder / "clinics", "clinics"))


@pytest.fixture(params=STACKS.items(), ids=STACKS)
def stack(request):
    return request.param


def said(capsys, *words):
    """The document of a command."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_program_is_a_folder_with_a_stack_and_not_that_of_accounts(folder):
    assert {name: each.project.stacks for name, each in programs().items()} == {"clinics": ["live", "test"]}
    assert [each.project.name for each in programs_of("all")] == ["clinics"]


def test_an_unknown_one_is_refused_with_those_that_there_are(folder):
    with pytest.raises(SandboxError, match=r"no platform 'clinic'; valid: clinics \(one folder"):
        program_of("clinic")
    with pytest.raises(SandboxError, match=r"no platform 'clinic'; valid: clinics, all \(one folder"):
        programs_of("clinic")
    with pytest.raises(SandboxError, match=r"got all; valid: clinics \(one folder"):
        program_of("all")


def test_its_stacks_are_told_from_smiles(clinics):
    assert clinics.label("live") == "clinics-live"
    assert smile().label("prod") == "prod"
    assert (clinics.options, smile().options) == (["--platform", "clinics"], [])


def test_packs_are_told_what_holds_for_all_stacks_then_for_one(clinics):
    assert clinics.configuration("live") == {}
    (clinics.folder / "policies.json").write_text(
        json.dumps({"RSL-RDS-001": {"enforcementLevel": "mandatory"}, "RSL-BACKUP-001": {"minimumDays": 14}})
    )
    (clinics.folder / "policies.test.json").write_text(json.dumps({"RSL-RDS-001": LAXER}))
    assert clinics.configuration("live")["RSL-RDS-001"] == {"enforcementLevel": "mandatory"}
    assert clinics.configuration("test")["RSL-RDS-001"] == LAXER
    assert clinics.configuration("test")["RSL-BACKUP-001"] == {"minimumDays": 14}


def test_packs_are_told_nothing_of_a_stack_that_is_not_there(clinics):
    with pytest.raises(SandboxError, match=r"no stack .*prd.*; valid: .*live.*test"):
        clinics.configuration("prd")


def test_a_level_that_there_is_not_is_refused_with_its_place(clinics):
    (clinics.folder / "policies.json").write_text(json.dumps({"RSL-RDS-001": {"enforcementLevel": "loud"}}))
    with pytest.raises(SandboxError, match=r"policies\.json"):
        clinics.configuration("live")


def test_the_packs_get_one_file_and_what_is_laxer_is_counted(clinics, monkeypatch, tmp_path):
    monkeypatch.setattr(program, "FOLDER", tmp_path / "offline")
    (clinics.folder / "policies.test.json").write_text(json.dumps({"RSL-RDS-001": LAXER}))
    file, laxer = clinics.policies_of("test")
    assert file == tmp_path / "offline" / "policies" / "clinics-test.json"
    assert (json.loads(file.read_text()), laxer) == ({"RSL-RDS-001": LAXER}, 1)


def test_what_reads_no_settings_without_the_engine_is_told_as_such():
    with pytest.raises(
        NoSuchValueError, match=r"platforms/parcels has no loader\.py, .*; valid: educounsel, epicvibe, "
    ):
        program_of("parcels").settings("dev")


@pytest.mark.parametrize("name", REFUSED)
def test_a_command_that_is_about_no_program_says_why(name, capsys, monkeypatch):
    words = COMMANDS[name].examples[0].partition(f"smile {name}")[2].replace(" | head", "").split()
    assert main([name, *words, "--platform", "educounsel"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"smile {name}: --platform educounsel: {COMMANDS[name].no_platform}")


def test_every_other_command_refuses_a_program_that_there_is_not(capsys):
    taken = [each for each in COMMANDS.values() if not each.no_platform]
    assert len(taken) >= 15
    for each in taken:
        words = each.examples[0].partition(f"smile {each.name}")[2].partition("|")[0]
        assert main([each.name, "--platform", "nowhere", *words.replace("'", "").split()]) == (
            1 if each.own_words else 2
        ), each.name
        assert "no platform 'nowhere'; valid: educounsel, epicvibe, " in capsys.readouterr().err


def test_settings_are_the_programs_own(stack, capsys):
    name, of = stack
    rows = {each["key"]: each for each in said(capsys, "settings", "--platform", name, "--stack", of)}
    assert rows[f"{name}:account.id"]["value"] == program_of(name).settings(of).account.id
    assert rows[f"{name}:account.id"]["source"].startswith(f"Pulumi.{of}.yaml line ")


def test_policies_and_levels_of_controls_are_the_programs_own(stack, capsys):
    name, of = stack
    told = said(capsys, "policies", "--platform", name, "--stack", of)
    laxer = next(control for control, about in told.items() if "reason" in about)
    listed = {each["control"]: each["levels"] for each in said(capsys, "controls", "--platform", name)}
    assert set(listed[laxer]) == set(program_of(name).project.stacks)
    assert listed[laxer][of] == told[laxer]["enforcementLevel"]
    assert said(capsys, "explain", laxer, "--platform", name)["stacks"][of]["reason"] == told[laxer]["reason"]


def test_decisions_are_those_of_the_program(stack):
    name, _ = stack
    found = decisions(datetime.now(UTC).date(), [program_of(name)])
    exempted = [each.scope for each in found if each.scope.startswith("urn:")]
    assert exempted
    assert all(f"::{name}::" in each for each in exempted)
    assert {each.place.partition(":")[0] for each in found} >= {
        "policies/exemptions.yaml",
        f"platforms/{name}/policies.json",
    }


def test_a_finding_is_placed_in_the_settings_of_the_program():
    finding = Finding(
        control="RSL-RDS-001", level="mandatory", severity="high", title="", message="", fix="",
        urn="urn:pulumi:prod::educounsel::x::educounsel-database", path="instanceClass",
    )  # fmt: skip
    place = Place("components/database/database.py", 12)
    found = setting_of(finding, [place], "prod", told_of(program_of("educounsel")))
    assert found is not None
    assert found.file == "platforms/educounsel/Pulumi.prod.yaml"


def test_the_cost_of_an_export_is_priced_by_the_kind_of_the_program(stack, tmp_path, capsys):
    name, of = stack
    assert program_of(name).kind(of) == {"epicvibe": "staging", "educounsel": "production"}[name]
    urn = f"urn:pulumi:{of}::{name}::aws:rds/instance:Instance::{name}-database"
    inputs = {"instanceClass": "db.t3.micro", "engine": "mysql", "allocatedStorage": 20, "storageType": "gp3"}
    resource = {"urn": urn, "type": "aws:rds/instance:Instance", "custom": True, "inputs": inputs, "outputs": inputs}
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [resource]}}))
    found = said(capsys, "cost", "--platform", name, "--stack", of, "--file", str(file))
    assert found["stack"] == of
    assert found["known_usd"] > 5


def test_use_is_the_programs_own_where_people_depend_on_the_stack_else_by_kind(tmp_path):
    (file := tmp_path / "usage.yaml").write_text("waf_million: 7\n")
    assert used(program_of("educounsel"), "prod", None)["waf_million"] == 2
    assert used(program_of("educounsel"), "prod", file)["waf_million"] == 7
    assert used(program_of("learning_hub"), "staging", None)["waf_million"] == 50
    assert used(smile(), "prod", None)["waf_million"] == 1500


def test_a_program_is_run_offline_by_its_name(stack, monkeypatch):
    name, of = stack
    ran = []

    def run(words, **_):
        ran.append(words)
        return type("Done", (), {"returncode": 0, "stdout": "{}", "stderr": ""})

    monkeypatch.setattr("cli.offline_state.subprocess.run", run)
    assert exported(program_of(name), of) == "{}"
    assert all(words[3:7] == ["offline", "--platform", name, "--"] for words in ran)


def test_a_report_is_of_the_programs_last_previews(stack, tmp_path, monkeypatch, capsys):
    name, of = stack
    monkeypatch.setattr("cli.report.FOLDER", tmp_path)
    assert main(["report", "--platform", name]) == 2
    assert f"run: smile preview --platform {name}" in capsys.readouterr().err
    (tmp_path / "previews").mkdir()
    (tmp_path / "previews" / f"{name}-{of}.events.json").write_text(
        json.dumps({"summaryEvent": {"resourceChanges": {}}})
    )
    assert main(["report", of, "--platform", name, "--format", "json"]) == 0
    assert [each["stack"] for each in json.loads(capsys.readouterr().out)["runs"]] == [of]


def test_checks_are_those_whose_settings_the_program_has(stack):
    """A section of SMILE's name, such as network, isn't enough: it may have other settings."""
    name, of = stack
    account = account_of(program_of(name), of, program_of(name).settings(of))
    asked = {check.name for check in CHECKS if is_for(account, check)}
    assert {"state", "bucket names", "database engine", "cache", "domain", "service-linked roles"} <= asked
    assert not asked & {"VPC link", "quotas", "Kubernetes versions", "AWS Config", "images"}
    assert ("AWS Backup" in asked) is (name == "epicvibe")


@pytest.mark.parametrize("words", ["deploy plan", "drift", "bootstrap", "doctor"])
def test_a_real_account_is_asked_for_by_the_programs_own_key(words, stack, capsys, monkeypatch):
    name, of = stack
    monkeypatch.setattr("doctor.examination.examine", lambda account, *_, **__: examine(account, checks=()))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    code = main([*words.split(), "--platform", name, "--stack", of])
    said = capsys.readouterr()
    assert code
    assert f"{name}:account" in said.out + said.err


def test_a_rollback_looks_for_the_stacks_file_in_the_programs_folder(monkeypatch, capsys):
    answers = {"status": b"", "merge-base": b"abc\n", "ls-tree": b""}
    monkeypatch.setattr("cli.rollback.commit_of", lambda _: "abc")
    monkeypatch.setattr("cli.rollback.git", lambda *words: answers[words[0]])
    assert main(["rollback", "--platform", "educounsel", "--to", "v1", "--stack", "prod"]) == 1
    assert "v1 has no platforms/educounsel/Pulumi.prod.yaml" in capsys.readouterr().err
