"""The rules of tracing: outside development, insights are on and traces are encrypted with somebody's key."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings


@rule
def failures_are_found(settings: Settings) -> Iterator[Finding]:
    """Trace analytics are for whoever has users (SMILE-OBS-10)."""
    if not settings.is_development and not settings.tracing.insights:
        yield Finding(("tracing", "insights"), f"got false in {settings.kind}", "true; false in development only")


@rule
def traces_are_encrypted(settings: Settings) -> Iterator[Finding]:
    """With a key that the account has the say over."""
    if not settings.is_development and settings.tracing.encryption == "none":
        valid = f"stack, or account where somebody else sets the key, in {settings.kind}; none in development only"
        yield Finding(("tracing", "encryption"), "got none", valid)
