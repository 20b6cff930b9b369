"""Days and moments. Written without quotes, YAML makes them times, and the engine hands them over as Go prints them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

GO_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)(?: \S+)?")
"""Such as ``2026-03-02 09:15:00 +0700 +07``."""


def day(value: object) -> object:
    """Read a day from text; anything else as it is.

    Raises:
        ValueError: the text is none.
    """
    return read(date, value.removesuffix(" 00:00:00 +0000 UTC")) if isinstance(value, str) else value


def moment(value: object) -> object:
    """Read a moment from text; anything else as it is.

    Raises:
        ValueError: the text is none.
    """
    if not isinstance(value, str):
        return value
    printed = GO_TIME.fullmatch(value)
    return read(datetime, "{}T{}{}:{}".format(*printed.groups()) if printed else value)


def read(kind: type[date], text: str) -> date:
    """A day or a moment from its ISO form.

    Raises:
        ValueError: it isn't in that form; without a reason, for what is valid says it all.
    """
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise ValueError("") from None


Day = Annotated[date, BeforeValidator(day)]
Moment = Annotated[AwareDatetime, BeforeValidator(moment)]
