"""The Pulumi engine: one on PATH, the official release, or a build from the published Go modules, in this order."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bootstrap.progress import SetupError, say, step

VERSION = "3.220.0"
"""The release that is downloaded or built, and the oldest one on PATH that will do."""

RELEASES = "https://github.com/pulumi/pulumi/releases/download"
CONNECT_SECONDS = 10
SOURCES = ("path", "release", "go")

VERSION_FLAG = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"


@dataclass(frozen=True)
class Engine:
    """An engine that is ready to run.

    Attributes:
        bin: the directory to put first on PATH.
        version: such as 3.220.0.
        source: where it comes from, one of `SOURCES`.
    """

    bin: str
    version: str
    source: str


def install(root: Path) -> Engine:
    """The engine under ``root/.smile``, found or made; at once when an earlier run made it.

    Raises:
        SetupError: none of the three sources works; says why for each.
    """
    known = recorded(root)
    if known:
        return known
    wanted = os.environ.get("SMILE_ENGINE", "")
    if wanted and wanted not in SOURCES:
        raise SetupError(f"SMILE_ENGINE is {wanted!r}; valid: {', '.join(SOURCES)}")
    makers: dict[str, Callable[[Path], Engine]] = {"path": from_path, "release": from_release, "go": from_go}
    refusals: list[str] = []
    for source in [wanted] if wanted else SOURCES:
        try:
            engine = makers[source](root / ".smile" / "engine")
        except UnavailableError as reason:
            refusals.append(f"{source}: {reason}")
            continue
        record(root, engine)
        return engine
    raise SetupError(
        f"no Pulumi engine. Put pulumi {VERSION} or newer on PATH, or allow its download, or install Go 1.24 or newer. "
        + "; ".join(refusals)
    )


class UnavailableError(Exception):
    """This source can't give an engine; the next one may."""


def recorded(root: Path) -> Engine | None:
    """The engine that an earlier set-up chose, if it is still there."""
    try:
        engine = Engine(**json.loads((root / ".smile" / "engine.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    wanted = os.environ.get("SMILE_ENGINE", engine.source)
    usable = wanted == engine.source and (Path(engine.bin) / "pulumi").is_file()
    return engine if usable and new_enough(engine.version) else None


def record(root: Path, engine: Engine) -> None:
    """Remember the choice for the next run."""
    file = root / ".smile" / "engine.json"
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(engine)), encoding="utf-8")
    partial.replace(file)


def from_path(_: Path) -> Engine:
    """The ``pulumi`` on PATH, when it is new enough and can run Python programs."""
    found = shutil.which("pulumi")
    if not found:
        raise UnavailableError("no pulumi there")
    said = subprocess.run(
        [found, "version"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "1"},
    ).stdout.strip()
    version = said.removeprefix("v")
    if not new_enough(version):
        raise UnavailableError(f"{found} is {said or 'broken'}, older than {VERSION}")
    if not shutil.which("pulumi-language-python"):
        raise UnavailableError(f"{found} has no pulumi-language-python beside it")
    return Engine(str(Path(found).parent), version, "path")


def new_enough(version: str) -> bool:
    """Whether ``version`` (major.minor.patch, perhaps with a suffix) is at least `VERSION`."""
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    oldest = tuple(int(part) for part in VERSION.split("."))
    return numbers is not None and tuple(int(part) for part in numbers.groups()) >= oldest


def from_release(target: Path, releases: str = "") -> Engine:
    """The official release, checked against the checksums that it publishes.

    Raises:
        UnavailableError: it can't be downloaded here.
        SetupError: what arrived isn't what was published.
    """
    releases = releases or RELEASES
    machine = {"x86_64": "x64", "amd64": "x64", "arm64": "arm64", "aarch64": "arm64"}.get(platform.machine().lower())
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    if not machine or not system:
        raise UnavailableError(f"none is published for {sys.platform} on {platform.machine()}")
    archive = f"pulumi-v{VERSION}-{system}-{machine}.tar.gz"
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        packed = Path(folder) / archive
        checksums = download(f"{releases}/v{VERSION}/pulumi-{VERSION}-checksums.txt").decode("ascii", "replace")
        with step(f"engine: official release {VERSION}"):
            packed.write_bytes(download(f"{releases}/v{VERSION}/{archive}"))
            verify(packed, checksums)
            with tarfile.open(packed) as tar:
                tar.extractall(folder, filter="data")
        replace(target, Path(folder) / "pulumi")
    return Engine(str(target), VERSION, "release")


def download(url: str) -> bytes:
    """The bytes at ``url``."""
    try:
        with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as answer:  # noqa: S310 - https, or a test
            return answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise UnavailableError(f"no download here ({getattr(error, 'reason', error)})") from error


def verify(archive: Path, checksums: str) -> None:
    """Raise `SetupError` unless ``checksums`` (lines of ``sha256  name``) names ``archive`` with its SHA-256."""
    published = {name: digest for digest, name in (line.split() for line in checksums.splitlines() if line.strip())}
    if archive.name not in published:
        raise SetupError(f"the release publishes no checksum for {archive.name}; nothing was installed")
    actual = hashlib.sha256(archive.read_bytes()).hexdigest()
    if actual != published[archive.name]:
        raise SetupError(
            f"{archive.name} has SHA-256 {actual}, the release publishes {published[archive.name]}; "
            "nothing was installed"
        )


SCRIPTS = (
    "cmd/pulumi-language-python-exec",
    "dist/pulumi-analyzer-policy-python",
    "dist/pulumi-resource-pulumi-python",
)
"""That the engine starts programs, policy packs and dynamic providers with."""


def from_go(target: Path) -> Engine:
    """A build from the Go modules that ``bootstrap/engine`` and ``bootstrap/language_host`` pin.

    Raises:
        UnavailableError: no Go here, or the modules can't be had.
    """
    if not shutil.which("go"):
        raise UnavailableError("no go on PATH")
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / "bin"
        made.mkdir()
        with step(f"engine: pulumi {VERSION} from its Go modules (two to five minutes the first time)"):
            build(here / "engine", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", made)
        with step("engine: Python language host"):
            build(
                here / "language_host",
                "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
                made,
            )
        sdk = Path(go(here / "engine", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"))
        for script in SCRIPTS:
            copy = made / Path(script).name
            copy.write_bytes((sdk / "python" / script).read_bytes())
            copy.chmod(0o755)
        replace(target, made)
    return Engine(str(target), VERSION, "go")


def build(module: Path, package: str, into: Path) -> None:
    """Build ``package`` with the versions that ``module``/go.mod and go.sum pin."""
    go(
        module,
        "build",
        "-trimpath",
        "-ldflags",
        f"-s -w {VERSION_FLAG}",
        "-o",
        str(into / Path(package).name),
        package,
    )


def go(module: Path, *arguments: str) -> str:
    """What ``go ARGUMENTS`` prints in ``module``; caches go where Go keeps them, or into .smile without a HOME."""
    environment = os.environ | {"GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
    if not os.access(os.environ.get("HOME", ""), os.W_OK):
        environment["GOPATH"] = environment["GOCACHE"] = str(module.parents[1] / ".smile" / "go")
    done = subprocess.run(["go", *arguments], cwd=module, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(
            f"go {arguments[0]} failed: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}"
        )
    return done.stdout.strip()


def replace(target: Path, made: Path) -> None:
    """Put ``made`` in ``target``'s place in one move, so that a kill leaves either none or a whole engine."""
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)
    say(f"engine ready in {target.name}/")
