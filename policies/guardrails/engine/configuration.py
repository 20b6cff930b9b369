"""What the operator may set: levels and parameters per control, and the settings that all controls share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from guardrails.engine.decisions import DECISION, laxer
from guardrails.engine.decisions import problems as problems_of
from guardrails.model.control import Control, Level, Severity

SETTINGS = "settings"
"""The name under which a pack's shared settings appear in its configuration."""

Schema = Mapping[str, Mapping[str, Any]]

SHARED: Schema = {
    "allowedRegions": {
        "type": "array",
        "items": {"type": "string", "pattern": r"^[a-z]{2}(-[a-z]+)+-\d$"},
        "minItems": 1,
        "default": ["ap-southeast-3"],
        "description": "The AWS regions in which data may be stored and processed.",
    },
    "globalExceptions": {
        "type": "array",
        "items": {"type": "string"},
        "default": [
            "aws:acm/certificate:Certificate",
            "aws:acm/certificateValidation:CertificateValidation",
            "aws:wafv2/webAcl:WebAcl",
            "aws:wafv2/ipSet:IpSet",
            "aws:wafv2/regexPatternSet:RegexPatternSet",
            "aws:wafv2/ruleGroup:RuleGroup",
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
            "aws:cloudwatch/logDeliverySource:LogDeliverySource",
            "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
            "aws:cloudwatch/logDelivery:LogDelivery",
        ],
        "description": "The resource types that CloudFront requires in us-east-1; none of them holds personal data.",
    },
    "allowedAccounts": {
        "type": "array",
        "items": {"type": "string", "pattern": r"^\d{12}$"},
        "default": [],
        "description": "The AWS accounts that data may be shared with or sent to, besides the stack's own.",
    },
    "organizationIds": {
        "type": "array",
        "items": {"type": "string", "pattern": r"^o-[a-z0-9]{10,32}$"},
        "default": [],
        "description": "The AWS Organizations whose accounts are trusted.",
    },
    "undetermined": {
        "type": "string",
        "enum": [level.value for level in Level],
        "default": Level.ADVISORY.value,
        "description": "What an open question means for the run, at most what a violation of the control means.",
    },
    "undeterminedBySeverity": {
        "type": "object",
        "properties": {severity.value: {"enum": [level.value for level in Level]} for severity in Severity},
        "additionalProperties": False,
        "default": {},
        "description": "The same for controls of a severity, in place of undetermined.",
    },
    "unjudged": {
        "type": "string",
        "enum": [level.value for level in Level],
        "default": Level.ADVISORY.value,
        "description": "What it means for the run that no control is written for a type of the stack.",
    },
    "exemptions": {
        "type": "string",
        "default": "",
        "description": "The file of exemptions, relative to the folder of the packs; exemptions.yaml if empty.",
    },
}


class ConfigurationError(ValueError):
    """The configuration of a pack breaks its schema; the message lists every problem."""


@dataclass(frozen=True)
class Configuration:
    """A pack's configuration with all defaults filled in.

    Attributes:
        levels: level per control id.
        parameters: parameters per control id, the shared settings included.
        settings: the shared settings.
        lapsed: control id -> the decision that made it laxer until a day that has passed.
        accepted: control id -> the decision that holds: why its violations are known, who answers, until when.
    """

    levels: Mapping[str, Level]
    parameters: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lapsed: Mapping[str, str] = field(default_factory=dict[str, str])
    accepted: Mapping[str, str] = field(default_factory=dict[str, str])


def configure(
    pack: str,
    controls: Collection[Control],
    given: Mapping[str, tuple[Level | None, Mapping[str, Any]]],
    elsewhere: Collection[str] = (),
    today: date | None = None,
) -> Configuration:
    """Check what the operator gave against the schemas and fill in the defaults.

    A control that is made laxer needs a reason, an owner and an end; after that day it has its defaults.

    Args:
        pack: the pack's name, for messages.
        controls: the pack's controls.
        given: level and parameters per control id or `SETTINGS`; the level of ``all`` is that of controls without one.
        elsewhere: ids of other packs' controls; one configuration may serve several packs.
        today: in UTC, unless said otherwise.

    Raises:
        ConfigurationError: a key or value is not valid.
    """
    problems: list[str] = []
    ids = {control.id for control in controls}
    problems += [
        f"{name}: no such control; valid: an id of docs/controls.md{_close_to(name, {*ids, *elsewhere})}"
        for name in given
        if name not in ids and name not in elsewhere and name not in (SETTINGS, "all")
    ]
    settings = _fill(SETTINGS, SHARED, given.get(SETTINGS, (None, {}))[1], problems)
    levels: dict[str, Level] = {}
    parameters: dict[str, Mapping[str, Any]] = {}
    lapsed: dict[str, str] = {}
    accepted: dict[str, str] = {}
    today = today or datetime.now(UTC).date()
    general, _ = given.get("all", (None, {}))  # as the engine has it, which tells a pack each control's level
    for control in controls:
        level, values = given.get(control.id, (None, {}))
        level = level or general
        before = len(problems)
        filled = _fill(control.id, {**control.parameters, **DECISION}, values, problems)
        found = laxer(control, level, values) if len(problems) == before else []
        if found or any(filled[key] for key in DECISION):
            problems += problems_of(control, found, filled, today)
            decision = f"until {filled['until']} by {filled['owner']}"
            if len(problems) == before and date.fromisoformat(filled["until"]) >= today:
                accepted[control.id] = f"{decision}: {filled['reason']}"
            elif len(problems) == before and found:
                lapsed[control.id] = f"{'; '.join(found)}, {decision}"
                level, filled = None, _fill(control.id, control.parameters, {}, problems)
        levels[control.id] = level or control.level
        parameters[control.id] = {**settings, **{name: filled[name] for name in control.parameters}}
    if given and set(levels.values()) == {Level.DISABLED}:
        problems.append("every control is disabled, so that the pack would judge nothing; leave the pack out instead")
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        message = f"the configuration of policy pack {pack} is not valid:\n{lines}"
        raise ConfigurationError(message)
    return Configuration(levels, parameters, settings, lapsed, accepted)


def _close_to(name: str, ids: Collection[str]) -> str:
    close = get_close_matches(name, ids, n=1)
    return f", such as {close[0]}" if close else ""


def _fill(name: str, schema: Schema, values: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    for key, value in values.items():
        if key in schema:
            problems += [f"{name}.{key}: {problem}" for problem in faults(value, schema[key])]
        else:
            valid = ", ".join(sorted(schema)) or "none"
            problems.append(f"{name}.{key}: no such parameter; valid are: {valid}")
    return {key: values.get(key, about["default"]) for key, about in schema.items()}


def faults(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with a value by its JSON schema; empty when it is valid."""
    from jsonschema import Draft202012Validator  # for operators who set a parameter; others needn't wait for it

    errors = Draft202012Validator(schema).iter_errors(value)
    return [f"{error.json_path.removeprefix('$')} {error.message}".lstrip() for error in errors]
