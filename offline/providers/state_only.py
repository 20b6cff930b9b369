"""The random and TLS providers: values are drawn once, at creation, and then only live in the engine's state."""

# ruff: noqa: ARG001, ARG002 - the protocol of a package says what its operations take

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from offline.outputs.seeded_random import SeededRandom
from offline.provider import Difference, OfflineError, State, Target, compare
from offline.schema.catalogue import resource_type
from offline.schema.replacement import replacement
from offline.schema.validation import Failure, check
from offline.wire.values import UNKNOWN, Properties

_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_DIGITS: Final = "0123456789"
_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
_ADJECTIVES: Final = ("calm", "brave", "eager", "gentle", "keen", "lively", "noble", "proud", "quick", "wise")
_ANIMALS: Final = ("anoa", "banteng", "cuscus", "dugong", "garuda", "komodo", "maleo", "orangutan", "rusa", "tarsier")
_BCRYPT_OFFLINE: Final = "$2a$10$"

Maker = Callable[[Mapping[str, Any], SeededRandom], tuple[str, Properties]]


def _shuffle(items: list[Any], rng: SeededRandom) -> list[Any]:
    return [
        item for _, item in sorted((rng.number(1 << 30, f"shuffle{index}"), item) for index, item in enumerate(items))
    ]


def _text(inputs: Mapping[str, Any], rng: SeededRandom) -> str:
    """Text of the asked length with at least the asked number of each class of characters."""
    special = str(inputs.get("overrideSpecial") or _SPECIAL)
    classes = (("lower", _LOWER), ("upper", _LOWER.upper()), ("numeric", _DIGITS), ("special", special))
    alphabet, chosen = "", list[str]()
    for name, letters in classes:
        if inputs.get(name, inputs.get("number", True) if name == "numeric" else True) is False:
            continue
        alphabet += letters
        least = int(inputs.get(f"min{name.capitalize()}") or 0)
        chosen += [letters[rng.number(len(letters), f"{name}{index}")] for index in range(least)]
    length = int(inputs["length"])
    if not alphabet or len(chosen) > length:
        raise OfflineError(
            f"length must be at least the sum of the minima ({len(chosen)}) and a class be allowed; got {length}"
        )
    chosen += [alphabet[rng.number(len(alphabet), f"any{index}")] for index in range(length - len(chosen))]
    return "".join(_shuffle(chosen, rng))


