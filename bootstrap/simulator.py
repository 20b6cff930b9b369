"""The IAM simulator for tests: npm packages under .smile, run by the Node.js of the virtual environment."""

from __future__ import annotations

from pathlib import Path

from bootstrap.npm import Tool

SIMULATOR = Tool(Path(__file__).with_suffix("") / "simulate.mjs", "IAM simulator")


def install(root: Path) -> list[str]:
    """The command that answers questions.

    Raises:
        SetupError: npm can't get the packages.
    """
    return SIMULATOR.install(root)
