"""What Kubernetes asks before it takes an object."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource
from guardrails.services.kubernetes import Object, objects, types_of

_HOOKS, _POLICY = "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy"


@control(
    id="LP-KUBERNETES-010",
    title="Admission is refused where its validation fails",
    why="While the webhook is down, or a policy's expression fails, every object is taken unseen.",
    fix="Set failurePolicy to Fail; exclude by namespaceSelector what must start without the webhook.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=types_of(_HOOKS, _POLICY),
    references=privileged_access(),
)
def validation_fails_closed(resource: Resource, _: Context) -> Findings:
    """Mutating webhooks may fail open, for what they change is validated afterwards.

    https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/#fail-open-validate-final-state
    """

    def judge(validation: Object) -> Findings:
        yield from each(
            ["spec"] if validation.kind == _POLICY else validation.items("webhooks"),
            lambda place: _closed(validation, f"{place}.failurePolicy"),
        )

    yield from each(objects(resource, (_HOOKS, _POLICY)), judge)


def _closed(validation: Object, path: str) -> Findings:
    if validation.get(path) == "Ignore":
        yield Violation("what can't be validated is taken", validation.at(path))
