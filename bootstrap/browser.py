"""Chromium, what drives it, and axe-core, which knows the rules of accessibility: npm packages."""

from __future__ import annotations

from pathlib import Path

from bootstrap.npm import Tool

BROWSER = Tool(Path(__file__).with_suffix("") / "browse.mjs", "Chromium (70 MB)")


def install(root: Path) -> list[str]:
    """The command that opens pages, a line of JSON each; the variable CHROMIUM names another browser than npm's.

    Raises:
        SetupError: npm can't get the packages.
    """
    return BROWSER.install(root)
