"""Controls that put one question to every statement of a resource's policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from guardrails.iam.attachments import granting_sources
from guardrails.iam.sources import IDENTITY_POLICY_TYPES, Source, StatementQuestion, ask_statements
from guardrails.model.control import Context, Findings, control
from guardrails.model.resource import Resource

Sources = Callable[[Resource], Iterable[Source]]


def statement_control(
    *, sources: Sources = granting_sources, types: tuple[str, ...] = IDENTITY_POLICY_TYPES, **about: Any
) -> Callable[[StatementQuestion], StatementQuestion]:
    """Register the decorated question as a control: each text that it yields is wrong with that statement."""

    def register(question: StatementQuestion) -> StatementQuestion:
        def check(resource: Resource, _: Context) -> Findings:
            return ask_statements(sources(resource), question)

        control(types=types, **about)(check)
        return question

    return register
