"""PDF documents: pages, their text, and its chunks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError

CHUNK_CHARACTERS, OVERLAP_CHARACTERS = 2000, 200
"""Far below the 50,000 characters and 8,192 tokens that Titan Text Embeddings V2 takes
(https://docs.aws.amazon.com/bedrock/latest/userguide/titan-embedding-models.html)."""
HEADER_BYTES = 1024
"""Among which readers look for the header of a PDF."""


class UnreadableError(Exception):
    """A file that stays unreadable however often it is tried."""


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
                yield page, self.reader.pages[page].extract_text()
            except DAMAGES as error:
                raise UnreadableError(f"page {page + 1} is damaged: {error}") from error


DAMAGES = (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
"""What pypdf raises of a damaged file: a parser meets what its author never saw."""


def read(content: bytes) -> Document:
    """A document.

    Raises:
        UnreadableError: it is empty, no PDF, cut off, encrypted, or has no pages.
    """
    if not content:
        raise UnreadableError("an empty file")
    if b"%PDF-" not in content[:HEADER_BYTES]:
        raise UnreadableError("not a PDF")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
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


def chunks(text: str, size: int = CHUNK_CHARACTERS, overlap: int = OVERLAP_CHARACTERS) -> Iterator[str]:
    """Pieces of a text that overlap, without white space around; none of an empty one."""
    text = " ".join(text.split())
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        if piece := text[start : start + size].strip():
            yield piece
