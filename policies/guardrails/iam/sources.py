"""Where resources keep their policy documents, and how a control asks about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from guardrails.iam.document import Document, MalformedPolicyError, Statement, parse
from guardrails.model.control import Findings, Violation
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError, Unknown

ROLE = "aws:iam/role:Role"
USER = "aws:iam/user:User"
GROUP = "aws:iam/group:Group"
POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
USER_POLICY = "aws:iam/userPolicy:UserPolicy"
GROUP_POLICY = "aws:iam/groupPolicy:GroupPolicy"
PERMISSION_SET_POLICY = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"

IDENTITY_POLICY_TYPES = (
    POLICY,
    ROLE_POLICY,
    USER_POLICY,
    GROUP_POLICY,
    ROLE,
    PERMISSION_SET_POLICY,
)
"""The types that say what an identity may do."""

DOCUMENT_PROPERTIES = frozenset(
    {
        "accessPolicies",
        "accessPolicy",
        "assumeRolePolicy",
        "deliveryDestinationPolicy",
        "inlinePolicy",
        "policy",
        "policyDocument",
        "repositoryPolicy",
        "resourcePolicy",
        "sessionPolicy",
    }
)
"""The properties under which the AWS provider's resources take a policy document."""


@dataclass(frozen=True)
class Source:
    """A property that holds a policy document."""

    path: str
    value: Any
    """As written: JSON text, a map, or unknown."""

    @property
    def document(self) -> Document:
        """The document.

        Raises:
            UndeterminedError: all of it is unknown.
            MalformedPolicyError: it is none.
        """
        if isinstance(self.value, Unknown):
            raise UndeterminedError(self.path)
        return parse(self.value)


def identity_sources(resource: Resource) -> Iterator[Source]:
    """The documents of one of the `IDENTITY_POLICY_TYPES` that say what the identity may do."""
    if resource.type == ROLE:
        inline = resource.raw("inlinePolicies")
        if isinstance(inline, Unknown):
            yield Source("inlinePolicies", inline)
            return
        count = len(inline) if isinstance(inline, list) else 0
        paths = [f"inlinePolicies[{index}].policy" for index in range(count)]
    else:
        paths = ["inlinePolicy" if resource.type == PERMISSION_SET_POLICY else "policy"]
    yield from (Source(path, resource.raw(path)) for path in paths if resource.has(path))


def trust_sources(role: Resource) -> Iterator[Source]:
    """The document that says who may assume the role."""
    if role.has("assumeRolePolicy"):
        yield Source("assumeRolePolicy", role.raw("assumeRolePolicy"))


def policy_sources(resource: Resource) -> Iterator[Source]:
    """Every policy document of any resource: in a property known to take one, or what looks like one at any depth."""
    known = {name: resource.properties.get(name) for name in DOCUMENT_PROPERTIES & resource.properties.keys()}
    yield from (Source(name, value) for name, value in sorted(known.items()) if value is not None)
    yield from (Source(path, value) for path, value in resource.statements if path not in known)


StatementQuestion = Callable[[Statement, Document], Iterable[str]]
"""Asks one statement; answers what is wrong with it, in a few words each."""


def ask_statements(sources: Iterable[Source], question: StatementQuestion) -> Findings:
    """Put a question to every statement; one that is unknown or malformed doesn't hide a violation in another.

    A malformed document is reported by the control on documents (LP-IAM-020), not by each one that would read it.
    """

    def ask(document: Document) -> Findings:
        for statement in document.statements:
            try:
                for why in question(statement, document):
                    yield Violation(why, statement.path)
            except UndeterminedError as unknown:
                yield unknown

    return ask_documents(sources, ask)


def ask_documents(sources: Iterable[Source], question: Callable[[Document], Findings]) -> Findings:
    """Put a question to every document that can be read; its answers hold paths inside the document."""
    for source in sources:
        try:
            document = source.document
        except MalformedPolicyError:
            continue
        except UndeterminedError as unknown:
            yield unknown if unknown.path == source.path else _within(source, unknown)
            continue
        yield from map(partial(_within, source), question(document))


def _within(source: Source, finding: Violation | UndeterminedError) -> Violation | UndeterminedError:
    path = f"{source.path}.{finding.path}" if finding.path else source.path
    return Violation(finding.why, path) if isinstance(finding, Violation) else UndeterminedError(path)


def in_short(names: Iterable[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
