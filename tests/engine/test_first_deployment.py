"""The runbook of a first deployment, rehearsed: its own commands in its own order, in a copy, with its own settings.

What asks AWS or GitHub says only that it was asked: `smile bootstrap` runs in test_bootstrap.py, `smile doctor` in
tests/unit/doctor. Settings are checked, and both updates previewed with every pack, on mock providers.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tests.paths import COMPONENT_DOCS, ROOT
from tests.project_copy import copy_environment
from tests.stacks import filled_in

RUNBOOK = (ROOT / "docs" / "runbooks" / "first-deployment.md").read_text()
BLOCKS = re.findall(r"^```(console|yaml)\n(.*?)^```", RUNBOOK, re.DOTALL | re.MULTILINE)
TREE = (
    "aws_facts",
    "bootstrap",
    "cli",
    "components",
    "doctor",
    "functions",
    "layers",
    "offline",
    "platforms",
    "policies",
)

SMILE = f"""#!/bin/sh
echo "smile $*" >> asked
case $1 in
    settings) exec {sys.executable} -m cli "$@" ;;
esac
"""
MAKE = f"""#!{sys.executable}
import subprocess, sys
from pathlib import Path
sys.path.insert(0, ".")
from cli.deploy_workloads import write_without
from cli.preview import policy_arguments
first = "make update" not in Path("asked").read_text()
with Path("asked").open("a") as asked:
    print("make", *sys.argv[1:], file=asked)
if "update" in sys.argv:
    file = write_without(Path("Pulumi.prod.yaml"), Path(".smile/plans")) if first else Path("Pulumi.prod.yaml")
    words = ["pulumi", "preview", "--stack", "prod", "--non-interactive", *policy_arguments("prod")]
    words += ["--config-file", str(file.resolve())] if first else []
    sys.exit(subprocess.run([sys.executable, "-m", "cli", "offline", "--", *words]).returncode)
"""
OTHERS = """#!/bin/sh
echo "$(basename "$0") $*" >> asked
"""


@pytest.fixture
def copy(tmp_path):
    """A copy of the program; of programs that only AWS or GitHub can answer it is noted that they were asked."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in (*TREE, "settings"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (ROOT / "__main__.py", ROOT / "pyproject.toml", *ROOT.glob("Pulumi*.yaml")):
        shutil.copy(file, folder)
    copy_environment(folder / ".venv" / "bin")
    (folder / ".smile").mkdir()
    shutil.copy(ROOT / ".smile" / "engine.json", folder / ".smile")
    (folder / "asked").touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in {
        "smile": SMILE,
        "make": MAKE,
        **dict.fromkeys(("aws", "gh", "git", "jq", "pulumi"), OTHERS),
    }.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return folder, programs


def settings_of(folder, text):
    """Write the runbook's settings into the stack's file, and its administrator into the packs', as it says."""
    file = folder / "Pulumi.prod.yaml"
    content = yaml.safe_load(file.read_text())
    content["config"] |= yaml.safe_load(filled_in(text))["config"]
    file.write_text(yaml.safe_dump(content))
    decided = re.search(r"^```json\n(.*?)^```", (COMPONENT_DOCS / "cluster.md").read_text(), re.DOTALL | re.MULTILINE)
    packs = folder / "policies" / "config" / "production.json"
    packs.write_text(json.dumps(json.loads(packs.read_text()) | json.loads(filled_in(f"{{{decided[1]}}}"))))


@pytest.mark.slow
def test_every_step_of_a_first_deployment_runs_in_its_order(copy, tmp_path):
    folder, programs = copy
    environment = os.environ | {"SMILE_OFFLINE_FOLDER": str(tmp_path / "offline"), "PYTHONPATH": str(folder)}
    script = ""  # all blocks so far, since each needs what the ones before it exported
    for language, text in BLOCKS:
        if language == "yaml":
            settings_of(folder, text)
            continue
        exports = "".join(re.findall(r"^export .*\n", script, re.MULTILINE))
        script += text
        paths = f'PATH="{programs}:{os.environ["PATH"]}"\n'
        step = f"set -eu\n{paths}{exports}{filled_in(text)}"
        done = subprocess.run(
            ["bash", "-c", step.replace("export PATH=", "export IGNORED=")],
            cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
        assert "[mandatory]" not in done.stdout, text
    asked = (folder / "asked").read_text().splitlines()
    assert [line for line in asked if re.match("smile|make", line)] == [
        "make setup",
        "smile preview prod",
        "smile settings --stack prod",
        "smile preview prod",
        "smile bootstrap --stack prod",
        "smile doctor --stack prod",
        "make update STACK=prod",
        "smile doctor --stack prod",
        "smile tunnel --stack prod",
        "make update STACK=prod",
        "smile publish --stack prod --dry-run build/",
        "smile publish --stack prod build/",
        "smile doctor --stack prod",
    ]
    assert "gh workflow run image.yml --repo health/orders --ref main --field release=release-1" in asked
