"""Keeps secrets out of the mock cloud: it sees a hash in place of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from offline.wire.values import secret_texts

_TELLING: Final = 8
"""Characters: a secret of so many is hidden inside longer texts too; a shorter one might be there by chance."""


class Redaction:
    """Hides the secrets of one request, and puts them back into the answer.

    The engine sends the value along with everything that it asks, so nobody else needs to keep it. Where it doesn't,
    as in an import, the hash is what it gets.
    """

    def __init__(self, *structs: struct_pb2.Struct) -> None:
        texts = set[str]().union(*map(secret_texts, structs))
        self._hashes = {text: _hash(text) for text in texts}
        self._secrets = {hash_: text for text, hash_ in self._hashes.items()}

    def redact(self, value: Any) -> Any:
        """`value` with hashes in place of secrets."""
        return _replaced(value, self._hashes) if self._hashes else value

    def restore(self, value: Any) -> Any:
        """`value` with the secrets that this request has brought."""
        return _replaced(value, self._secrets) if self._secrets else value


def _hash(text: str) -> str:
    return f"secret-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, words) for item in value]
    if not isinstance(value, str):
        return value
    if value in words:
        return words[value]
    for word, other in words.items():
        if len(word) >= _TELLING:
            value = value.replace(word, other)
    return value
