"""Controls that a stack with AWS resources has a resource of some type at all."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.resource import Resource


def require_one(id_: str, service: str, type_: str, why: str, references: References) -> None:
    """A control that a stack with AWS resources has one of ``type_``; another stack of the account may have it."""

    def check(_resource: Resource, context: Context) -> Findings:
        stack = context.everything
        if not stack.of_type(type_) and any(each.type.startswith("aws:") for each in stack):
            yield Violation(f"there is no {type_} in the stack")

    control(
        id=id_,
        title=f"{service} is in use",
        why=why,
        fix=f"Add an {type_}; where another stack of the account has it, disable this control.",
        severity=Severity.MEDIUM,
        level=Level.ADVISORY,
        types=("pulumi:pulumi:Stack",),
        scope=Scope.STACK,
        references=references,
    )(check)
