"""The wheel of the guardrails alone: installed into a folder, it judges a program outside the repository."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guardrails.__main__ import main
from guardrails.engine.exemptions import load_exemptions
from tests.guardrails_wheel import built, python
from tests.paths import ROOT

pytestmark = pytest.mark.xdist_group("wheel")  # built once
PROJECT = tomllib.loads((ROOT / "policies" / "pyproject.toml").read_text())["project"]
PROGRAM = """
import os
import signal
import pulumi

signal.signal(signal.SIGINT, signal.SIG_DFL)  # or the engine waits five seconds for it: components.core.sdk_performance
rotates = os.environ["ROTATES"] == "yes"
pulumi.ComponentResource("aws:kms/key:Key", "key", {"enableKeyRotation": rotates, "policy": "{}"})
"""
OWN = """
from guardrails.model.control import Severity, Violation, control


@control(id="LP-KMS-900", title="Keys have an owner", why="Somebody answers for it.", fix="Set tags.Owner.",
         severity=Severity.LOW, types=("aws:kms/key:Key",))
def has_owner(key, _):
    if not key.get("tags"):
        yield Violation("no owner", "tags")
"""
SHELL = {
    "PULUMI_CONFIG_PASSPHRASE": "test",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "ROTATES": "no",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder that has the wheel, and nothing of the repository."""
    folder = tmp_path_factory.mktemp("installed")
    python("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", folder, wheel)
    return folder


def test_the_wheel_holds_the_library_and_nothing_of_the_platform(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith("METADATA"))
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "guardrails",
        "aws_facts",
        "report",
        "smile_guardrails",
    }
    assert f"\nVersion: {PROJECT['version']}\n" in metadata
    assert any(name.endswith("licenses/LICENSE") for name in names)
    data = {each for each in (ROOT / "policies" / "guardrails").rglob("*") if each.suffix in {".json", ".yaml"}}
    assert {f"{each.relative_to(ROOT / 'policies')}" for each in data} <= set(names)
    assert "report/findings.schema.json" in names
    assert not [line for line in metadata.splitlines() if line.startswith("Requires-Dist: smile")]


