"""The installed guardrails judge programs in whatever language: the same fault has the same finding."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from engine_runs import Offline

from bootstrap import languages
from bootstrap.npm import Tool, node
from tests.guardrails_wheel import built, installed
from tests.paths import ROOT

PROGRAMS = Path(__file__).parent / "programs"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")]


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """A folder that the installed command wrote."""
    folder = tmp_path_factory.mktemp("guardrails")
    commands = installed(built(folder), folder / "environment")
    subprocess.run([commands / "guardrails", "init", folder / "pack"], check=True, capture_output=True)
    return folder / "pack"


def yaml(_: Path) -> None:
    """Needs nothing but its host."""


def go(folder: Path) -> None:
    """Goes by the SDK that the hosts are built with."""
    for name in ("go.mod", "go.sum"):
        shutil.copy(languages.MODULES / "hosts" / name, folder)


def typescript(folder: Path) -> None:
    """Has the packages of its lock."""
    *_, packages = Tool(PROGRAMS / "typescript" / "index.ts", "Pulumi's SDK for TypeScript").install(ROOT)
    (folder / "node_modules").symlink_to(Path(packages) / "node_modules")


@pytest.mark.parametrize("prepare", [yaml, typescript, go], ids=lambda each: each.__name__)
def test_a_fault_has_the_same_finding_in_every_language(prepare, pack, tmp_path):
    shutil.copytree(PROGRAMS / prepare.__name__, tmp_path / "program")
    prepare(tmp_path / "program")
    path = os.pathsep.join([str(languages.install(ROOT)), str(node() / "bin"), os.environ["PATH"]])
    words = ("preview", "--stack", "dev", "--policy-pack", str(pack), "--policy-pack-config", str(pack / "config.json"))
    done = Offline(tmp_path / "offline", tmp_path / "program").pulumi(*words, PATH=path)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    findings = set(re.findall(r"\[mandatory\] .*?(\S+)  \((aws:kms/key:Key: \S+)\)", said))
    assert ("ENC-KMS-001", "aws:kms/key:Key: key") in findings, said
    assert ("ENC-KMS-001", "aws:kms/key:Key: rotated") not in findings
    assert ("LP-KMS-002", "aws:kms/key:Key: rotated") in findings
