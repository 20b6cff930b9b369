"""Lets the engine begin with what a program has declared while the program declares the rest."""

from __future__ import annotations

import asyncio
from typing import TypeVar

Layer = TypeVar("Layer")

TURNS = 100
"""Of the event loop; a resource takes some ten from its constructor to its request to the engine."""


async def begun(layer: Layer) -> Layer:
    """A layer, once its registrations have begun. For programs that are given to ``pulumi.run``.

    What the SDK does for a resource after its constructor, it does on the event loop, which a program keeps busy until
    its last line: the engine would wait for the whole program, and all that is to be done be in memory at once.

    It changes nothing for a program that fails in a later layer: what was declared before is registered then, too.
    """
    for _ in range(TURNS):
        await asyncio.sleep(0)
    return layer
