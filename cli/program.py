"""The program that a command is about: SMILE, or by ``--platform NAME`` a further one, in ``platforms/NAME``.

A program is a Pulumi project with a Pulumi.STACK.yaml for each stack. What its packs are told lies beside them:
``policies.json``, and for one stack over it ``policies.STACK.json``, with ``reason``, ``owner`` and ``until`` for what
is laxer than by itself. SMILE has that in policies/config, since some of it follows from its settings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from cli.answer import NoSuchValueError
from cli.policies import Configuration, check_configuration, laxer_among, text, write_text
from cli.sandbox import FOLDER, ROOT, NoSuchProgramError, Project, find_project, project_name
from components.core.environment import Environment
from components.core.settings.load import Loader

PLATFORMS = ROOT / "platforms"
CONFIG = ROOT / "policies" / "config"
"""What SMILE's packs are told, for all stacks and by kind of environment."""
ALL = "all"
ACCOUNT = "account"
"""What `smile bootstrap` runs: no system, but what an account has before the stacks of one."""


@dataclass(frozen=True)
class Program:
    """One of ``platforms/``.

    Attributes:
        project: its folder, and its name for Pulumi.
    """

    project: Project

    @property
    def folder(self) -> Path:
        """With Pulumi.yaml."""
        return self.project.source

    @property
    def options(self) -> list[str]:
        """How another command is told of it."""
        return ["--platform", self.folder.name]

    @property
    def here(self) -> Project:
        """The project that an offline command runs in."""
        return self.project

    @cached_property
    def loader(self) -> Loader[Any]:
        """What reads its settings.

        Raises:
            NoSuchValueError: the program reads them itself, in one file with all else.
        """
        if not (self.folder / "loader.py").is_file():
            valid = ", ".join(name for name, each in programs().items() if (each.folder / "loader.py").is_file())
            raise NoSuchValueError(
                f"platforms/{self.folder.name} has no loader.py, by which its settings are read without an engine; "
                f"valid: {valid}"
            )
        return import_module(f"platforms.{self.folder.name}.loader").loader

    def settings(self, stack: str) -> Any:
        """The settings of a stack.

        Raises:
            SettingsError: they can't be used.
            NoSuchValueError: there is no such stack, or no way to read them.
        """
        return self.loader.from_files(self.project.checked(stack))

    def environment(self, stack: str) -> Environment:
        """Names and ARNs of a stack, and where it is.

        Raises:
            SettingsError: its settings can't be used.
        """
        settings = self.settings(stack)
        region = self.loader.provider(settings)["aws:region"]
        return Environment(name=stack, account_id=settings.account.id, region=region, project=self.loader.project)

    def kind(self, stack: str) -> str:
        """Of a stack's environment; people depend on a stack whose program knows no kinds.

        Raises:
            SettingsError: its settings can't be used.
        """
        environment = getattr(self.settings(stack), "environment", None)
        return environment.kind if environment else "production"

    @property
    def usage(self) -> Path | None:
        """Of a month, where the program says how much use is expected of its stacks that people depend on."""
        return file if (file := self.folder / "usage.yaml").is_file() else None

    def label(self, stack: str) -> str:
        """What a stack is called among those of all programs: ``epicvibe-staging``."""
        return f"{self.folder.name}-{stack}"

    def policy_files(self, stack: str = "*") -> list[Path]:
        """What the packs are told, for all stacks first."""
        return [file for name in ("policies.json", f"policies.{stack}.json") for file in sorted(self.folder.glob(name))]

    def scope(self, file: Path) -> str:
        """The stacks that such a file is about."""
        _, _, stack = file.stem.partition(".")
        return f"stack {self.label(stack)}" if stack else f"stacks of {self.folder.name}"

    def may_have(self, pattern: str) -> bool:
        """Whether resources of the program may have a URN, ``urn:pulumi:STACK::PROJECT::TYPE::NAME``, that fits."""
        return fnmatchcase(self.project.name, pattern.split("::")[1])

    def configuration(self, stack: str) -> Configuration:
        """What the packs are told of a stack, as ``--policy-pack-config`` takes it.

        Raises:
            SandboxError: a file isn't valid.
            NoSuchProgramError: there is no such stack.
            SettingsError: the settings that it follows from can't be used.
        """
        self.project.checked(stack)
        self.check_policies(stack)
        found: dict[str, dict[str, Any]] = {}
        for file in self.policy_files(stack):
            for control, about in json.loads(file.read_text("utf-8")).items():
                found[control] = found.get(control, {}) | about
        return dict(sorted(found.items()))

    def check_policies(self, stack: str) -> None:
        """Refuse what the packs would be told where that isn't valid.

        Raises:
            SandboxError: a file isn't.
        """
        for file in self.policy_files(stack):
            check_configuration(file)

    def policies_of(self, stack: str) -> tuple[Path, int]:
        """The file that the packs are given, and how many controls it makes laxer than they are by themselves.

        Raises:
            SandboxError: the packs would refuse it.
            SettingsError: the settings that it follows from can't be used.
        """
        given = self.configuration(stack)
        file = FOLDER / "policies" / f"{self.label(stack)}.json"
        write_text(file, text(given))
        return file, len(laxer_among(given, f"{self.project.name}, stack {stack}"))


