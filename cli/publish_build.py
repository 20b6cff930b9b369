"""A build of the front end: its files, what they are, and in which order they may appear."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from cli.weights import ReleaseError
from components.edge.frontend_settings import Frontend, api_patterns
from settings.stack import Settings

INDEX = "index.html"
HIDDEN_BUT_MEANT = ".well-known"
KNOWN = mimetypes.MimeTypes(filenames=())
"""Python's own list: what the machine knows besides would differ from one to the next."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""Extension -> content type, of what that list lacks or leaves without a character set. Browsers guess nothing."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a build.

    Attributes:
        path: where it is.
        key: where it goes in the bucket, such as ``assets/app-3f2a.js``.
        hashed: its name changes with its content.
        keep: its Cache-Control.
        sha256: of its content, in base64.
    """

    path: Path
    key: str
    hashed: bool
    keep: str
    sha256: str

    @property
    def type(self) -> str:
        """Its content type."""
        return TYPES.get(self.path.suffix.lower()) or KNOWN.guess_type(self.path.name)[0] or "application/octet-stream"

    @property
    def stage(self) -> Literal[0, 1, 2, 3]:
        """Files of a lower stage are uploaded first: what nobody asks for yet, then other files, then pages."""
        if self.hashed:
            return 0
        return 3 if self.key == INDEX else 2 if self.path.suffix == ".html" else 1


def is_hashed(key: str, frontend: Frontend) -> bool:
    """Whether the distribution keeps a file for long."""
    return any(fnmatchcase(f"/{key}", pattern) for pattern in frontend.hashed_paths)


def read(folder: Path, settings: Settings) -> list[File]:
    """The files of a build.

    Raises:
        ReleaseError: it isn't one, or not all of it could be served.
    """
    if not (folder / INDEX).is_file():
        raise ReleaseError(
            f"{folder}: no folder with an {INDEX}; valid: what the React build made; nothing was changed"
        )
    files = list(files_in(folder, settings.frontend))
    services = api_patterns(settings.services.public.values())
    for file in files:
        parts = file.key.split("/")
        if any(part.startswith(".") and part != HIDDEN_BUT_MEANT for part in parts):
            raise ReleaseError(f"{file.path}: a hidden file, which is no page; take it out; nothing was changed")
        if taken := next((each for each in services if fnmatchcase(f"/{file.key}", each)), None):
            raise ReleaseError(f"{file.path}: {taken} leads to a service, so nobody finds it; nothing was changed")
    return files


def files_in(folder: Path, frontend: Frontend) -> Iterator[File]:
    """All files below a folder, by name."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        key = path.relative_to(folder).as_posix()
        hashed = is_hashed(key, frontend)
        yield File(
            path=path,
            key=key,
            hashed=hashed,
            keep=frontend.keep_hashed if hashed else "no-cache",
            sha256=base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode(),
        )