def _string(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    text = _text(inputs, rng)
    return text, {"result": text}


def _password(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    text = _text(inputs, rng)
    return "none", {"result": text, "bcryptHash": _BCRYPT_OFFLINE + rng.text("lower", 53, "bcrypt")}


def _id(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    raw = bytes(rng.number(256, str(index)) for index in range(int(inputs["byteLength"])))
    prefix = str(inputs.get("prefix") or "")
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return url, {
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "b64Url": prefix + url,
        "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
    }


def _pet(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    length = int(inputs.get("length") or 2)
    words = [_ADJECTIVES[rng.number(10, str(index))] for index in range(length - 1)] + [_ANIMALS[rng.number(10, "pet")]]
    prefix = [str(inputs["prefix"])] if inputs.get("prefix") else []
    return str(inputs.get("separator", "-")).join(prefix + words), {}


def _integer(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    low, high = int(inputs["min"]), int(inputs["max"])
    if low > high:
        raise OfflineError(f"min ({low}) must not be greater than max ({high})")
    number = low + rng.number(high - low + 1)
    return str(number), {"result": number}


def _uuid(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    text = rng.uuid()
    return text, {"result": text}


def _permutation(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    items = _shuffle(list(inputs.get("inputs") or ()), rng)
    count = int(inputs.get("resultCount") or len(items))
    results = [items[index % len(items)] for index in range(count)] if items else []
    return "-", {"results": results}


def _certificate(rng: SeededRandom) -> Properties:
    return {
        "sha1Fingerprint": rng.text("hex", 40),
        "certPem": "",
        "isCa": True,
        "issuer": "CN=offline",
        "subject": "CN=offline",
        "notAfter": "2036-01-01T00:00:00Z",
        "notBefore": "2026-01-01T00:00:00Z",
        "publicKeyAlgorithm": "RSA",
        "serialNumber": rng.text("digits", 20),
        "signatureAlgorithm": "SHA256-RSA",
        "version": 3,
        "maxPathLength": 0,
    }


_RANDOM: Final[dict[str, Maker]] = {
    "random:index/randomBytes:RandomBytes": lambda inputs, rng: (
        "none",
        {
            "base64": base64.b64encode(rng.text("hex", int(inputs["length"])).encode()).decode(),
            "hex": rng.text("hex", int(inputs["length"])).encode().hex(),
        },
    ),
    "random:index/randomId:RandomId": _id,
    "random:index/randomInteger:RandomInteger": _integer,
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomPet:RandomPet": _pet,
    "random:index/randomShuffle:RandomShuffle": _permutation,
    "random:index/randomString:RandomString": _string,
    "random:index/randomUuid:RandomUuid": _uuid,
}
_RANDOM_DEFAULTS: Final = {"special": True, "upper": True, "lower": True, "numeric": True, "number": True}


class StateOnly:
    """Implements `Provider` for packages whose resources exist nowhere but in the state."""

    remembers = False

    def __init__(self, name: str, version: str, makers: Callable[[], Mapping[str, Maker]]) -> None:
        self.name = name
        self.version = version
        self._makers = makers

    def check_config(self, config: Properties) -> list[Failure]:
        """Nothing to configure."""
        return []

    def check(self, target: Target, old: Properties, new: Properties) -> tuple[Properties, list[Failure]]:
        """Validated inputs."""
        return new, check(resource_type(target.type), new)

    def diff(self, target: Target, old: Properties, new: Properties) -> Difference:
        """Nearly everything replaces: another wish needs another draw."""
        changes = compare(old, new)
        forcing = replacement(resource_type(target.type))
        return Difference(
            changes=changes, replaces=frozenset(path for path in changes if path.split(".")[0] in forcing)
        )

    def create(self, target: Target, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Draw the values, from the URN and the inputs."""
        kind = resource_type(target.type)
        defaults = {key: value for key, value in _RANDOM_DEFAULTS.items() if key in kind.outputs}
        outputs = {**defaults, **inputs}
        if preview:
            unknown = {name: UNKNOWN for name, prop in kind.outputs.items() if prop.required and name not in outputs}
            return "", {**outputs, **unknown}
        maker = self._makers().get(target.type)
        if maker is None:
            raise OfflineError(f"{target.type} is not available offline")
        id_, drawn = maker(inputs, SeededRandom(target.urn, repr(sorted(inputs.items(), key=str))))
        return id_, {**outputs, **drawn}

    def read(self, target: Target, id_: str, state: State) -> tuple[str, Properties, Properties] | None:
        """Only the engine's state knows the values: refresh keeps them, import takes the id as the value."""
        inputs, outputs = state
        return id_, inputs, outputs or {"result": id_}

    def update(self, target: Target, id_: str, old: State, new: Properties, *, preview: bool) -> Properties:
        """Keep what was drawn."""
        return {**old[1], **new}

    def delete(self, target: Target, id_: str) -> None:
        """Nothing exists anywhere."""

    def invoke(self, token: str, arguments: Properties, config: Properties) -> tuple[Properties, list[Failure]]:
        """Only a server's certificate, as its fingerprint is what programs ask for."""
        if token == "tls:index/getCertificate:getCertificate":  # noqa: S105 - a function's name
            rng = SeededRandom(arguments.get("url"))
            return {"id": rng.text("hex", 40), "certificates": [_certificate(rng)], **arguments}, []
        raise OfflineError(f"{token} is not available offline")


def random_makers() -> Mapping[str, Maker]:
    """How each type of the random package is drawn."""
    return _RANDOM
