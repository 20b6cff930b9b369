"""Declarations of what class data has and where it has to stay: their names, and what may be declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def _list(default: list[str], description: str) -> Mapping[str, Any]:
    return {
        "type": "array",
        "laxer": "more",
        "items": {"type": "string"},
        "minItems": 1,
        "default": default,
        "description": description,
    }


CLASS_PARAMETERS = {
    "classTags": _list(
        ["DataClass", "DataClassification"],
        "The names under which the class of data is declared; case, - and _ don't matter.",
    ),
    "classes": _list(
        ["public", "internal", "confidential", "restricted", "personal"], "The classes of data; case doesn't matter."
    ),
}
RESIDENCY_PARAMETERS = {
    "residencyTags": _list(
        ["DataResidency", "Residency"],
        "The names under which it is declared where data has to stay; case, - and _ don't matter.",
    ),
    "residencies": _list(["ID", "Indonesia"], "What may be declared besides the allowed regions; case doesn't matter."),
}


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def declared(values: Mapping[str, Any], names: Collection[str]) -> Any:
    """The value under one of the names, in any spelling; None when there is none."""
    wanted = set(map(_plain, names))
    return next((value for name, value in values.items() if _plain(name.rpartition(":")[2]) in wanted), None)


def declaration_fault(value: Any, valid: Collection[str], what: str) -> str:
    """What is wrong with the declaration of ``what``; empty when it is one of ``valid``, in any case."""
    if not value:
        return f"no {what} is declared"
    if str(value).lower() not in {each.lower() for each in valid}:
        return f"the {what} is none of {', '.join(valid)}"
    return ""
