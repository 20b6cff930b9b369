"""Values that several commands take, and what a shell completes them from: the files alone, without the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, BadParameter, Context, Option, TyperException

ROOT = Path(__file__).resolve().parents[1]
CONTROL = re.compile(r'"((?:ENC|RES|LP|RSL)-[A-Z0-9]+-\d+)"')


def stacks(context: Context) -> list[str]:
    """The stacks that have a file here, or in the folder of --platform; of SMILE, where the folder has no project."""
    platform = context.params.get("platform")
    here = Path.cwd() if Path("Pulumi.yaml").is_file() else ROOT
    folder = ROOT / "platforms" / str(platform) if platform else here
    return sorted(file.name.split(".")[1] for file in folder.glob("Pulumi.*.yaml"))


def platforms() -> list[str]:
    """The programs in ``platforms/`` that have a stack."""
    return sorted({file.parent.name for file in (ROOT / "platforms").glob("*/Pulumi.*.yaml")} - {"account"})


def platforms_or_all() -> list[str]:
    """The same, and all of them."""
    return [*platforms(), "all"]


def clusters() -> list[str]:
    """What a tunnel leads to."""
    return [*configured("smile:clusters"), "database"]


def services() -> list[str]:
    """The services of the catalogue."""
    return list(configured("smile:services").get("catalogue", ()))


def control_ids() -> list[str]:
    """The ids of all controls, from the files that define them."""
    files = sorted((ROOT / "policies" / "guardrails" / "controls").rglob("*.py"))
    found = (each for file in files for each in CONTROL.findall(file.read_text(encoding="utf-8")))
    return sorted(set(found))


def control_services() -> list[str]:
    """What stands between the prefix and the number of an id, in lower case."""
    return sorted({each.split("-")[1].lower() for each in control_ids()})


def configured(section: str) -> dict[str, Any]:
    """A section of settings as Pulumi.yaml has it for all stacks; empty where it has none."""
    import yaml

    config = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8")).get("config", {})
    return config.get(section, {}).get("value", {})


def percent(word: str) -> int:
    """A share that a canary can have.

    Raises:
        BadParameter: it is none.
    """
    if not word.isdigit() or not 0 < int(word) < 100:
        raise BadParameter(f"got {word}; valid: 1 to 99 (0 is --rollback, 100 comes with --promote)")
    return int(word)


def positive(word: str | int) -> int:
    """A whole number from 1, as it was typed or by default.

    Raises:
        BadParameter: it is none.
    """
    if not str(word).isdecimal() or int(word) < 1:
        raise BadParameter(f"{word!r} is no number from 1 up")
    return int(word)


def share(word: str) -> tuple[int, int]:
    """One of several parts, such as ``3/20``.

    Raises:
        BadParameter: it is none.
    """
    number, _, of = word.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise BadParameter(f"got {word}; valid: NUMBER/OF with NUMBER from 1 to OF, such as 3/20")
    return int(number), int(of)


class UsageError(TyperException):
    """Options that don't go together."""

    exit_code = 2


def one_of(given: Mapping[str, bool]) -> None:
    """Refuse more or fewer than one of some options.

    Args:
        given: option -> whether it was given.

    Raises:
        UsageError: names them.
    """
    if sum(given.values()) != 1:
        found = " and ".join(name for name, is_given in given.items() if is_given) or "none"
        raise UsageError(f"got {found}; valid: one of {', '.join(given)}")


def all_of(given: Mapping[str, object], step: str) -> None:
    """Refuse a step that lacks some of its options.

    Raises:
        UsageError: names them.
    """
    if missing := [name for name, value in given.items() if value is None]:
        raise UsageError(f"{step}: {', '.join(missing)} missing; valid: with {', '.join(given)}")


def none_of(given: Mapping[str, bool], step: str, valid: str = "with add") -> None:
    """Refuse options that a step doesn't take.

    Raises:
        UsageError: names them.
    """
    if found := [name for name, is_given in given.items() if is_given]:
        raise UsageError(f"{step}: takes no {', '.join(found)}; valid: {valid}")


STACK: dict[str, Any] = {"metavar": "STACK", "autocompletion": stacks}
Stack = Annotated[str, Option("--stack", "-s", help="One with a file Pulumi.STACK.yaml.", **STACK)]
Platform = Annotated[
    str | None,
    Option("--platform", metavar="NAME", help="Of the program in platforms/NAME.", autocompletion=platforms),
]
PlatformOrAll = Annotated[
    str | None,
    Option(
        "--platform",
        metavar="NAME",
        help="Of the program in platforms/NAME; all: of all of them.",
        autocompletion=platforms_or_all,
    ),
]
NoPlatform = Annotated[str | None, Option("--platform", hidden=True)]
Stacks = Annotated[list[str] | None, Argument(help="Default: all.", **STACK)]
