"""The section ``release``: which share of each public service's requests goes to which colour."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.core.settings.field import About, setting
from components.core.settings.section import Section
from components.edge.names import ServiceName

Colour = Literal["blue", "green"]
COLOURS: tuple[Colour, ...] = ("blue", "green")
PERCENT = About(unit="% of requests", valid="0 to 100; blue and green make 100")
Step = Annotated[int, Field(ge=1, le=100)]


class Weights(Section):
    """How one service's requests are split between its two target groups."""

    blue: int = setting(100, "share of the blue pods", PERCENT, ge=0, le=100)
    green: int = setting(0, "share of the green pods", PERCENT, ge=0, le=100)

    @property
    def by_colour(self) -> dict[Colour, int]:
        """Colour -> share in %."""
        return {"blue": self.blue, "green": self.green}

    @property
    def live(self) -> Colour:
        """The colour with the larger share; blue where they are equal."""
        return "green" if self.green > self.blue else "blue"


class Release(Section):
    """Blue/green: a release goes to the colour without requests, and then gets them step by step."""

    steps: tuple[Step, ...] = setting(
        (10, 50, 100),
        "shares that the new colour is given one after the other: canary first, everything last",
        About(unit="% of requests", valid="1 to 100, rising, the last one 100"),
        min_length=1,
    )
    weights: dict[ServiceName, Weights] = setting(
        {},
        "service -> shares; all to blue where there are none",
        About(valid="public services, such as orders: {blue: 90, green: 10}"),
    )

    underway: dict[ServiceName, Colour] = setting(
        {},
        "service -> the colour that is being released",
        About(valid="services of weights, such as orders: green", choices=COLOURS),
    )

    def of(self, service: str) -> Weights:
        """The shares of one service."""
        return self.weights.get(service, Weights())
