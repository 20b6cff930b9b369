"""Deciding with what is known: an unknown value matters only where the known ones leave the answer open.

A question is a function that answers yes or no, or raises `UndeterminedError` because it read an unknown value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from guardrails.model.control import Findings, Violation
from guardrails.model.values import UndeterminedError

Item = TypeVar("Item")
Question = Callable[[], bool]


def all_hold(*questions: Question) -> bool:
    """Whether every answer is yes; one known no decides, whatever is unknown elsewhere.

    Raises:
        UndeterminedError: no answer is no, and one is unknown.
    """
    unknown: UndeterminedError | None = None
    for question in questions:
        try:
            if not question():
                return False
        except UndeterminedError as error:
            unknown = unknown or error
    if unknown:
        raise unknown
    return True


def first_that(items: Iterable[Item], holds: Callable[[Item], bool]) -> Item | None:
    """The first item of which ``holds`` is known to be true; None when it is false of all.

    Raises:
        UndeterminedError: it is true of none, and unknown of one.
    """
    unknown: UndeterminedError | None = None
    for item in items:
        try:
            if holds(item):
                return item
        except UndeterminedError as error:
            unknown = unknown or error
    if unknown:
        raise unknown
    return None


def each(items: Iterable[Item], judge: Callable[[Item], Iterable[Violation | UndeterminedError]]) -> Findings:
    """What ``judge`` finds in each item; an unknown value in one never hides a fault in another."""
    for item in items:
        try:
            yield from judge(item)
        except UndeterminedError as error:
            yield error
