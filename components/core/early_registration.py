"""Lets the engine begin with what a program has declared while the program declares the rest."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import pulumi

Layer = TypeVar("Layer")

ROUNDS = 100
"""Turns of the event loop; a resource takes about ten from its constructor to its request to the engine."""


async def begun(layer: Layer) -> Layer:
    """A layer, once its registrations have begun. For programs that are given to ``pulumi.run``.

    All that the SDK does for a resource after its constructor, it does on the event loop, which a program keeps busy until
    its last line: the engine would wait for the whole program, and everything of all resources be in memory at once.

    In previews alone: an update must not have begun when a later line of the program turns out to be wrong.
    """
    for _ in range(ROUNDS if pulumi.runtime.is_dry_run() else 0):
        await asyncio.sleep(0)
    return layer
