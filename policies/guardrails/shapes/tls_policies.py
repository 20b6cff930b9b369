"""Resource policies that deny requests without TLS."""

from __future__ import annotations

from guardrails.iam.denials import Suits, denies, is_for_everyone
from guardrails.iam.document import Document, Statement
from guardrails.iam.sources import ask_documents, policy_sources
from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import PLAIN_TRANSPORT, in_transit
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError

DENY_EVERYBODY = 'Add a statement with Effect Deny, Principal "*"'


def denies_plain_requests(statement: Statement) -> bool:
    """Whether the statement denies everybody's requests without TLS, and its condition is the only one."""
    return is_for_everyone(statement) and any(
        each.key == "aws:securetransport" and each.operator == "bool" and {*map(str.lower, each.values)} == {"false"}
        for each in statement.conditions
        if len(statement.conditions) == 1  # a second condition would let other requests through
    )


def require_denial(resource: Resource, actions: tuple[str, ...], suits: Suits, why: str) -> Findings:
    """The violation ``why`` where no policy of the resource denies ``actions`` with a statement that suits."""

    def question(document: Document) -> Findings:
        try:
            if not denies(document, actions, suits):
                yield Violation(why)
        except UndeterminedError as unknown:
            yield unknown

    return ask_documents(policy_sources(resource), question)


def deny_plain_requests(id_: str, what: str, types: tuple[str, ...], *actions: str) -> None:
    """A control that policies of these types deny ``actions`` without TLS; a resource without a policy passes."""

    def check(resource: Resource, _: Context) -> Findings:
        return require_denial(
            resource, actions, denies_plain_requests, "no statement denies requests without TLS to everybody"
        )

    control(
        id=id_,
        title=f"{what} deny requests without TLS",
        why=PLAIN_TRANSPORT,
        fix=f"{DENY_EVERYBODY}, Action {', '.join(actions)} and only the condition Bool aws:SecureTransport false.",
        severity=Severity.MEDIUM,
        types=types,
        references=in_transit(),
    )(check)
