"""MariaDB, PostgreSQL and Redis for tests: those on PATH, else Debian's packages, unpacked under .smile.

Nothing is installed: root isn't needed, and the machine stays as it was.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bootstrap.progress import SetupError, step

PACKAGES = {"mariadbd": "mariadb-server-core", "postgres": "postgresql", "redis-server": "redis-server"}
"""Program -> the Debian package that brings it."""
ADMIN_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
"""Where servers are that only root has on PATH."""
VERSIONED_FOLDER = "usr/lib/postgresql/*/bin"
"""Where Debian has the programs of PostgreSQL, by version."""


class NotDebianError(Exception):
    """This machine has no Debian packages; the message says what to install instead."""


@dataclass(frozen=True)
class Service:
    """A server program.

    Attributes:
        program: the file to run.
        share: the folder with its data files: ``/usr/share``, or the unpacked one.
        libraries: what its LD_LIBRARY_PATH must be; empty where it was installed.
    """

    program: Path
    share: Path
    libraries: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment to run it in."""
        return os.environ | ({"LD_LIBRARY_PATH": self.libraries} if self.libraries else {})


def install(root: Path) -> dict[str, Service]:
    """Program -> server, found or unpacked under ``root/.smile/services``; at once when an earlier call did it.

    Raises:
        NotDebianError: one isn't installed, and there is no apt-get to get it with.
        SetupError: apt-get can't get it.
    """
    found = {name: installed(name) for name in PACKAGES}
    folder = root / ".smile" / "services"
    missing = [name for name, service in found.items() if service is None]
    if missing:
        with alone(folder):
            if not all((folder / "root" / "done" / name).exists() for name in missing):
                unpack(folder, missing)
    return {name: service or unpacked(folder / "root", name) for name, service in found.items()}


def installed(name: str) -> Service | None:
    """The one that the machine has already."""
    versioned = sorted(map(str, Path("/").glob(VERSIONED_FOLDER)))
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *ADMIN_FOLDERS, *versioned])
    program = shutil.which(name, path=path)
    return Service(Path(program), Path(program).resolve().parents[1] / "share", "") if program else None


def unpacked(root: Path, name: str) -> Service:
    """The one from Debian's packages."""
    program = next(path for place in ("usr/*bin", VERSIONED_FOLDER) for path in root.glob(f"{place}/{name}"))
    libraries = {str(path.parent) for path in root.glob("**/lib*.so*")}
    return Service(program, root / "usr" / "share", os.pathsep.join(sorted(libraries)))


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Hold the folder's lock, waiting for another process that unpacks."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def unpack(folder: Path, names: Sequence[str]) -> None:
    """Get the packages and what they depend on, as far as the machine lacks it, and unpack them in one move."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NotDebianError(
            f"{', '.join(names)}: not on PATH, and no Debian packages here; install MariaDB, PostgreSQL and Redis"
        )
    with tempfile.TemporaryDirectory(dir=folder) as temporary, step(f"test servers: {', '.join(names)}"):
        archives, root = Path(temporary) / "archives", Path(temporary) / "root"
        archives.mkdir()
        download(folder, archives, [PACKAGES[name] for name in names])
        for archive in archives.glob("*.deb"):
            run(folder, "dpkg-deb", "--extract", str(archive), str(root))
        for name in names:
            (root / "done" / name).parent.mkdir(exist_ok=True)
            (root / "done" / name).touch()
        shutil.rmtree(folder / "root", ignore_errors=True)
        root.replace(folder / "root")


def download(folder: Path, into: Path, packages: Sequence[str]) -> None:
    """With the machine's own package lists; where it has none, or old ones, with lists of our own."""
    try:
        download_listed(into, packages)
    except SetupError:
        lists, cache = folder / "apt" / "lists", folder / "apt" / "cache"
        for place in (lists / "partial", cache / "archives" / "partial"):
            place.mkdir(parents=True, exist_ok=True)
        own = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={cache}"]
        run(folder, "apt-get", *own, "update")
        download_listed(into, packages, own)


def download_listed(into: Path, packages: Sequence[str], options: Sequence[str] = ()) -> None:
    """Download the packages and what apt-get would install with them."""
    plan = run(into, "apt-get", *options, "--simulate", "--no-install-recommends", "install", *packages)
    run(into, "apt-get", *options, "download", *re.findall(r"^Inst (\S+)", plan, re.MULTILINE))


def run(folder: Path, *command: str) -> str:
    """What a command prints.

    Raises:
        SetupError: it fails; with its own last words.
    """
    environment = os.environ | {"LC_ALL": "C"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = next((line for line in done.stderr.splitlines() if line.startswith("E:")), done.stderr.strip()[-200:])
        raise SetupError(f"the test servers can't be had with apt-get: {words}")
    return done.stdout
