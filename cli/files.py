"""Files that an option names: one sentence, which names the file and what is valid, where they can't be used."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cli.sandbox import SandboxError


@contextmanager
def expecting(valid: str) -> Generator[None]:
    """In it, a file that can't be read or written ends the command.

    Args:
        valid: what the file must be.

    Raises:
        SandboxError: names it, says why it can't be used, and what is valid.
    """
    try:
        yield
    except OSError as error:
        raise SandboxError(f"{error.filename}: {error.strerror}; valid: {valid}") from None


def prepare(file: Path) -> Path:
    """Make the folder that a file is to be written into, and say so; before the work whose result goes there.

    Raises:
        SandboxError: it can't be made, or the file is a folder.
    """
    with expecting("the name of a file, in a folder that may be written to"):
        is_there = file.parent.is_dir()
        file.parent.mkdir(parents=True, exist_ok=True)
        if not is_there:
            print(f"made the folder {file.parent}", file=sys.stderr)
        if file.is_dir():
            raise IsADirectoryError(0, "is a folder", str(file))
    return file
