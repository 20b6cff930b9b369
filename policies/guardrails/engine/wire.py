"""From the engine's messages, or its JSON, to plain values, once per resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value

from guardrails.model.resource import Properties
from guardrails.model.values import UNKNOWN, extend_path

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
HIDDEN = "[secret]"
"""What the engine writes in place of a secret."""

TEXT_NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        TEXT_NOT_KNOWN,  # string, and in practice every other kind
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def read_properties(struct: Struct) -> Properties:
    """The properties in the engine's wire format as plain values.

    Whole numbers become int. Secrets are unwrapped and their paths remembered. An asset or archive stays the dict that
    describes it (``path``, ``text``, ``uri``, ``assets``, ``hash``), without its marker; a reference to a resource
    is its id, or its URN without one.
    """
    secrets: list[str] = []
    fields = struct.fields
    values = {key: _read(fields[key], key, secrets) for key in fields}
    return values, frozenset(secrets)


def _read(value: Value, path: str, secrets: list[str]) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text in _UNKNOWNS else text
        case "struct_value":
            fields = value.struct_value.fields
            if SIGNATURE in fields:
                return _read_marked(value.struct_value, path, secrets)
            return {key: _read(fields[key], extend_path(path, key), secrets) for key in fields}
        case "list_value":
            items = value.list_value.values
            return [_read(item, f"{path}[{index}]", secrets) for index, item in enumerate(items)]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _read_marked(struct: Struct, path: str, secrets: list[str]) -> Any:
    fields = struct.fields
    match fields[SIGNATURE].string_value:
        case signature if signature == SECRET:
            secrets.append(path)
            return _read(fields["value"], path, secrets)
        case signature if signature == _OUTPUT:
            if "secret" in fields and fields["secret"].bool_value:
                secrets.append(path)
            return _read(fields["value"], path, secrets) if "value" in fields else UNKNOWN
        case signature if signature == _REFERENCE:
            identity = _read(fields["id"], path, secrets) if "id" in fields else None
            return identity if identity not in (None, "") else _read(fields["urn"], path, secrets)
        case _:
            return {key: _read(fields[key], extend_path(path, key), secrets) for key in fields if key != SIGNATURE}


def read_state(properties: Mapping[str, Any]) -> Properties:
    """`read_properties` of what a state or a preview has as JSON, where most secrets are encrypted or left out.

    What a secret was is unknown then, and that it is one is known.
    """
    secrets: list[str] = []
    values = {key: _plain(value, key, secrets) for key, value in properties.items()}
    return values, frozenset(secrets)


def _plain(value: Any, path: str, secrets: list[str]) -> Any:
    match value:
        case str():
            if value == HIDDEN:
                secrets.append(path)
                return UNKNOWN
            return UNKNOWN if value in _UNKNOWNS else value
        case dict():
            if SIGNATURE in value:
                return _plain_marked(value, path, secrets)
            return {key: _plain(each, extend_path(path, key), secrets) for key, each in value.items()}
        case list():
            return [_plain(each, f"{path}[{index}]", secrets) for index, each in enumerate(value)]
        case float():
            return int(value) if value.is_integer() else value
        case _:
            return value


def _plain_marked(marked: Mapping[str, Any], path: str, secrets: list[str]) -> Any:
    match marked[SIGNATURE]:
        case signature if signature == SECRET:
            secrets.append(path)
            if "plaintext" in marked:  # pulumi stack export --show-secrets: the value's JSON
                return _plain(json.loads(marked["plaintext"]), path, secrets)
            return _plain(marked["value"], path, secrets) if "value" in marked else UNKNOWN
        case signature if signature == _OUTPUT:
            if marked.get("secret"):
                secrets.append(path)
            return _plain(marked["value"], path, secrets) if "value" in marked else UNKNOWN
        case signature if signature == _REFERENCE:
            return marked.get("id") or marked.get("urn")
        case _:
            found = ((key, each) for key, each in marked.items() if key != SIGNATURE)
            return {key: _plain(each, extend_path(path, key), secrets) for key, each in found}
