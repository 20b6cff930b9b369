"""The place where offline runs happen: a shadow of the project, with its own backend, home, passphrase and stack files.

    .smile/offline/
        cloud.sqlite              the mock AWS: all accounts, shared by all projects as AWS is
        state/                    Pulumi's file backend
        home/                     PULUMI_HOME
        projects/PROJECT-HASH/    links to the project's files, copies of its stack files

Pulumi writes a salt into the stack file of a passphrase-protected stack; in the shadow it writes into the copy, so an
offline run leaves the project as it was. Nothing of the operator's own Pulumi or AWS set-up is visible inside.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from bootstrap import engine
from cli.answer import CommandError, NoSuchValueError
from components.core.settings.problems import no_stack
from offline.cloud.backend import Backend, BackendError, Stack

ROOT = Path(__file__).resolve().parents[1]
VIRTUALENV = ROOT / ".venv"
FOLDER = Path(os.environ.get("SMILE_OFFLINE_FOLDER", ROOT / ".smile" / "offline")).resolve()
"""Where all of it is kept; SMILE_OFFLINE_FOLDER names another place, for instance one per test."""

KEPT = f"offline runs keep their files in {FOLDER}, or where SMILE_OFFLINE_FOLDER says"
DATABASE = FOLDER / "cloud.sqlite"
STATE = FOLDER / "state"
PASSPHRASE = "offline"  # noqa: S105 - protects nothing: no offline state holds a real secret

SKIP_CHECKPOINTS = "PULUMI_SKIP_CHECKPOINTS"
"""Whether the engine saves the state once, at the end, instead of at every step: 7 MB, 2,000 times, for prod. On unless
the caller's environment says otherwise: the one setting of the engine that is taken from there. A kill is harmless
either way, see docs/adr/0002."""

GO = {"GOMAXPROCS": "1", "GOGC": "400", "GOMEMLIMIT": "700MiB"}
"""Of the engine, which waits for Python most of the few seconds that it lives: its threads on one core, where they
don't look for work on the others; its garbage collector begins when the heap is five times what was left after the last
time, not twice, while the process is below the limit (https://go.dev/doc/gc-guide). What the caller's environment says
goes first."""

OWN = re.compile(r"^(AWS_|PULUMI_(?!STACK$)|KUBECONFIG$|TF_|VIRTUAL_ENV$|PYTHONHOME$|PYTHONPATH$)")


class SandboxError(CommandError):
    """An offline run can't start; the message says why and what to do."""


class NoSuchProgramError(SandboxError, NoSuchValueError):
    """There is no such stack, or program in platforms/."""


@dataclass(frozen=True)
class Project:
    """A Pulumi project somewhere on this machine.

    Attributes:
        source: the folder with Pulumi.yaml.
        name: as Pulumi.yaml says.
    """

    source: Path
    name: str

    @property
    def shadow(self) -> Path:
        """The folder that offline commands run in."""
        return FOLDER / "projects" / f"{self.name}-{hashlib.sha256(str(self.source).encode()).hexdigest()[:8]}"

    @property
    def virtualenv(self) -> Path:
        """The program's virtual environment, where Pulumi.yaml names one that there is; else SMILE's."""
        match load(self.source / "Pulumi.yaml").get("runtime"):
            case {"options": {"virtualenv": str(named)}} if (self.source / named / "bin" / "python").exists():
                return self.source / named
            case _:
                return VIRTUALENV

    @property
    def stacks(self) -> list[str]:
        """The stacks that have a file, by name."""
        return sorted(file.name.split(".")[1] for file in self.source.glob("Pulumi.*.yaml"))

    def checked(self, stack: str | None) -> str:
        """The stack, if it has a file.

        Raises:
            NoSuchProgramError: it has none.
        """
        if stack is None or stack not in self.stacks:
            raise NoSuchProgramError(no_stack(stack, self.stacks))
        return stack


def find_project(start: Path) -> Project:
    """The project of ``start``: the nearest Pulumi.yaml at or above it.

    Raises:
        SandboxError: there is none, or it isn't a project file.
    """
    for folder in (start, *start.parents):
        file = folder / "Pulumi.yaml"
        if file.is_file():
            return Project(folder, project_name(file))
    raise SandboxError(f"{start}: no Pulumi.yaml here or above; change to the folder of a Pulumi project")


def project_name(file: Path) -> str:
    """The ``name`` in a Pulumi.yaml."""
    content = load(file)
    name = content.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
        raise SandboxError(f"{file}: name is {name!r}; valid: letters, digits, '.', '_' and '-'")
    return name


def load(file: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SandboxError(f"{file}: not valid YAML: {error}") from error
    if not isinstance(content, dict | None):
        raise SandboxError(f"{file}: holds a {type(content).__name__}; valid: a mapping")
    return cast("dict[str, Any]", content or {})


def mirror(project: Project) -> Path:
    """Bring the shadow up to date with the project and return it. Safe to run several times at once."""
    shadow = project.shadow
    for folder in (shadow, FOLDER / "home", FOLDER / "state"):
        folder.mkdir(parents=True, exist_ok=True)
    wanted = {entry.name: entry for entry in project.source.iterdir() if entry.name not in {".smile", ".git"}}
    for gone in (entry for entry in shadow.iterdir() if entry.name not in wanted and entry.is_symlink()):
        gone.unlink(missing_ok=True)
    for name, entry in wanted.items():
        if re.fullmatch(r"Pulumi\..+\.ya?ml", name):
            write(shadow / name, offline_settings(load(entry), load_if_there(shadow / name)))
        elif not (shadow / name).is_symlink():
            link(shadow / name, entry)
    return shadow


def recover(project: Project) -> list[str]:
    """Lift what would keep every later engine out: the locks of those that were killed. Tells of each."""
    lifted = Backend(STATE).lift_locks(project.name)
    return [f"stack {stack}: lifted the lock of process {process}, which is gone" for stack, process in lifted]


def has_state(project: Project, stack: str) -> bool:
    """Whether the offline stack was made.

    Raises:
        SandboxError: its state is damaged.
    """
    backend, it = Backend(STATE), Stack(project.name, stack)
    try:
        backend.check(it)
    except BackendError as error:
        raise SandboxError(str(error)) from None
    return backend.file(it).is_file()


@contextmanager
def writing() -> Generator[None]:
    """What can't be written becomes one line that names it.

    Raises:
        SandboxError: a file can't be written or made.
    """
    try:
        yield
    except OSError as error:
        raise SandboxError(f"{error.filename or FOLDER}: {error.strerror}; {KEPT}") from error


def in_words(error: OSError) -> str:
    """Which file can't be used and why, and the way out where it is one of an offline run or a disk is full."""
    file = str(error.filename) if error.filename else ""
    said = ": ".join(filter(None, (file, error.strerror or str(error))))
    of_ours = bool(file) and (Path(file).is_relative_to(FOLDER) or FOLDER.is_relative_to(file))
    return f"{said}; {KEPT}" if of_ours or error.errno == errno.ENOSPC else said


def link(link_: Path, target: Path) -> None:
    """Make ``link_`` point to ``target``; another run may be doing the same."""
    try:
        link_.symlink_to(target)
    except FileExistsError:
        return


def load_if_there(file: Path) -> dict[str, Any]:
    """The mapping in ``file``, or an empty one."""
    return load(file) if file.is_file() else {}


def offline_settings(real: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """A stack file for offline use: its own salt, and a placeholder for each value that only the real key decrypts."""
    settings = {
        key: value for key, value in real.items() if key not in {"secretsprovider", "encryptedkey", "encryptionsalt"}
    }
    if "encryptionsalt" in earlier:
        settings["encryptionsalt"] = earlier["encryptionsalt"]
    if "config" in settings:
        settings["config"] = without_ciphertext(settings["config"])
    return settings


def without_ciphertext(value: Any) -> Any:
    """``value`` with each ``{secure: ...}`` replaced by a plain placeholder."""
    match value:
        case {"secure": _}:
            return "offline-placeholder"
        case dict():
            return {key: without_ciphertext(item) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [without_ciphertext(item) for item in cast("list[Any]", value)]
        case _:
            return value


def write(file: Path, content: dict[str, Any]) -> None:
    """Write YAML, and only when it differs."""
    text = yaml.safe_dump(content, sort_keys=False)
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        replace(file, text.encode())


def replace(file: Path, content: bytes) -> None:
    """Write ``file`` in one move, whoever else is doing the same."""
    partial = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    partial.write_bytes(content)
    partial.replace(file)


def search_path(ready: engine.Engine, virtualenv: Path = VIRTUALENV) -> str:
    """PATH with the program's own Python and the engine before everything else."""
    return os.pathsep.join([str(virtualenv / "bin"), ready.bin, os.environ.get("PATH", os.defpath)])


def without_proxy(variables: Mapping[str, str]) -> dict[str, str]:
    """An environment in which the engine, the program and the providers reach each other, whatever proxy is set."""
    told = [value for name in ("no_proxy", "NO_PROXY") if (value := variables.get(name))]
    # gRPC's core reads the names in lower case, Go and requests in both.
    return {**variables, **dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join([*told, "localhost,127.0.0.1"]))}


def environment(providers: str, virtualenv: Path = VIRTUALENV) -> dict[str, str]:
    """The environment of an offline command: nothing of the operator's Pulumi or AWS set-up.

    Args:
        providers: ``aws:PORT,eks:PORT`` as the engine takes it.
        virtualenv: of the program; a policy pack names its own.
    """
    ready = engine.recorded(ROOT)
    if ready is None:
        raise SandboxError(f"no Pulumi engine in {ROOT / '.smile'}; run: make -C {ROOT} setup")
    clean = {key: value for key, value in os.environ.items() if not OWN.match(key)}
    return without_proxy(clean) | {
        "PATH": search_path(ready, virtualenv),
        "VIRTUAL_ENV": str(virtualenv),
        "PULUMI_HOME": str(FOLDER / "home"),
        # Pulumi replaces a file of state in one move, but writes a second one beside it in place: a kill in between
        # would leave half of that, and the engine refuses both. Nothing needs what is in it.
        "PULUMI_BACKEND_URL": f"file://{STATE}?metadata=skip",
        SKIP_CHECKPOINTS: os.environ.get(SKIP_CHECKPOINTS, "true"),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DEBUG_PROVIDERS": providers,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_COMMANDS": "true",  # makes --event-log available
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name: os.environ.get(name, value) for name, value in GO.items()},
    }
