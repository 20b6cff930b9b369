"""Keeps secrets out of the offline cloud: it sees a fingerprint in place of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from offline.wire import secret_texts

_TELLING: Final = 8
"""Characters: a secret of so many is hidden inside longer texts too; a shorter one might be there by chance."""


class Veil:
    """Hides the secrets of one request, and puts them back into the answer.

    The engine sends the value along with everything that it asks, so nobody else needs to keep it. Where it doesn't,
    as in an import, the fingerprint is the answer.
    """

    def __init__(self, *structs: struct_pb2.Struct) -> None:
        texts = set[str]().union(*map(secret_texts, structs))
        self._hidden = {text: _fingerprint(text) for text in texts}
        self._shown = {fingerprint: text for text, fingerprint in self._hidden.items()}

    def hide(self, value: Any) -> Any:
        """`value` with fingerprints."""
        return _replaced(value, self._hidden) if self._hidden else value

    def show(self, value: Any) -> Any:
        """`value` with the secrets that this request has brought."""
        return _replaced(value, self._shown) if self._shown else value


def _fingerprint(text: str) -> str:
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
