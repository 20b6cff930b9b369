"""Programs in platforms/: which there are, and what their packs are told."""

import json

import pytest

from cli import platforms, preview
from cli.platforms import chosen, configuration, label, programs
from cli.sandbox import Project, SandboxError

LAXER = {"enforcementLevel": "disabled", "reason": "because", "owner": "us", "until": "2027-01-31"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, stacks in {"clinics": ("live", "test"), "account": ()}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Pulumi.yaml").write_text(f"name: {name}\n")
        for stack in stacks:
            (tmp_path / name / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    monkeypatch.setattr(platforms, "PLATFORMS", tmp_path)
    return tmp_path


def test_a_program_is_a_folder_with_a_stack(folder):
    assert {name: project.stacks for name, project in programs(folder).items()} == {"clinics": ["live", "test"]}
    assert [project.name for project in chosen("all", folder)] == ["clinics"]


def test_an_unknown_one_is_refused_with_those_that_there_are(folder):
    with pytest.raises(SandboxError, match=r"no platform 'clinic'; valid: clinics, all"):
        chosen("clinic", folder)


def test_its_stacks_are_told_from_smiles(folder):
    assert label(Project(folder / "clinics", "clinics"), "live") == "clinics-live"
    assert label(Project(folder.parent, "smile"), "prod") == "prod"


def test_packs_are_told_what_holds_for_all_stacks_then_for_one(folder):
    project = Project(folder / "clinics", "clinics")
    assert configuration(project, "live") == {}
    (folder / "clinics" / "policies.json").write_text(
        json.dumps({"RSL-RDS-001": {"enforcementLevel": "mandatory"}, "RSL-BACKUP-001": {"minimumDays": 14}})
    )
    (folder / "clinics" / "policies.test.json").write_text(json.dumps({"RSL-RDS-001": LAXER}))
    assert configuration(project, "live")["RSL-RDS-001"] == {"enforcementLevel": "mandatory"}
    assert configuration(project, "test")["RSL-RDS-001"] == LAXER
    assert configuration(project, "test")["RSL-BACKUP-001"] == {"minimumDays": 14}


def test_a_level_that_there_is_not_is_refused_with_its_place(folder):
    file = folder / "clinics" / "policies.json"
    file.write_text(json.dumps({"RSL-RDS-001": {"enforcementLevel": "loud"}}))
    with pytest.raises(SandboxError, match=r"policies\.json"):
        configuration(Project(folder / "clinics", "clinics"), "live")


def test_the_packs_get_one_file_and_what_is_laxer_is_counted(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(platforms, "FOLDER", tmp_path / "offline")
    (folder / "clinics" / "policies.test.json").write_text(json.dumps({"RSL-RDS-001": LAXER}))
    words, laxer = preview.packs_of(Project(folder / "clinics", "clinics"), "test")
    assert words[-2] == "--policy-pack-config"
    assert words[-1].endswith("offline/policies/clinics-test.json")
    assert laxer == 1


def test_the_command_writes_what_the_packs_are_told_of_one_program(tmp_path):
    answer = platforms.run_policies("epicvibe", "staging", tmp_path / "levels.json")
    assert json.loads((tmp_path / "levels.json").read_text()) == answer.data
    assert answer.data["RSL-RDS-003"]["enforcementLevel"] == "disabled"
    with pytest.raises(SandboxError, match="got all; valid: "):
        platforms.run_policies("all", "staging", None)


def test_a_comparison_with_a_commit_is_of_smiles_own_stacks(monkeypatch):
    with pytest.raises(SandboxError, match="leave out --platform"):
        preview.run([], "main", full=False, diff=False, as_json=False, platform="epicvibe")
