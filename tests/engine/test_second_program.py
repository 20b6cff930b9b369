"""Another program on the same components: it lives and dies offline, with every control, and outside the repository."""

import json
import shutil
import subprocess
import sys

import pytest
from engine_runs import PACKS, ROOT, Offline

PARCELS = ROOT / "platforms" / "parcels"
CONTROLS = [*PACKS, "--policy-pack-config", "policies.json"]

pytestmark = pytest.mark.xdist_group("parcels")


def test_second_program_is_made_without_a_violation_stays_unchanged_and_goes(tmp_path):
    parcels = Offline(tmp_path / "offline", PARCELS)
    said = parcels.succeeds("up", "--stack", "dev", "--yes", "--skip-preview", *CONTROLS)
    assert "Policies:" in said
    assert "[mandatory]" not in said
    resources = parcels.resources("dev")
    check_region(resources)
    check_service(resources)
    parcels.succeeds("preview", "--stack", "dev", "--expect-no-changes")
    parcels.succeeds("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert [each["type"] for each in parcels.resources("dev")] in ([], ["pulumi:pulumi:Stack"])


def check_region(resources):
    """Everything is in the program's own Region, and called after it: nothing of SMILE, nothing of Jakarta."""
    assert {"aws:rds/instance:Instance", "aws:ecs/service:Service"} <= {each["type"] for each in resources}
    text = json.dumps([(each["urn"], each.get("inputs"), each.get("outputs")) for each in resources])
    assert "ap-southeast-1" in text
    for word in ("smile", "ap-southeast-3", "akarta"):
        assert word not in text.lower(), word


def check_service(resources):
    """The container writes nowhere, runs as nobody, and its tasks are in the private subnets."""
    (task,) = (each["inputs"] for each in resources if each["type"] == "aws:ecs/taskDefinition:TaskDefinition")
    (container,) = json.loads(task["containerDefinitions"])
    assert (container["readonlyRootFilesystem"], container["user"], container["privileged"]) == (True, "10001", False)
    (service,) = (each["inputs"] for each in resources if each["type"] == "aws:ecs/service:Service")
    assert service["networkConfiguration"]["assignPublicIp"] is False
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}


@pytest.mark.slow
def test_second_program_works_away_from_the_repository_with_the_library_installed(tmp_path):
    outside = tmp_path / "platforms" / "parcels"
    shutil.copytree(PARCELS, outside, ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "source"  # pip builds where it finds a project
    for name in ("aws_facts", "components", "functions", "policies"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(tmp_path), str(source)], check=True)
    said = Offline(tmp_path / "offline", outside).succeeds("preview", "--stack", "dev")
    assert "to create" in said


def test_second_program_is_told_all_that_is_wrong_with_its_settings(tmp_path):
    folder = tmp_path / "platforms" / "parcels"
    shutil.copytree(PARCELS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for library in ("aws_facts", "components"):
        (tmp_path / library).symlink_to(ROOT / library)
    file = folder / "Pulumi.dev.yaml"
    wrong = {"max_allocated_gib: 100": "max_allocated_gib: ten", "replicas_per_shard: 1": "replicas_per_shard: 9"}
    text = file.read_text()
    for old, new in wrong.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text + "  parcels:api: {memory_mib: 700}\n")
    done = Offline(tmp_path / "offline", folder).pulumi("preview", "--stack", "dev")
    assert done.returncode
    said = done.stdout + done.stderr
    assert "the settings of stack 'dev' have 3 mistakes; nothing was changed" in said
    assert "parcels:api.memory_mib: got 700, which Fargate has not with 512 CPU units" in said