class Smile(Program):
    """The one in the root of the repository."""

    @property
    def options(self) -> list[str]:
        """None: a command is about it where nobody says otherwise."""
        return []

    @property
    def here(self) -> Project:
        """Any that the caller is in the folder of."""
        return find_project(Path.cwd())

    @cached_property
    def loader(self) -> Loader[Any]:
        """What reads its settings."""
        from settings import loader

        return loader

    def settings(self, stack: str) -> Any:
        """The settings of a stack, as the files of the folder have them."""
        return self.loader.from_files(stack, self.folder)

    def kind(self, stack: str) -> str:
        """Of a stack's environment."""
        return self.settings(stack).kind

    def label(self, stack: str) -> str:
        """By its name alone."""
        return stack

    def policy_files(self, stack: str = "*") -> list[Path]:  # noqa: ARG002 - they are by kind of environment
        """What the packs are told."""
        return sorted(CONFIG.glob("*.json"))

    def scope(self, file: Path) -> str:
        """The stacks that such a file is about, by kind of environment."""
        return f"stacks of {file.stem}"

    def configuration(self, stack: str) -> Configuration:
        """What the packs are told of a stack; some of it follows from its settings."""
        from settings.pack_configuration import pack_configuration

        return pack_configuration(self.settings(stack))


def smile() -> Program:
    """The program in the root of the repository."""
    return Smile(Project(ROOT, project_name(ROOT / "Pulumi.yaml")))


def programs(folder: Path | None = None) -> dict[str, Program]:
    """Folder -> program, of those of ``platforms/`` that have a stack."""
    files = sorted((folder or PLATFORMS).glob("*/Pulumi.yaml"))
    found = (Program(Project(file.parent, project_name(file))) for file in files if file.parent.name != ACCOUNT)
    return {program.folder.name: program for program in found if program.project.stacks}


def program_of(name: str | None) -> Program:
    """The program of that name; SMILE where none is named.

    Raises:
        NoSuchProgramError: there is none.
    """
    if name is None:
        return smile()
    known = programs()
    if name not in known:
        got = f"got {ALL}" if name == ALL else f"no platform {name!r}"
        raise NoSuchProgramError(f"{got}; valid: {', '.join(known)} (one folder of platforms/ each)")
    return known[name]


def programs_of(name: str | None) -> Sequence[Program]:
    """The same, or those of all of ``platforms/``.

    Raises:
        NoSuchProgramError: there is none.
    """
    if name == ALL:
        return [*programs().values()]
    try:
        return [program_of(name)]
    except NoSuchProgramError as error:
        raise NoSuchProgramError(str(error).replace(" (one", f", {ALL} (one")) from None
