"""``python3 -m bootstrap``: bring up all that the project's commands need; at once when it is there already."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Set up, or say in one sentence what is missing and how to get it."""
    if sys.version_info < OLDEST_PYTHON:
        return with_newer_python()
    from bootstrap import engine, packages
    from bootstrap.progress import SetupError

    try:
        with alone(), ThreadPoolExecutor() as pool:
            steps = [pool.submit(packages.install, ROOT), pool.submit(engine.install, ROOT)]
            for running in steps:
                running.result()
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"set-up: {error}; nothing half-made is used, run it again when that is mended", file=sys.stderr)
        return 1
    return 0


def with_newer_python() -> int:
    """Run again with the newest suitable Python on PATH."""
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)  # noqa: UP031 - must parse on the Python that is too old
        if newer:
            return subprocess.call([newer, "-m", "bootstrap"], cwd=str(ROOT))
    print(
        "set-up: Python 3.11 or newer is needed, this is %s; install it or name it: make PYTHON=/path/to/python3.11"  # noqa: UP031
        % sys.version.split()[0],
        file=sys.stderr,
    )
    return 1


@contextmanager
def alone() -> Generator[None]:
    """Hold the set-up lock, waiting for another set-up of the same clone to end."""
    (ROOT / ".smile").mkdir(exist_ok=True)
    try:
        lock = (ROOT / ".smile" / "setup.lock").open("w")
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        yield  # where nothing can be written, nobody else sets up, and what is there may be all that is needed
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("set-up: waiting for another one that runs in this clone", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    sys.exit(main())
