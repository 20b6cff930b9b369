"""From controls to what the operator reads: three verdicts, levels, exemptions, and no secret in any message."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from guardrails.engine.configuration import Configuration
from guardrails.engine.decisions import STRENGTH
from guardrails.engine.exemptions import Exemptions
from guardrails.engine.fingerprint import Fingerprints
from guardrails.engine.report import OpenQuestions, Report
from guardrails.iam.outlines import fill_in
from guardrails.model.control import Context, Control, Deployment, Level, Scope, Severity, Violation
from guardrails.model.resource import Resource, Stack
from guardrails.model.templates import parts_of
from guardrails.model.values import UNKNOWN, UndeterminedError, WrongTypeError, at, leaves, parse_path

_SHORT = 4
"""Characters of a secret from which on it is masked inside words, too."""
_GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})


class Evaluator:
    """Runs a pack's controls on each resource as it comes, and on the whole stack at the end.

    What can't be decided on a resource alone, because a value is unknown or the answer lies in another resource, is
    remembered and asked again with the whole stack in view. Only what is undetermined then is reported as such.
    """

    def __init__(
        self,
        controls: Sequence[Control],
        configuration: Configuration,
        exemptions: Exemptions,
        deployment: Deployment | None = None,
    ) -> None:
        self._contexts = {
            control.id: Context(configuration.parameters[control.id], deployment=deployment) for control in controls
        }
        self._levels = configuration.levels
        self._lapsed, self._accepted = configuration.lapsed, configuration.accepted
        of_any, by_severity = (configuration.settings[name] for name in ("undetermined", "undeterminedBySeverity"))
        self._undetermined = {severity: Level(by_severity.get(severity, of_any)) for severity in Severity}
        self._exemptions = exemptions
        self._fingerprints = Fingerprints()
        active = [control for control in controls if configuration.levels[control.id] is not Level.DISABLED]
        self._single = _Selection(control for control in active if control.scope is Scope.RESOURCE)
        self._related = _Selection(control for control in active if control.scope is Scope.STACK)
        self._registered: dict[str, Resource] = {}
        self.verdicts = Counter[str]()
        """Control -> how many resources it has judged."""
        self.undecided = set[str]()
        """Controls with a question that the whole stack didn't answer either."""
        self._pending: dict[str, list[tuple[Control, frozenset[Violation]]]] = {}

    def on_resource(self, resource: Resource) -> Iterator[Report]:
        """The violations of one resource that can be told from it alone; its inputs are kept for `on_stack`."""
        self._registered[resource.urn] = resource
        for control in self._single.of(resource.type):
            self.verdicts[control.id] += 1
            outcome = self._run(control, resource, self._contexts[control.id])
            yield from self._violations(control, resource, outcome.violations)
            if outcome.failure:
                yield self._failure(control, resource, outcome.failure)
            if outcome.undetermined:
                seen = frozenset(outcome.violations)
                self._pending.setdefault(resource.urn, []).append((control, seen))
        for path, part in parts_of(resource):
            yield from self._on_part(path, part, resource)

    def _on_part(self, path: str, part: Resource, whole: Resource) -> Iterator[Report]:
        """What is gravely wrong with a resource that a template makes: what templates leave out is told by nobody."""
        for control in self._single.of(part.type):
            if control.severity not in _GRAVE or "aws:*" in control.types:
                continue
            outcome = self._run(control, part, self._contexts[control.id])
            inside = [Violation(each.why, f"{path}.{each.path}".rstrip(".")) for each in outcome.violations]
            yield from self._violations(control, whole, inside)
            if outcome.failure:
                yield self._failure(control, whole, outcome.failure)

    def on_stack(self, resources: Sequence[Resource]) -> Iterator[Report]:
        """What was left open, the relations between resources, and the exemptions that nothing needed."""
        if self._pending or self._related:
            stack = Stack(map(self._with_inputs, resources))
            fill_in(stack)
            yield from self._relations(stack)
        for exemption in self._exemptions.unused([resource.urn for resource in resources]):
            control = self._single.ids.get(exemption.control) or self._related.ids.get(exemption.control)
            if control is not None:
                yield Report(
                    control,
                    "",
                    Level.ADVISORY,
                    f"{control.id} exemption for {exemption.resource} is not needed: nothing breaks the control there. "
                    f"Fix: remove it (granted to {exemption.owner}).",
                )
        self._pending.clear()

    def _with_inputs(self, deployed: Resource) -> Resource:
        """The resource as it was registered in this run, with what is known of it at the end."""
        resource = self._registered.get(deployed.urn)
        if resource is None:
            return deployed
        resource.becomes(deployed)
        return resource

    def _relations(self, stack: Stack) -> Iterator[Report]:
        questions = OpenQuestions()
        contexts = {id_: replace(context, stack=stack) for id_, context in self._contexts.items()}
        for resource in stack:
            for control, seen in self._pending.get(resource.urn, ()):
                yield from self._decide(control, resource, contexts, seen, questions)
            for control in self._related.of(resource.type):
                self.verdicts[control.id] += 1
                yield from self._decide(control, resource, contexts, frozenset(), questions)
        yield from questions.reports()

    def _decide(
        self,
        control: Control,
        resource: Resource,
        contexts: Mapping[str, Context],
        seen: frozenset[Violation],
        questions: OpenQuestions,
    ) -> Iterator[Report]:
        """Yields what is certain; what stays open goes to ``questions``.

        What an exemption has been written for keeps a report of its own, with the exemption in it.
        """
        outcome = self._run(control, resource, contexts[control.id])
        yield from self._violations(control, resource, [v for v in outcome.violations if v not in seen])
        if outcome.failure:
            yield self._failure(control, resource, outcome.failure)
        if outcome.undetermined:
            self.undecided.add(control.id)
        level = min(self._undetermined[control.severity], self._levels[control.id], key=STRENGTH.index)
        for path in dict.fromkeys(outcome.undetermined):
            shown = _masked_everywhere(path, resource)
            why = _masked_everywhere(f"can't be decided before deployment, {_open(resource, path)}", resource)
            reports = [*self._report(control, resource, level, why, shown)]
            if any(report.is_decided for report in reports):
                yield from reports
            else:
                questions.add(resource, shown, reports)

    def _run(self, control: Control, resource: Resource, context: Context) -> _Outcome:
        outcome = _Outcome([], [], "")
        try:
            for finding in control.check(resource, context):
                if isinstance(finding, Violation):
                    outcome.violations.append(finding)
                else:
                    outcome.undetermined.append(finding.path)
        except UndeterminedError as error:
            outcome.undetermined.append(error.path)
        except WrongTypeError as error:
            outcome.violations.append(Violation(f"it is not {error.expected}", error.path))
        except Exception as error:  # whatever it is, the run must fail closed and name the control
            outcome.failure = _where(error)
        return outcome

    def _violations(self, control: Control, resource: Resource, violations: Collection[Violation]) -> Iterator[Report]:
        for violation in violations:
            why = _masked_everywhere(_without_secrets(violation, resource), resource)
            path = _masked_everywhere(violation.path, resource)
            yield from self._report(control, resource, self._levels[control.id], why, path)

    def _report(self, control: Control, resource: Resource, level: Level, why: str, path: str) -> Iterator[Report]:
        if level is Level.DISABLED:
            return
        where = f" (at {path})" if path else ""
        message = f"{control.id} {control.title}: {why}{where}.\nFix: {control.fix}"
        about = control.id, resource.urn, self._fingerprints.of(control.id, resource.urn, path)
        granted = self._exemptions.granted(*about)
        expired = None if granted else self._exemptions.expired(*about)
        if granted:
            level = min(level, Level.ADVISORY, key=STRENGTH.index)
            message += f"\nExempted until {granted.expires} by {granted.owner}: {granted.reason}"
        elif expired:
            message += f"\nThe exemption granted to {expired.owner} expired on {expired.expires}."
        if control.id in self._accepted:
            message += f"\nAccepted {self._accepted[control.id]}"
        elif control.id in self._lapsed:
            message += f"\nThe configuration made it laxer ({self._lapsed[control.id]}); that is over."
        yield Report(control, resource.urn, level, message, is_decided=bool(granted or expired))

    @staticmethod
    def _failure(control: Control, resource: Resource, failure: str) -> Report:
        message = (
            f"{control.id} {control.title}: the control itself failed on {resource.type} {resource.name}: {failure}.\n"
            "Fix: correct the control, or disable it in the pack's configuration until it is."
        )
        return Report(control, resource.urn, Level.MANDATORY, message)


