"""``@rule`` adds a rule over several settings, or one that differs by kind of environment."""

from collections.abc import Iterator

from components.core.settings.finding import Finding, Rules
from components.core.settings.problems import Path
from settings.stack import Settings

rule = Rules[Settings]()


def on_outside_development(settings: Settings, path: Path, *, on: bool) -> Iterator[Finding]:
    """What is wrong with a switch that only a stack which nobody depends on may have off."""
    if not (on or settings.is_development):
        yield Finding(path, "got false", f"true in {settings.kind}; false in development only")
