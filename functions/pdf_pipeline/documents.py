"""PDF documents: pages, their text, and its chunks. However large a file is, it stays on disk."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError

CHUNK_CHARACTERS, OVERLAP_CHARACTERS = 2000, 200
"""Far below the 50,000 characters and 8,192 tokens that Titan Text Embeddings V2 takes
(https://docs.aws.amazon.com/bedrock/latest/userguide/titan-embedding-models.html)."""
HEADER_BYTES = 1024
"""Among which readers look for the header of a PDF."""
REPAIR_BYTES = 200 * 1024 * 1024
"""Up to which a file without a valid cross-reference table is repaired: pypdf reads it into memory for that."""


class UnreadableError(Exception):
    """A file that stays unreadable however often it is tried."""


class Source(io.BufferedReader):
    """A file on disk, of which as much is in memory as somebody reads at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Some of it.

        Raises:
            UnreadableError: all of it is wanted, and it is too large for that.
        """
        if (size is None or size < 0) and length(self) > REPAIR_BYTES:
            raise UnreadableError(f"damaged or cut off, and with more than {REPAIR_BYTES} bytes too large to repair")
        return super().read(size)


@dataclass(frozen=True)
class Document:
    """A PDF."""

    reader: PdfReader
    pages: int

    def texts(self, first: int, last: int) -> Iterator[tuple[int, str]]:
        """Page, from zero, and its text, of a range of pages.

        Raises:
            UnreadableError: a page is damaged.
        """
        for page in range(first, last):
            try:
                text = self.reader.pages[page].extract_text()
            except DAMAGES as error:
                raise UnreadableError(f"page {page + 1} is damaged: {error}") from error
            # pypdf keeps every object that it has met, pictures included.
            self.reader.resolved_objects.clear()
            yield page, text


DAMAGES = (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
"""What pypdf raises of a damaged file: a parser meets what its author never saw."""


def read(file: BinaryIO) -> Document:
    """A document in a file on disk, or in memory.

    Raises:
        UnreadableError: it is empty, no PDF, cut off, encrypted, or has no pages.
    """
    if not length(file):
        raise UnreadableError("an empty file")
    if b"%PDF-" not in file.read(HEADER_BYTES):
        raise UnreadableError("not a PDF")
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise UnreadableError("encrypted: upload it without a password")
        pages = len(reader.pages)
    except DependencyError as error:
        raise UnreadableError("encrypted with AES: upload it without a password") from error
    except DAMAGES as error:
        raise UnreadableError(f"damaged or cut off: {error}") from error
    if not pages:
        raise UnreadableError("no pages: damaged or cut off")
    return Document(reader, pages)


def length(file: BinaryIO) -> int:
    """Bytes of a file."""
    position = file.tell()
    found = file.seek(0, io.SEEK_END)
    file.seek(position)
    return found


def chunks(text: str, size: int = CHUNK_CHARACTERS, overlap: int = OVERLAP_CHARACTERS) -> Iterator[str]:
    """Pieces of a text that overlap, without white space around; none of an empty one."""
    text = " ".join(text.split())
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        if piece := text[start : start + size].strip():
            yield piece
