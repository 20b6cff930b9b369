"""One line when a long step begins and one when it ends; on a terminal, a line that moves in between."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

REDRAW_SECONDS = 0.5
CLEAR = "\r\033[K"
WIDTH = 79

_writing = threading.Lock()
_running: dict[str, float] = {}
"""Title of each step that runs, and when it began: steps run side by side."""


class SetupError(Exception):
    """Set-up can't go on; the message is one sentence with the remedy."""


def say(line: str) -> None:
    """Write one progress line to standard error."""
    with _writing:
        print(f"{CLEAR if sys.stderr.isatty() else ''}set-up: {line}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Generator[None]:
    """Announce ``title``, show the seconds gone by while it runs, and say when it is done."""
    started = time.monotonic()
    finished = threading.Event()
    say(title)
    _running[title] = started
    thread = threading.Thread(target=redraw, args=(finished,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        del _running[title]
        finished.set()
        thread.join()
    say(f"{title}: done in {time.monotonic() - started:.0f} s")


def redraw(finished: threading.Event) -> None:
    """Keep the moving line up to date, where there is a terminal."""
    while sys.stderr.isatty() and not finished.wait(REDRAW_SECONDS):
        now = time.monotonic()
        with _writing:
            line = " · ".join(f"{title} {now - started:.0f} s" for title, started in list(_running.items()))
            print(f"{CLEAR}{line[:WIDTH]}", end="", file=sys.stderr, flush=True)
