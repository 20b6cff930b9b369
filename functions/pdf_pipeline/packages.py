"""What is stored of a document, gzip-compressed: the same document gives the same bytes.

Files are made on disk, part after part: the largest document takes no more memory than its largest part.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

METADATA, TEXT, VECTORS = MEMBERS = ("metadata.json", "text.txt", "vectors.jsonl")
"""What is in a package."""


def digest(text: str) -> str:
    """A name for a text, of 32 characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def zipped(content: bytes) -> bytes:
    """Compressed; without the time."""
    return gzip.compress(content, mtime=0)


@contextmanager
def zipped_file(path: Path) -> Generator[gzip.GzipFile]:
    """A compressed file to write to, without name and time."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        yield file


def keys(name: str) -> dict[str, str]:
    """Kind of file -> its key, the package last.

    Args:
        name: of the document, without its ending.
    """
    return {
        "text": f"text/{name}.txt.gz",
        "metadata": f"metadata/{name}.json.gz",
        "vectors": f"vectors/{name}.jsonl.gz",
        "package": f"packages/{name}.vkp.tar.gz",
    }


@dataclass(frozen=True)
class Made:
    """What was made of a document.

    Attributes:
        files: kind of file -> the file.
        chunks: of its text.
    """

    files: Mapping[str, Path]
    chunks: int


def write(folder: Path, parts: Iterable[bytes], about: Mapping[str, Any]) -> Made:
    """The text, the metadata, the vectors, and the package of them all.

    Args:
        folder: that they are written to.
        parts: compressed, each a JSON object a line, with page, text and embedding.
        about: the metadata.
    """
    paths = {member: folder / member for member in MEMBERS}
    sizes, chunks = Counter[str](), 0
    with zipped_file(paths[TEXT]) as texts, zipped_file(paths[VECTORS]) as lines:
        for line in (line for part in parts for line in gzip.decompress(part).splitlines(keepends=True)):
            piece = json.loads(line)["text"]
            sizes[TEXT] += texts.write(f"\n{piece}".encode() if chunks else piece.encode())
            sizes[VECTORS] += lines.write(line)
            chunks += 1
    with zipped_file(paths[METADATA]) as file:
        sizes[METADATA] += file.write(json.dumps({**about, "chunks": chunks}, sort_keys=True).encode())
    package = folder / "package"
    with zipped_file(package) as file, tarfile.open(fileobj=cast("IO[bytes]", file), mode="w") as tar:
        for member, path in paths.items():
            described = tarfile.TarInfo(member)
            described.size = sizes[member]
            with gzip.open(path) as content:
                tar.addfile(described, content)
    files = {"text": paths[TEXT], "metadata": paths[METADATA], "vectors": paths[VECTORS], "package": package}
    return Made(files, chunks)
