"""The weights of a release: what each step makes of them, and how they are written into the stack's file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli.answer import CommandError
from components.edge.release_settings import COLOURS, Colour, Release, Weights

KEY = "smile:release"
WHOLE = 100
"""%: what blue and green get together."""


class ReleaseError(CommandError):
    """A release that can't be made, or didn't go well; the message is for the operator."""


@dataclass(frozen=True)
class Shift:
    """The weights of some services, and which colour is being released.

    Attributes:
        weights: service -> shares.
        underway: service -> the new colour, of those whose release is neither finished nor taken back.
    """

    weights: Mapping[str, Weights]
    underway: Mapping[str, Colour]

    def describe(self) -> str:
        """For a person: ``orders blue 90 green 10, reports blue 100 green 0``."""
        return ", ".join(f"{name} blue {each.blue} green {each.green}" for name, each in sorted(self.weights.items()))


def give(release: Release, services: Iterable[str], share: int) -> Shift:
    """Give the new colour of each service a share in %; at 0 its release is taken back.

    The new colour is the one being released, or, before that, the one without requests.
    """
    weights, underway = dict(release.weights), dict(release.underway)
    for service in services:
        new = underway.pop(service, None) or other(release.of(service).live)
        weights[service] = Weights.model_validate({new: share, other(new): WHOLE - share})
        if share:
            underway[service] = new
    return Shift(weights, underway)


def finish(release: Release, services: Iterable[str]) -> Shift:
    """The new colours have everything and are well: from now on they are the ones that the next release replaces."""
    done = set(services)
    return Shift(release.weights, {name: new for name, new in release.underway.items() if name not in done})


def other(colour: Colour) -> Colour:
    """The colour that it isn't."""
    return COLOURS[1 - COLOURS.index(colour)]


def given(release: Release, services: Iterable[str]) -> int:
    """The smallest share in % that a new colour of these services has; 0 before their release."""
    shares = [
        release.of(service).by_colour[release.underway[service]] for service in services if service in release.underway
    ]
    return min(shares, default=0)


def remaining(release: Release, services: Iterable[str]) -> list[int]:
    """The steps in % that are left, last one 100."""
    so_far = given(release, services)
    return [step for step in release.steps if step > so_far]


def write(file: Path, shift: Shift) -> None:
    """Write weights into a stack's file: at once or not at all, and nothing else in it changes.

    Raises:
        ReleaseError: the file has a form that can't be kept.
    """
    before = file.read_text(encoding="utf-8")
    section = {
        "weights": {name: each.model_dump() for name, each in sorted(shift.weights.items())},
        "underway": dict(sorted(shift.underway.items())),
    }
    replace(file, with_section(before, {key: value for key, value in section.items() if value}, file.name))


def replace(file: Path, text: str) -> None:
    """Write a file at once or not at all, whatever happens meanwhile."""
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("w", encoding="utf-8") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    partial.replace(file)


def with_section(text: str, changes: Mapping[str, Any], file: str) -> str:
    """The text with other weights in ``smile:release``; comments outside that section stay.

    Raises:
        ReleaseError: it would not say what is meant.
    """
    wanted: dict[str, Any] = yaml.safe_load(text) or {}
    config: dict[str, Any] = wanted.get("config") or {}
    kept = {key: value for key, value in config.get(KEY, {}).items() if key not in {"weights", "underway"}}
    config[KEY] = section = {**kept, **changes}
    wanted["config"] = config

    lines = text.splitlines(keepends=True)
    start, end, indent = place(text)
    written = yaml.safe_dump({KEY: section}, default_flow_style=None, sort_keys=False, width=10_000)
    lines[start:end] = [f"{' ' * indent}{line}\n" for line in written.splitlines()]
    if "config" not in (yaml.safe_load(text) or {}) or not yaml.safe_load(text)["config"]:
        lines.insert(start, "config:\n")
    after = "".join(lines)
    try:
        same = yaml.safe_load(after) == wanted
    except yaml.YAMLError:
        same = False
    if not same:
        raise ReleaseError(f"{file}: write {KEY} in lines of its own below config:, then run this again")
    return after


def place(text: str) -> tuple[int, int, int]:
    """First line, line after the last, and indentation of ``smile:release``; where it isn't there, where it belongs."""
    root = yaml.compose(text)
    top = list(pairs(root))
    config = next((pair for pair in top if pair[0].value == "config"), None)
    if config is None:
        end = len(text.splitlines())
        return end, end, 2
    key, value = config
    entries = list(pairs(value))
    if not entries:  # config: {}
        return key.start_mark.line, value.end_mark.line + bool(value.end_mark.column), 2
    for name, content in entries:
        if name.value == KEY:
            return name.start_mark.line, last_line(content) + 1, name.start_mark.column
    last = last_line(entries[-1][1]) + 1
    return last, last, entries[0][0].start_mark.column


def pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Key and value of each entry of a mapping; nothing of anything else."""
    if isinstance(node, yaml.MappingNode):
        yield from node.value


def last_line(node: yaml.Node) -> int:
    """The last line, from 0, on which something of a value stands: a block's own mark is behind what follows it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
        return max(map(last_line, parts), default=node.start_mark.line)
    return node.end_mark.line - (node.end_mark.column == 0)
