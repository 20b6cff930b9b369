"""ELK, which places the boxes and lines of a stack's picture: an npm package, as the simulator's are."""

from __future__ import annotations

from pathlib import Path

from bootstrap.npm import Tool

LAYOUT = Tool(Path(__file__).with_suffix("") / "layout.mjs", "layout of pictures")


def install(root: Path) -> list[str]:
    """The command that reads a graph and writes it with places.

    Raises:
        SetupError: npm can't get the packages.
    """
    return LAYOUT.install(root)
