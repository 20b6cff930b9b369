"""What is stored of a document, gzip-compressed: the same document gives the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any


def digest(text: str) -> str:
    """A name for a text, of 32 characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def zipped(content: bytes) -> bytes:
    """Compressed; without the time."""
    return gzip.compress(content, mtime=0)


def unzipped(content: bytes) -> bytes:
    """What was compressed."""
    return gzip.decompress(content)


def files(name: str, vectors: bytes, about: Mapping[str, Any]) -> dict[str, bytes]:
    """Key -> content: the text, the metadata, the vectors, and the package of them all, which comes last.

    Args:
        name: of the document, without its ending.
        vectors: a JSON object a line, with page, text and embedding.
        about: the metadata.
    """
    lines = [json.loads(line) for line in vectors.splitlines()]
    text = "\n".join(line["text"] for line in lines).encode()
    metadata = json.dumps({**about, "chunks": len(lines)}, sort_keys=True).encode()
    return {
        f"text/{name}.txt.gz": zipped(text),
        f"metadata/{name}.json.gz": zipped(metadata),
        f"vectors/{name}.jsonl.gz": zipped(vectors),
        f"packages/{name}.vkp.tar.gz": archive({"metadata.json": metadata, "text.txt": text, "vectors.jsonl": vectors}),
    }


def archive(members: Mapping[str, bytes]) -> bytes:
    """A compressed archive of files."""
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w") as tar:
        for name, content in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return zipped(found.getvalue())
