"""One line per long step, and a sign of life while it runs."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

HEARTBEAT_SECONDS = 15


class SetupError(Exception):
    """Set-up can't go on; the message is one sentence with the remedy."""


def say(line: str) -> None:
    """Write one progress line to standard error."""
    print(f"set-up: {line}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Generator[None]:
    """Announce ``title``, repeat it with the seconds gone by while it runs, and say when it is done."""
    started = time.monotonic()
    finished = threading.Event()

    def heartbeat() -> None:
        while not finished.wait(HEARTBEAT_SECONDS):
            say(f"{title} ... {time.monotonic() - started:.0f} s")

    say(title)
    thread = threading.Thread(target=heartbeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    say(f"{title}: done in {time.monotonic() - started:.0f} s")
