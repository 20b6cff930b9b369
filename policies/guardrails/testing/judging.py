"""What a control says of a case: `judge` asks one, `prove` asks for all that its fixtures promise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.engine.configuration import SETTINGS
from guardrails.engine.packs import Pack, family_of, load_controls
from guardrails.engine.server import Analyzer
from guardrails.model.control import Control
from guardrails.testing.fixtures import Case, Kinds
from guardrails.testing.requests import analyze_request, resources_of, stack_configuration, stack_request

NOT_APPLICABLE = "not applicable"
KINDS = ("compliant", "violating", "unknown")
DECIDED = {"reason": "a case", "owner": "tests", "until": str(datetime.now(UTC).date() + timedelta(days=1))}
"""Lets a case make its control laxer."""


@dataclass(frozen=True)
class Outcome:
    """What was said of a case.

    Attributes:
        diagnostics: about one control, or naming it.
        has_looked: whether the control looked at any resource of the case; if not, that it said nothing means nothing.
    """

    diagnostics: tuple[proto.AnalyzeDiagnostic, ...]
    has_looked: bool

    def at_level(self, level: int) -> list[str]:
        """The messages of this enforcement level."""
        return [each.message for each in self.diagnostics if each.enforcementLevel == level]

    @property
    def violations(self) -> list[str]:
        """What is wrong for certain."""
        return self.at_level(proto.MANDATORY)

    @property
    def undetermined(self) -> list[str]:
        """What an unknown value leaves open."""
        return [each for each in self.at_level(proto.ADVISORY) if "can't be decided before deployment" in each]


class OneControl(Pack):
    """A pack that serves one control of a family."""

    @property
    def controls(self) -> list[Control]:
        """The one whose id is the title."""
        return [load_controls()[self.title]]


class InProcess:
    """A pack called as the engine calls it, without the wire."""

    def __init__(self, pack: Pack) -> None:
        self._analyzer = Analyzer(pack)

    def __getattr__(self, call: str) -> Callable[[Any], Any]:
        return lambda request: getattr(self._analyzer, call)(request, None)


def judge(control_id: str, case: Case) -> Outcome:
    """What a control says of a case when it is the only one; mandatory, whatever its own level is."""
    family = family_of(control_id)
    return outcome(InProcess(OneControl(family.name, family.prefixes, control_id, "")), control_id, case)


def outcome(pack: Any, control_id: str, case: Case) -> Outcome:
    """What is said of one control in a run of a pack with a case.

    Args:
        pack: has the engine's calls; `InProcess`, or the stub of a pack that is served.
        control_id: the control.
        case: its resource or resources, and what else is set.
    """
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig[SETTINGS].properties.update(case.get("settings", {}))
    request.policyConfig[control_id].enforcementLevel = proto.MANDATORY
    if "parameters" in case:
        request.policyConfig[control_id].properties.update(DECIDED | case["parameters"])
    pack.ConfigureStack(stack_configuration(case))
    pack.Configure(request)
    resources = resources_of(case)
    found: list[proto.AnalyzeDiagnostic] = []
    for resource in resources:
        found += pack.Analyze(analyze_request(resource)).diagnostics
    found += pack.AnalyzeStack(stack_request(resources)).diagnostics
    return Outcome(
        tuple(each for each in found if control_id in (each.policyName, *_named(each))),
        has_looked=not any(each.policyName == SETTINGS and "judged nothing" in each.message for each in found),
    )


def _named(diagnostic: proto.AnalyzeDiagnostic) -> list[str]:
    """The controls that a diagnostic names besides its own: open for the same reason."""
    return re.findall(r"[A-Z]+-[A-Z0-9]+-\d+", diagnostic.message.partition("Open for the same reason:")[2])


def prove(control_id: str, kinds: Kinds) -> None:
    """Ask for all that the fixtures of a control promise, and that it doesn't pass in silence.

    Raises:
        AssertionError: names the control, every case that turns out otherwise, and what was said of it.
    """
    problems = [*faults_of_control(control_id, kinds)]
    if problems:
        raise AssertionError("\n".join([f"{control_id}:", *(f"  - {problem}" for problem in problems)]))


def faults_of_control(control_id: str, kinds: Kinds) -> Iterator[str]:
    """What a control's fixtures lack, or promise and don't hold."""
    for kind in KINDS:
        if not kinds.get(kind):
            yield f"{kind}: no case; valid: one or more{', or not applicable' if kind == 'unknown' else ''}"
    has_looked = kinds.get("unknown") == NOT_APPLICABLE  # it forbids a type: what complies is another
    for kind in KINDS:
        cases = kinds.get(kind) or ()
        for number, case in enumerate(cases if isinstance(cases, list) else ()):
            said = judge(control_id, case)
            has_looked |= kind == "compliant" and said.has_looked
            yield from (f"{kind} {number}: {problem}" for problem in faults_of_case(control_id, kind, case, said))
    if not has_looked:
        yield "compliant: the control looks at no resource of any case, so that they pass in silence; see its types"


def faults_of_case(control_id: str, kind: str, case: Case, said: Outcome) -> Iterator[str]:
    """What is otherwise than a case of this kind promises."""
    messages = [each.message for each in said.diagnostics]
    together = "\n".join(said.violations)
    if any("the control itself failed" in each for each in messages):
        yield f"the control itself failed: {messages}"
    elif kind == "compliant":
        if messages:
            yield f"complies, and was reported: {messages}"
    elif kind == "unknown":
        if not said.undetermined or said.violations:
            yield f"an unknown value was not left open: {messages or 'nothing was said'}"
    elif not said.violations:
        yield f"a violation passed in silence: {messages or 'nothing was said'}"
    else:
        yield from faults_of_message(control_id, case, together)


def faults_of_message(control_id: str, case: Case, together: str) -> Iterator[str]:
    """What the messages about a violation lack."""
    control = load_controls()[control_id]
    parts = [f"{control_id} {control.title}: ", f"Fix: {control.fix}", case.get("says", "")]
    parts += [f"(at {case['at']})"] if "at" in case else []
    yield from (f"{part!r} is not in {together!r}" for part in parts if part not in together)
