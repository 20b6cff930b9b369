"""How a setting is declared: its default, unit, limits and source stand together, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class About:
    """What a person needs to know of one setting.

    Attributes:
        valid: the values it takes, as a sentence fragment for error messages; ``ge`` and ``le`` give it where it is
            left out.
        unit: of the value; empty where it has none.
        choices: the values it, or each of its items, can be; empty where they can't be listed.
        source: AWS's page or quota that gives the limits; empty where none does.
        example: of a required setting: stands in for a wrong one while the rest is judged.
    """

    valid: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    source: str = ""
    example: str = ""


def setting(default: object, doc: str, about: About, **limits: Any) -> Any:
    """Declare a field of a section; ``limits`` are pydantic's (``ge``, ``le``, ``pattern`` ...).

    Its own type is Any, so that it can stand as the default of a field of any type. ``...`` as its default makes
    it required.
    """
    described = about if about.valid else replace(about, valid=within(limits))
    return Field(default, description=doc, json_schema_extra={"about": cast("Any", described)}, **limits)


def within(limits: dict[str, Any]) -> str:
    """The numbers that ``ge`` and ``le`` let pass, in words.

    Raises:
        TypeError: they let everything pass.
    """
    least, most = limits.get("ge"), limits.get("le")
    if least is None:
        raise TypeError("a setting without a lower limit says in About.valid what it takes")
    return f"{least} or more" if most is None else f"{least} to {most}"


def about(field: FieldInfo) -> About | None:
    """What is known of a field; None for one that holds a section of its own."""
    extra = field.json_schema_extra
    return cast("About | None", extra.get("about")) if isinstance(extra, dict) else None


def one_of(choices: tuple[str, ...], unit: str = "") -> About:
    """A setting whose values can be listed."""
    return About(valid=", ".join(choices), choices=choices, unit=unit)


def switch(doc: str, *, on: bool) -> Any:
    """Declare a field that is on or off."""
    return setting(on, doc, About(valid="true or false"))


def among(choices: Collection[object]) -> AfterValidator:
    """Let only these values pass, for lists too long to be a ``Literal``."""

    def check(value: Value) -> Value:
        if value not in choices:
            raise ValueError("")
        return value

    check.choices = tuple(choices)  # pyright: ignore[reportFunctionMemberAccess] - read back by whoever lists them
    return AfterValidator(check)
