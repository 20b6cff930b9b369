"""The guardrails' wheel, as somebody has it who has nothing of the repository."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.paths import ROOT

PARTS = ("policies", "aws_facts", "report")


def python(*words, **options):
    return subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True, **options).stdout


def built(folder: Path) -> Path:
    """The wheel, built from a copy: a build writes into the folder that it builds."""
    for name in PARTS:
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = ("-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    python(*pip, "--wheel-dir", folder / "wheel", folder / "source" / "policies")
    (file,) = (folder / "wheel").iterdir()
    return file


def installed(wheel: Path, folder: Path) -> Path:
    """The ``bin`` of a virtual environment that has the wheel, and what it depends on from that of the tests."""
    venv.create(folder, with_pip=False, symlinks=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    pip = ("-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", "--no-index", "--no-deps")
    python(*pip, wheel)
    return folder / "bin"
