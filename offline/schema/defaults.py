"""The value that AWS or its provider gives an input which is left out, where a source states it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from offline.schema import limits
from offline.schema.catalogue import Property, ResourceType
from offline.schema.documented import own_words

Value = str | int | float | bool

_STATED = re.compile(
    r"(?:[Dd]efaults? (?:to|is|value is|value of|value for this \w+ is)|[Dd]efault:)"
    r" (?:`\"?(?P<value>[^`\"]+)\"?`|(?P<number>\d[\d,]*)(?=[.\s]|$))"
)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|otherwise|except|depend\w*|for|on|in|provider|latest|current|same)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.;])\s|\n")


@cache
def defaults(resource: ResourceType) -> Mapping[str, Value]:
    """Default of each input of `resource` that has one stated without a condition; others depend on the account."""
    found: dict[str, Value] = {}
    for name, node in limits.root(resource).fields.items():
        if node.prop.required:
            continue
        value = stated(node.prop)
        if value is None:
            value = _typed(node.prop, node.definition().get("default"))
        if value is not None:
            found[name] = value
    return found


def stated(prop: Property) -> Value | None:
    """The default that the documentation of `prop` gives, in the property's own type."""
    for sentence in _SENTENCE.split(own_words(prop)):
        match = _STATED.search(sentence)
        if match and not _CONDITION.search(sentence[match.end() :]):
            return _typed(prop, match["value"] or match["number"])
    return None


def _typed(prop: Property, value: object) -> Value | None:
    text = str(value)
    if value is None or prop.kind not in {"string", "integer", "number", "boolean"}:
        return None
    if prop.kind == "boolean":
        return {"true": True, "false": False}.get(text.lower())
    if prop.kind == "string":
        return text if text not in {"null", "None", "nil"} else None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return int(number) if prop.kind == "integer" else number
