"""The IAM policy language: documents, statements, principals, in every form that AWS accepts.

`parse` takes a JSON string or an already decoded map. A single value where a list may stand is a list of one, element
names are compared without case, numbers and booleans in conditions become text. Elements that hold an unknown value
raise `UndeterminedError` when they are read, so that the rest of the document can still be judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, cast

from guardrails.iam.condition_operators import Condition, parse_condition
from guardrails.model.values import UndeterminedError, Unknown

CURRENT_VERSION = "2012-10-17"

_ELEMENTS = frozenset(
    {
        "sid",
        "effect",
        "action",
        "notaction",
        "resource",
        "notresource",
        "principal",
        "notprincipal",
        "condition",
    }
)


class MalformedPolicyError(ValueError):
    """The value is no policy document at all; the message says why, without quoting the document."""


class Principal(NamedTuple):
    """Who a statement speaks of."""

    kind: str
    """``AWS``, ``Service``, ``Federated`` or ``CanonicalUser``; ``*`` for the bare wildcard."""
    name: str
    """ARN, account id, service name, identity provider, or ``*``."""

    @property
    def account(self) -> str | None:
        """The 12 digit account id of an AWS principal or of an identity provider in IAM; None for any other."""
        found = re.match(r"(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::|$)", self.name)
        return found[1] if found else None

    @property
    def is_whole_account(self) -> bool:
        """Whether this stands for every principal of an account: its id, or its root's ARN."""
        return self.kind == "AWS" and bool(re.fullmatch(r"\d{12}|arn:[^:]*:iam::(\d{12}|\*):(root|\*)", self.name))


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement.

    Attributes:
        path: where it stands in its document, ``Statement[0]``.
        elements: its elements by lower-case name.
    """

    path: str
    elements: Mapping[str, Any]

    @property
    def allows(self) -> bool:
        """Whether the effect is Allow."""
        return self._value("effect") == "Allow"

    @property
    def denies(self) -> bool:
        """Whether the effect is Deny."""
        return self._value("effect") == "Deny"

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The patterns under Action."""
        return self._texts("action")

    @cached_property
    def not_actions(self) -> tuple[str, ...]:
        """The patterns under NotAction."""
        return self._texts("notaction")

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The ARN patterns under Resource."""
        return self._texts("resource")

    @cached_property
    def not_resources(self) -> tuple[str, ...]:
        """The ARN patterns under NotResource."""
        return self._texts("notresource")

    @cached_property
    def principals(self) -> tuple[Principal, ...]:
        """Who Principal names."""
        return tuple(self._principals("principal"))

    @cached_property
    def not_principals(self) -> tuple[Principal, ...]:
        """Who NotPrincipal leaves out."""
        return tuple(self._principals("notprincipal"))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every operator and key under Condition; all of them must hold."""
        tests = self._value("condition")
        if not isinstance(tests, Mapping):
            return ()
        return tuple(
            parse_condition(str(operator), str(key), _as_texts(values))
            for operator, by_key in cast("Mapping[str, Any]", tests).items()
            if isinstance(by_key, Mapping)
            for key, values in cast("Mapping[str, Any]", by_key).items()
        )

    def faults(self, *, resource: bool, principal: bool) -> Iterator[str]:
        """What the grammar forbids; ``resource`` and ``principal`` say which of the two this kind of policy needs."""
        for name in sorted(self.elements.keys() - _ELEMENTS):
            yield f"has the element {name!r}, which the policy language does not know"
        if not (self.allows or self.denies):
            yield "needs an Effect, Allow or Deny"
        for wanted, either in ((True, "action"), (resource, "resource"), (principal, "principal")):
            present = [name for name in (either, f"not{either}") if name in self.elements]
            title = either.capitalize()
            if len(present) != wanted:
                yield f"needs one of {title} and Not{title}" if wanted else f"cannot have {title} in this policy"

    def _value(self, element: str) -> Any:
        value = self.elements.get(element)
        if _holds_unknown(value):
            raise UndeterminedError(f"{self.path}.{element.capitalize()}")
        return value

    def _texts(self, element: str) -> tuple[str, ...]:
        return _as_texts(self._value(element))

    def _principals(self, element: str) -> Iterator[Principal]:
        value = self._value(element)
        if isinstance(value, Mapping):
            for kind, names in cast("Mapping[str, Any]", value).items():
                yield from (Principal(kind, name) for name in _as_texts(names))
        else:
            yield from (Principal("*" if name == "*" else "AWS", name) for name in _as_texts(value))


@dataclass(frozen=True, eq=False)
class Document:
    """A policy document.

    Attributes:
        version: the Version element, None when absent.
        statements: in the order written.
        size: characters as IAM counts them against its quotas, white space left out.
    """

    version: str | None
    statements: tuple[Statement, ...] = field(default=())
    size: int = 0


def parse(value: object) -> Document:
    """The document that ``value`` holds, a JSON string or a map. Equal strings give the same object.

    Raises:
        MalformedPolicyError: it holds none.
    """
    if isinstance(value, str):
        return _parse_text(value)
    return _document(value, len(re.sub(r"\s", "", json.dumps(value, default=str))))


@lru_cache(maxsize=4096)
def _parse_text(text: str) -> Document:
    try:
        return _document(json.loads(text, object_pairs_hook=_without_duplicates), len(re.sub(r"\s", "", text)))
    except json.JSONDecodeError as error:
        message = f"is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise MalformedPolicyError(message) from None
    except RecursionError:
        raise MalformedPolicyError("is nested too deeply") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedPolicyError("names the same element twice in one block, IAM would refuse it")
    return found


def _document(value: object, size: int) -> Document:
    if not isinstance(value, Mapping):
        raise MalformedPolicyError("is not a JSON object with a Statement")
    top = _by_lower_name(cast("Mapping[str, Any]", value))
    if isinstance(top.get("statement"), Unknown):
        raise UndeterminedError("Statement")
    if "statement" not in top:
        raise MalformedPolicyError("has no Statement")
    written = top["statement"]
    statements = cast("list[Any]", written) if isinstance(written, list) else [written]
    made = [_statement(f"Statement[{index}]", each) for index, each in enumerate(statements)]
    version = top.get("version")
    return Document(version if isinstance(version, str) else None, tuple(made), size)


def _statement(path: str, written: object) -> Statement:
    if isinstance(written, Unknown):
        return Statement(path, dict.fromkeys(_ELEMENTS, written))
    if not isinstance(written, Mapping):
        raise MalformedPolicyError(f"has something other than an object at {path}")
    return Statement(path, _by_lower_name(cast("Mapping[str, Any]", written)))


def _by_lower_name(written: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in written.items() if value is not None}


def _as_texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    values = cast("list[object]", value) if isinstance(value, list | tuple) else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _holds_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_unknown(each) for each in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list | tuple):
        return any(_holds_unknown(each) for each in cast("list[Any]", value))
    return isinstance(value, Unknown)
