"""How a command ends: with an answer, or refused."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any


class CommandError(Exception):
    """Why a command was not carried out; the message says what to do, in one line where that is possible."""


class NoSuchValueError(CommandError):
    """An option or argument has a value that there isn't; the message says which there are."""


@dataclass(frozen=True)
class Answer:
    """What a command says at its end.

    Attributes:
        data: the document of ``--json``: dataclasses made dicts, whatever else JSON doesn't have as text.
        text: the same for a person; empty where all of it was said on the way.
        code: the exit code.
    """

    data: Any = None
    text: str = ""
    code: int = 0

    def tell(self, *, as_json: bool) -> int:
        """Print it; the exit code."""
        if as_json:
            print(json.dumps(self.data, indent=2, default=str))
        elif self.text:
            print(self.text)
        return self.code


@contextmanager
def kept_for_document() -> Generator[None]:
    """While a command runs, send what it and its processes print to standard error: a document comes alone."""
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(own, 1)
        os.close(own)
