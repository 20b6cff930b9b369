"""Deterministic identifiers: the same resource with the same inputs always gets the same ids and addresses."""

from __future__ import annotations

import hashlib
import re
import string
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_DRAW: Final = re.compile(r"(hex|HEX|digits|upper|lower)(\d+)")
_ALPHABETS: Final = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "lower": string.ascii_lowercase + string.digits,
}
_LOOKED_UP: Final = re.compile(r"[a-z]+(?:-[a-z]+)*-[0-9a-f]{17}")


class SeededRandom:
    """Draws values from a seed; each label is a draw of its own."""

    def __init__(self, *seed: object) -> None:
        self._seed = repr(seed).encode()

    def text(self, alphabet: str, length: int, label: str = "") -> str:
        """`length` characters of an alphabet: hex, HEX, digits, upper (and digits), lower (and digits)."""
        letters = _ALPHABETS[alphabet]
        stream = hashlib.shake_256(self._seed + alphabet.encode() + label.encode()).digest(length)
        return "".join(letters[byte % len(letters)] for byte in stream)

    def number(self, below: int, label: str = "") -> int:
        """A number from 0 to `below` - 1."""
        return int.from_bytes(hashlib.sha256(self._seed + label.encode()).digest()[:6], "big") % below

    def uuid(self, label: str = "") -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(bytes=hashlib.sha256(self._seed + label.encode()).digest()[:16], version=4))

    def like(self, example: str, label: str = "") -> str:
        """Text of the same shape: digits and hexadecimal runs change, words and separators stay."""

        def redraw(match: re.Match[str]) -> str:
            run, place = match[0], f"{label}{match.start()}"
            if run.isalpha() and not re.fullmatch(r"[a-f]{8,}", run):
                return run
            if run.isdigit():
                return self.text("digits", len(run), place)
            if re.fullmatch(r"[0-9a-f]+", run):
                return self.text("hex", len(run), place)
            return self.text("upper" if run.isupper() else "lower", len(run), place)

        return re.sub(r"[0-9A-Za-z]+", redraw, example)

    def fill(self, template: str, values: Mapping[str, Any], otherwise: Callable[[str], Any] | None = None) -> str:
        """A template with `{name}` from `values` and draws such as `{hex17}`, `{uuid}`, `{ip}`."""

        def part(match: re.Match[str]) -> str:
            name, _, label = match[1].partition("#")
            if name in values:
                return str(values[name])
            if (draw := _DRAW.fullmatch(name)) is not None:
                return self.text(draw[1], int(draw[2]), label)
            if name == "uuid":
                return self.uuid(label)
            if name == "ip":
                last = (self.number(250, f"{label}{index}") for index in range(2))
                return ".".join(map(str, (108, 136 + self.number(4, label), *last)))
            found = otherwise(name) if otherwise else None
            return str(found) if found is not None else self.text("hex", 8, name)

        return _PLACEHOLDER.sub(part, template)


def looked_up_id(prefix: str, *seed: object) -> str:
    """An id for something that a lookup found outside the cloud; `is_looked_up` recognises it later."""
    start = f"{prefix}-{SeededRandom(*seed).text('hex', 12, 'looked up')}"
    return start + _check_digits(start)


def is_looked_up(id_: str) -> bool:
    """Whether an id came from `looked_up_id`."""
    return bool(_LOOKED_UP.fullmatch(id_)) and id_[-5:] == _check_digits(id_[:-5])


def _check_digits(start: str) -> str:
    return hashlib.sha256(start.encode()).hexdigest()[:5]
