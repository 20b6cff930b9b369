"""The fields that AWS's services share: which types have them, and which of those no control of their service judges.

The table is read from the provider's SDK (`python -m offline.schema.shared_fields`), so that a new service is judged
from the day it appears there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from guardrails.model.control import REGISTRY
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, at, parse_path

EVERY_SERVICE = "AWS"
"""The service in the ids of controls that look at every type."""


_ACROSS = frozenset({EVERY_SERVICE, "NAMING", "PULUMI", "STACK", "TAGGING"})
_WATCHERS = frozenset({"BACKUP", "CLOUDWATCH"})
"""Services whose controls also ask other services' resources whether they are backed up or watched."""


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return json.loads((Path(__file__).parent / "shared_fields.json").read_text(encoding="utf-8"))


def fields_of(meaning: str, type_: str) -> list[str]:
    """The paths of a type's fields that mean ``keys``, ``encrypted``, ``protected`` or ``zones``; ``[*]`` for lists.

    Those among them that AWS switches on unless told otherwise are ``on``.
    """
    return _table()[meaning].get(type_, [])


def has_controls_of_its_own(family: str, type_: str) -> bool:
    """Whether a control of the family (``ENC``) is written for the type, and knows better than one for every type."""
    return type_ in _types_with_controls(family)


@cache
def _types_with_controls(family: str) -> frozenset[str]:
    return frozenset(
        type_ for id_, control in REGISTRY.items() for type_ in control.types if _is_of_a_service(id_, family, type_)
    )


def _is_of_a_service(id_: str, family: str, type_: str) -> bool:
    """Whether the control is of the family, and doesn't look across services as those on tags or alarms do."""
    prefix, service, _ = id_.split("-")
    if prefix != family or service in _ACROSS:
        return False
    return service not in _WATCHERS or type_.startswith(f"aws:{service.lower()}/")


@cache
def is_type_of(ids: tuple[str, ...], type_: str) -> bool:
    """Whether one of the controls looks at the type."""
    return any(type_ in REGISTRY[id_].types for id_ in ids)


def stated(resource: Resource, path: str) -> Iterator[tuple[str, Any]]:
    """Where ``path`` leads and what is there, once for each element of its lists; None where nothing is set.

    Only what lies in blocks that are set: ``rootBlockDevice.encrypted`` says nothing of a resource without the block.
    """
    pending: list[tuple[str, Any]] = [("", resource.properties)]
    *parts, last = re.findall(r"[^.]+", path)
    for part in parts:
        name, is_list = part.removesuffix("[*]"), part.endswith("[*]")
        found = [(f"{above}{name}", at(value, parse_path(name))) for above, value in pending]
        pending = []
        for where, value in found:
            if value is UNKNOWN:
                yield where, UNKNOWN
            elif is_list and isinstance(value, list):
                pending += [(f"{where}[{index}].", item) for index, item in enumerate(value)]
            elif isinstance(value, dict):
                pending.append((f"{where}.", value))
    for above, value in pending:
        yield f"{above}{last}", at(value, parse_path(last.removesuffix("[*]")))
