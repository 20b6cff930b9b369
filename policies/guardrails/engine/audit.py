"""Judges stacks that files tell of, as a pack judges what the engine tells it: the same controls, words and levels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guardrails.engine.configuration import Configuration, ConfigurationError, configure
from guardrails.engine.configuration_file import check
from guardrails.engine.evaluation import Evaluator, Report
from guardrails.engine.exemptions import Exemption, Exemptions
from guardrails.engine.packs import ALL, Pack, load_controls
from guardrails.engine.policy_exceptions import PolicyException, applied, exceptions_of, is_versioned
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


@dataclass(frozen=True)
class Rules:
    """What a stack is judged by, besides the controls.

    Attributes:
        configuration: levels and parameters.
        exemptions: those in force.
        exceptions: Pulumi's own.
        pack: whose controls judge.
    """

    configuration: Configuration
    exemptions: tuple[Exemption, ...] = ()
    exceptions: tuple[PolicyException, ...] = ()
    pack: Pack = ALL


def judge(state: State, rules: Rules, today: date) -> Judged:
    """Judge a stack; its resources are used up, and can't be judged again."""
    deployment = None if state.config is None else Deployment({}, state.config)
    evaluator = Evaluator(rules.pack.controls, rules.configuration, Exemptions(rules.exemptions, today), deployment)
    managed = (each for each in state.resources if each.urn not in state.read)
    reports = [report for each in managed for report in evaluator.on_resource(each)]
    reports += evaluator.on_stack(state.resources)
    stack = next((each.urn for each in state.resources if each.type == "pulumi:pulumi:Stack"), "")
    return Judged(tuple(applied(reports, rules.exceptions, stack)), evaluator.verdicts)


def configuration_of(file: Path | None, pack: Pack = ALL) -> tuple[Configuration, tuple[PolicyException, ...]]:
    """What a file for ``--policy-pack-config`` says, or the defaults, and the exceptions in it.

    Raises:
        ConfigurationError: it can't be used; the message names the file and lists every problem.
    """
    if file is None:
        return configure(pack.name, pack.controls, {}), ()
    check(file)
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    policies = content.get("policies") or {} if is_versioned(content) else content
    exceptions = exceptions_of(content) if is_versioned(content) else ()
    try:
        given = dict(map(_given, policies.items()))
        return configure(pack.name, pack.controls, given, load_controls().keys()), exceptions
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from None


def _given(entry: tuple[str, Any]) -> tuple[str, tuple[Level | None, Mapping[str, Any]]]:
    """A level alone, or an object with the level and parameters."""
    name, about = entry
    if isinstance(about, str):
        return name, (Level(about), {})
    values = {key: value for key, value in about.items() if key != "enforcementLevel"}
    return name, (Level(about["enforcementLevel"]) if "enforcementLevel" in about else None, values)