@dataclass
class _Outcome:
    violations: list[Violation]
    undetermined: list[str]
    failure: str


class _Selection:
    """Controls by the types they look at."""

    def __init__(self, controls: Iterator[Control]) -> None:
        self.ids = {control.id: control for control in controls}
        self._exact: defaultdict[str, set[str]] = defaultdict(set)
        self._patterns: defaultdict[str, set[str]] = defaultdict(set)
        self._by_type: dict[str, list[Control]] = {}
        for control in self.ids.values():
            for type_ in control.types:
                (self._patterns if "*" in type_ else self._exact)[type_].add(control.id)

    def __bool__(self) -> bool:
        return bool(self.ids)

    def of(self, type_: str) -> list[Control]:
        """The controls for resources of this type, in the order of their ids."""
        if type_ not in self._by_type:
            matching = (ids for pattern, ids in self._patterns.items() if fnmatchcase(type_, pattern))
            found = self._exact.get(type_, set[str]()).union(*matching)
            self._by_type[type_] = [self.ids[id_] for id_ in sorted(found)]
        return self._by_type[type_]


def _open(resource: Resource, path: str) -> str:
    """Why a question is open: the value isn't known yet, or what it or a list of it names isn't of this stack."""
    try:
        steps = [step for part in path.split("[*]") for step in parse_path(part)]
    except ValueError:  # no path of a property
        steps = []
    found: list[Any] = [resource.properties] if steps else []
    for step in steps:  # a path may leave out which element of a list it means
        lists = (each if isinstance(each, list) and isinstance(step, str) else [each] for each in found)
        found = [at(each, (step,)) for elements in lists for each in elements]
    found = [leaf for each in found for _, leaf in leaves(each)]
    is_name = UNKNOWN not in found and any(isinstance(leaf, str) and leaf for leaf in found)
    return f"{path} names what is not of this stack" if is_name else f"{path or 'a value'} is not known yet"


def _without_secrets(violation: Violation, resource: Resource) -> str:
    """The reason, unless it is about a secret; with every secret of the resource masked."""
    if not resource.secrets:
        return violation.why
    for secret in resource.secrets:
        if violation.path == secret or violation.path.startswith((f"{secret}.", f"{secret}[")):
            return "the value is secret and not shown"
    return _masked(violation.why, resource)


def _masked_everywhere(text: str, resource: Resource) -> str:
    """The text without the secrets of the resource, and without those of its stack where that is in view."""
    for each in (resource, *(resource.stack.with_secrets if resource.stack else ())):
        text = _masked(text, each)
    return text


def _masked(text: str, resource: Resource) -> str:
    """The text without the resource's secrets; short ones where they stand alone, for words hold their letters."""
    for each in resource.secret_texts:
        if len(each) < _SHORT:
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "[secret]", text)
        else:
            text = text.replace(each, "[secret]")
    return text


def _where(error: Exception) -> str:
    """The kind and place of an error; never its text, which may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    return f"{type(error).__name__} in {code.co_name} ({code.co_filename.rpartition('/')[2]}:{trace.tb_lineno})"
