"""What Pulumi's provider of random values makes."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.resource import Resource


@control(
    id="LP-RANDOM-001",
    title="Generated passwords are long",
    why="A short password is guessed; a generated one costs nothing to be long, since nobody types it.",
    fix="Set length to 20 or more.",
    severity=Severity.MEDIUM,
    types=("random:index/randomPassword:RandomPassword",),
    parameters={
        "minimumLength": {"type": "integer", "minimum": 8, "default": 20, "description": "The shortest, in characters."}
    },
    references=References(soc2=("CC6.1",), iso27001=("A.5.17",)),
)
def password_is_long(password: Resource, context: Context) -> Findings:
    length, least = password.number("length", 0), context.parameters["minimumLength"]
    if length < least:
        yield Violation(f"{length:g} characters, at least {least} expected", "length")
