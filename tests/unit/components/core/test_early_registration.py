"""Registrations begin between the layers of a program."""

import asyncio

from components.core.early_registration import begun

TURNS = 40
"""Of the event loop, which a registration with nested values takes."""


def test_what_a_layer_declares_is_registered_before_the_next_layer():
    registered = []

    async def register(name):
        for _ in range(TURNS):
            await asyncio.sleep(0)
        registered.append(name)

    async def program():
        declared = asyncio.ensure_future(register("queue"))
        assert await begun("layer") == "layer"
        assert registered == ["queue"]
        await declared

    asyncio.run(program())