def test_its_changelog_begins_with_what_is_unreleased_and_has_the_version():
    headings = [
        line for line in (ROOT / "policies" / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")
    ]
    assert headings[0] == "## [Unreleased]"
    assert headings[1].startswith(f"## [{PROJECT['version']}] - ")


def test_a_folder_of_ones_own_is_written_once(tmp_path, capsys):
    assert main(["init", str(tmp_path / "pack")]) == 0
    assert load_exemptions(tmp_path / "pack" / "exemptions.yaml", [], datetime.now(UTC).date()) == []
    assert main(["init", str(tmp_path / "pack")]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'pack'}: is there already; valid: ")


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="no pulumi on PATH")
def test_the_installed_wheel_judges_a_program_outside_the_repository_with_a_control_of_its_own(installed, tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | SHELL
    environment |= {"PYTHONPATH": str(installed), "PULUMI_HOME": str(tmp_path / "home")}
    environment |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"}
    (tmp_path / "state").mkdir()
    program, pack = tmp_path / "program", tmp_path / "pack"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    (program / "__main__.py").write_text(PROGRAM)
    where = "import guardrails; print(guardrails.__file__)"
    assert python("-c", where, cwd=program, env=environment).startswith(str(installed))
    python("-m", "guardrails", "init", pack, cwd=program, env=environment)
    (pack / "own.py").write_text(OWN)
    main_file = pack / "__main__.py"
    main_file.write_text(
        main_file.read_text().replace("# import controls", "import own  # noqa: F401\n# import controls")
    )

    def pulumi(*words, **changed):
        done = subprocess.run(
            ["pulumi", "--non-interactive", *words], cwd=program, env=environment | changed, capture_output=True,
            text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    assert pulumi("stack", "init", "dev")[0] == 0
    judged = ("preview", "--policy-pack", str(pack), "--policy-pack-config", str(pack / "config.json"))
    code, said = pulumi(*judged)
    assert code != 0
    assert f"all@v{PROJECT['version']}" in said
    assert "ENC-KMS-001" in said
    assert "LP-KMS-900 Keys have an owner: no owner (at tags)" in said
    levels = {"settings": {"allowedRegions": ["ap-southeast-3"]}, "LP-KMS-900": "mandatory"}
    (pack / "config.json").write_text(json.dumps(levels))
    exempted = (
        "- {control: LP-KMS-900, resource: 'urn:pulumi:dev::tiny::*::key', reason: a, owner: b, expires: EXPIRES}\n"
    )
    (pack / "exemptions.yaml").write_text(exempted.replace("EXPIRES", str(datetime.now(UTC).date())))
    code, said = pulumi(*judged, ROTATES="yes")
    assert code == 0, said
    assert "Exempted until" in said


QUEUE = {
    "urn": "urn:pulumi:prod::shop::aws:kms/key:Key::key", "type": "aws:kms/key:Key", "custom": True, "id": "k",
    "inputs": {"enableKeyRotation": False},
}  # fmt: skip
EXPIRES = str(datetime.now(UTC).date())


@pytest.fixture
def guardrails(installed, tmp_path):
    """The installed command, in a folder with an export and a pack of one's own."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["PYTHONPATH"] = str(installed)
    (tmp_path / "prod.json").write_text(json.dumps({"version": 3, "deployment": {"resources": [QUEUE]}}))

    def run(*words):
        command = [sys.executable, "-m", "guardrails", *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, env=environment)

    run("init", "pack")
    run.folder = tmp_path
    return run


def test_the_installed_wheel_audits_an_export_with_nothing_else(guardrails):
    done = guardrails("audit", "prod.json", "--fail-on", "high")
    assert (done.returncode, done.stderr) == (1, "")
    assert "ENC-KMS-001 high: aws:kms/key:Key key at enableKeyRotation" in done.stdout
    said = guardrails("audit", "prod.json", "--format", "json").stdout
    assert {each["control"] for each in json.loads(said)["runs"][0]["findings"]} >= {"ENC-KMS-001"}


def test_an_audit_goes_by_a_pack_of_ones_own_its_controls_levels_and_exemptions(guardrails):
    pack = guardrails.folder / "pack"
    (pack / "own.py").write_text(OWN)
    main_file = pack / "__main__.py"
    main_file.write_text(
        main_file.read_text().replace("# import controls", "import own  # noqa: F401\n# import controls")
    )
    (pack / "config.json").write_text('{"LP-KMS-900": "mandatory"}')
    (guardrails.folder / "dev.json").write_text((guardrails.folder / "prod.json").read_text().replace("prod", "dev"))
    exempted = "- {{control: LP-KMS-900, resource: 'urn:pulumi:dev::*::key', reason: a, owner: b, expires: {}}}\n"
    (pack / "exemptions.yaml").write_text(exempted.format(EXPIRES))
    done = guardrails("audit", "dev.json", "prod.json", "--policy-pack", "pack", "--format", "json")
    verdicts = {
        run["stack"]: {each["verdict"] for each in run["findings"] if each["control"] == "LP-KMS-900"}
        for run in json.loads(done.stdout)["runs"]
    }
    assert verdicts == {"dev": {"exempted"}, "prod": {"violation"}}
    main_file.write_text(main_file.read_text().replace("'all'", "'encryption'"))
    (pack / "config.json").write_text('{"all": "mandatory"}')
    done = guardrails("audit", "dev.json", "prod.json", "--policy-pack", "pack", "--format", "json")
    found = [each for run in json.loads(done.stdout)["runs"] for each in run["findings"]]
    assert {(each["control"][:4], each["level"]) for each in found} == {("ENC-", "mandatory")}
    (pack / "config.json").write_text('{"LP-KMS-901": "mandatory"}')
    done = guardrails("audit", "dev.json", "--policy-pack", "pack")
    assert (done.returncode, done.stdout) == (2, "")
    assert "LP-KMS-901: no such control" in done.stderr


def test_controls_are_listed_and_explained_by_the_installed_wheel(guardrails):
    assert "ENC-KMS-001" in guardrails("controls", "rotation", "--service", "kms").stdout
    said = guardrails("explain", "enc-kms-001")
    assert (said.returncode, said.stderr) == (0, "")
    assert "Fix:\n  Set enableKeyRotation to true" in said.stdout
    assert guardrails("explain", "ENC-KMS-1").stderr.startswith(
        "guardrails explain: ENC-KMS-1: no such control; valid: ENC-KMS-001"
    )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["audit", "gone.json"], "guardrails audit: gone.json: no such file or folder; valid: what"),
        (["audit", "prod.json", "--policy-pack", "."], "guardrails audit: .: no policy pack; valid: a folder that"),
        (["audit", "prod.json", "--output", "prod.json"], "prod.json: is one of the files to judge; valid: another"),
        (["audit", "prod.json", "--shard", "4/3"], "got 4/3; valid: NUMBER/OF with NUMBER from 1 to OF, such as 3/20"),
        (["controls", "nothing of the kind"], "guardrails controls: no control fits all of that; valid: fewer words"),
    ],
)
def test_what_the_installed_wheel_refuses_is_said(guardrails, words, problem):
    done = guardrails(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
