"""The rules of tags, keys and protection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.encryption.settings import LONGEST_WINDOW
from settings.rule import rule
from settings.stack import Settings


@rule
def tag_names_differ(settings: Settings) -> Iterator[Finding]:
    """AWS doesn't tell the names of IAM tags apart by case."""
    counted = Counter(name.lower() for name in settings.tags.extra)
    for name in settings.tags.extra:
        if counted[name.lower()] > 1:
            counted[name.lower()] = 0
            yield Finding(("tags", "extra", name), "another tag differs by case only", "names that differ otherwise")


@rule
def records_outlive_the_stack(settings: Settings) -> Iterator[Finding]:
    """Whoever deletes a stack that testers depend on doesn't delete its audit logs (SMILE-AUDIT-07)."""
    if settings.kind == "staging" and not settings.protection.retain_on_delete:
        yield Finding(("protection", "retain_on_delete"), "got false", "true in staging; false in development only")


@rule
def production_is_protected(settings: Settings) -> Iterator[Finding]:
    """Stateful resources of prod can't be deleted by accident (SMILE-GEN-07, SMILE-SEC-22)."""
    if not settings.is_production:
        return
    for name, value in settings.protection:
        if not value:
            yield Finding(("protection", name), "got false", "true in production")
    days = settings.encryption.deletion_window_days
    if days != LONGEST_WINDOW:
        yield Finding(("encryption", "deletion_window_days"), f"got {days}", f"{LONGEST_WINDOW} in production")
