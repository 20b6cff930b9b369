"""Types of a stack that no control is written for: they are named once, so that silence is never a pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from guardrails.engine.packs import load_controls
from guardrails.model.resource import Resource

_OF_A_PROVIDER = re.compile(r"[\w-]+:\*")
"""A control that looks at every type of a provider is written for none."""


@cache
def reviewed() -> dict[str, str]:
    """Type -> why nothing of its own needs a control."""
    return yaml.safe_load(Path(__file__).with_name("reviewed_types.yaml").read_text(encoding="utf-8"))


@cache
def _written_for() -> tuple[frozenset[str], re.Pattern[str]]:
    """The types that controls name, and what those types look like that they name by a pattern."""
    types = {type_ for control in load_controls().values() for type_ in control.types}
    patterns = {type_ for type_ in types if "*" in type_}
    kinds = (re.escape(each).replace(r"\*", ".*") for each in patterns if not _OF_A_PROVIDER.fullmatch(each))
    return frozenset(types - patterns), re.compile("|".join(kinds) or "(?!)")


def unjudged(resources: Iterable[Resource]) -> Counter[str]:
    """How many resources there are of each type that no control is written for and nobody has reviewed.

    Resources that a provider makes: components and stacks hold nothing of their own.
    """
    found = Counter(resource.type for resource in resources if resource.provider is not None)
    types, kinds = _written_for()
    open_ = (type_ for type_ in found if not type_.startswith("pulumi:") and type_ not in types)
    return Counter({type_: found[type_] for type_ in open_ if not kinds.fullmatch(type_) and type_ not in reviewed()})
