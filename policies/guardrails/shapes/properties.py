"""The shapes that many controls share, so that each of those is a few lines of data."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.logic import all_hold
from guardrails.model.references import AT_REST, CUSTOMER_KEY
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.keys import why_not_customer_key

NO_KEY = "no key is named, so a key managed by AWS is used"


def forbid_type(why_not: str, **about: Any) -> None:
    """A control that no resource of its types may exist."""

    def check(_resource: Resource, _context: Context) -> Findings:
        yield Violation(why_not)

    control(**about)(check)


def require_value(
    path: str,
    valid: Collection[Any],
    *,
    default: Any = None,
    when: Callable[[Resource], bool] = lambda _: True,
    **about: Any,
) -> None:
    """A control that the property at ``path``, or AWS's ``default`` for it, is one of ``valid``."""
    expected = " or ".join(map(written, valid))

    def is_other(resource: Resource) -> bool:
        value = resource.get(path, default)
        return not any(_is(value, good) for good in valid)

    def check(resource: Resource, _: Context) -> Findings:
        if all_hold(lambda: is_other(resource), lambda: when(resource)):
            value = resource.get(path, default)
            yield Violation(f"{'not set' if value is None else written(value)}, expected {expected}", path)

    control(**about)(check)


def forbid_property(path: str, why_not: str, **about: Any) -> None:
    """A control that nothing, known or not, is set at ``path``."""

    def check(resource: Resource, _: Context) -> Findings:
        value = resource.raw(path)
        if value is UNKNOWN:
            raise UndeterminedError(path)
        if value:
            yield Violation(why_not, path)

    control(**about)(check)


def require_customer_key(
    path: str,
    *,
    absent: str = NO_KEY,
    when: Callable[[Resource], bool] = lambda _: True,
    **about: Any,
) -> None:
    """A control that the key at ``path`` is a customer managed one of the stack or an allowed account."""

    def check(resource: Resource, context: Context) -> Findings:
        if when(resource):
            yield from customer_key(resource, path, context, absent)

    control(**about)(check)


def encrypt_with_customer_key(id_: str, what: str, type_: str, path: str, references: References) -> None:
    """`require_customer_key` in the words that most services share; ``what`` is the plural of the resource."""
    require_customer_key(
        path,
        id=id_,
        title=f"{what} are encrypted with a customer managed key",
        why=CUSTOMER_KEY,
        fix=f"Set {path.replace('[*]', '[]')} to an aws:kms/key:Key.",
        severity=Severity.HIGH,
        types=(type_,),
        references=references,
    )


def encrypt_at_rest(id_: str, what: str, type_: str, references: References) -> None:
    """A control that ``encrypted`` is true on a resource that AWS creates unencrypted unless asked."""
    require_value(
        "encrypted",
        (True,),
        default=False,
        id=id_,
        title=f"{what} are encrypted at rest",
        why=AT_REST,
        fix="Set encrypted to true; changing it replaces the resource.",
        severity=Severity.HIGH,
        types=(type_,),
        references=references,
    )


def customer_key(resource: Resource, path: str, context: Context, absent: str = NO_KEY) -> Findings:
    """What is wrong with the key at ``path``, as `require_customer_key` sees it."""
    where = path.replace("[*]", "")
    if not values_at(resource, path):
        yield Violation(absent, where)
    why = why_not_customer_key(resource, path, context)
    if why:
        yield Violation(why, where)


def _is(value: Any, good: Any) -> bool:
    """Whether a property has the value; some booleans are texts, as autoMinorVersionUpgrade of a cache cluster is."""
    if isinstance(good, bool):
        return value is good or value == written(good)
    return value == good and not isinstance(value, bool)


def written(value: Any) -> str:
    """A value as a message writes it."""
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
