"""A line that moves while something long runs, on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


class MovingLine:
    """The last line of the terminal says what is going on; a context manager.

    Args:
        describe: what the line says, asked several times a second.
    """

    def __init__(self, describe: Callable[[], str]) -> None:
        self._describe = describe
        self._started = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live
            from rich.spinner import Spinner

            self._live = Live(
                Spinner("dots", text=self),  # type: ignore[arg-type] - rich draws what has __rich__ anew each time
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(f"{self._describe()} · {time.monotonic() - self._started:.0f} s", overflow="ellipsis", no_wrap=True)

    @contextmanager
    def paused(self) -> Generator[None]:
        """Take the line away while something else is written."""
        with self._hidden(self._live) if self._live else nullcontext():
            yield

    @staticmethod
    @contextmanager
    def _hidden(live: Live) -> Generator[None]:
        live.stop()
        try:
            yield
        finally:
            live.start()
