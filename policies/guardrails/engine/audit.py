"""Judges stacks that files tell of, as a pack judges what the engine tells it: the same controls, words and levels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardrails.engine.configuration import Configuration, ConfigurationError, configure
from guardrails.engine.configuration_file import check
from guardrails.engine.evaluation import Evaluator, Report
from guardrails.engine.exemptions import Exemptions
from guardrails.engine.packs import ALL, Pack, load_controls
from guardrails.engine.state import State
from guardrails.model.control import Deployment, Level


@dataclass(frozen=True)
class Judged:
    """What was found in a stack.

    Attributes:
        reports: of all controls, as a pack gives them to the engine.
        verdicts: control -> how many resources it has judged.
    """

    reports: tuple[Report, ...]
    verdicts: Mapping[str, int]


def judge(state: State, configuration: Configuration, exemptions: Exemptions, pack: Pack = ALL) -> Judged:
    """Judge a stack; its resources are used up, and can't be judged again."""
    deployment = None if state.config is None else Deployment({}, state.config)
    evaluator = Evaluator(pack.controls, configuration, exemptions, deployment)
    managed = (each for each in state.resources if each.urn not in state.read)
    reports = [report for each in managed for report in evaluator.on_resource(each)]
    reports += evaluator.on_stack(state.resources)
    return Judged(tuple(reports), evaluator.verdicts)


def configuration_of(file: Path | None, pack: Pack = ALL) -> Configuration:
    """What a file for ``--policy-pack-config`` says, or the defaults.

    Raises:
        ConfigurationError: it can't be used; the message names the file and lists every problem.
    """
    if file is None:
        return configure(pack.name, pack.controls, {})
    check(file)
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    try:
        return configure(pack.name, pack.controls, dict(map(_given, content.items())), load_controls().keys())
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from None


def _given(entry: tuple[str, Any]) -> tuple[str, tuple[Level | None, Mapping[str, Any]]]:
    """A level alone, or an object with the level and parameters."""
    name, about = entry
    if isinstance(about, str):
        return name, (Level(about), {})
    values = {key: value for key, value in about.items() if key != "enforcementLevel"}
    return name, (Level(about["enforcementLevel"]) if "enforcementLevel" in about else None, values)
