"""Values as the engine sends them: protobuf structs with markers for unknowns, secrets and assets.

Inside the providers everything is plain Python: dict, list, str, float/int, bool, None and `UNKNOWN`.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf import struct_pb2

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The value of a property that is only known after the update."""

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker, no secret
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

Properties = dict[str, Any]
Marks = dict[str, Any]
"""Of each property that holds a secret: True where all of it is one, else a dict or list of the same for its parts."""


def decode(struct: struct_pb2.Struct) -> Properties:
    """Turn a struct into plain Python; secrets and outputs become the value they wrap."""
    return {key: _decode_value(value) for key, value in struct.fields.items()}


def _decode_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _unwrap(decode(value.struct_value))
    return None


def _unwrap(mapping: Properties) -> Any:
    signature = mapping.get(SIGNATURE)
    if signature == SECRET_SIGNATURE:
        return mapping.get("value")
    if signature == OUTPUT_SIGNATURE:
        return mapping.get("value", UNKNOWN)
    if signature == RESOURCE_SIGNATURE:
        return mapping.get("id", mapping.get("urn"))
    return mapping


def encode(properties: Properties) -> struct_pb2.Struct:
    """Turn plain Python into a struct."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _encode_into(struct.fields[key], value)
    return struct


def _encode_into(target: struct_pb2.Value, value: Any) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, dict):
        target.struct_value.SetInParent()
        for key, item in value.items():
            _encode_into(target.struct_value.fields[key], item)
    elif isinstance(value, list | tuple):
        target.list_value.SetInParent()
        for item in value:
            _encode_into(target.list_value.values.add(), item)
    else:
        target.null_value = struct_pb2.NULL_VALUE


def secret(value: Any) -> Properties:
    """Mark a value as secret, so that the engine encrypts it in the state."""
    return {SIGNATURE: SECRET_SIGNATURE, "value": value}


def has_unknown(value: Any) -> bool:
    """Whether the value is unknown anywhere inside."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, str) and UNKNOWN in value


def marks(struct: struct_pb2.Struct) -> Marks:
    """Where in a struct the secrets are."""
    return _marks(struct) if _is_special(struct) else {}


def _is_special(struct: struct_pb2.Struct) -> bool:
    """Whether anything in a struct is more than plain JSON; in most there isn't, and reading each value takes long."""
    return SIGNATURE.encode() in struct.SerializeToString()


def _marks(struct: struct_pb2.Struct) -> Marks:
    return {key: found for key, value in struct.fields.items() if (found := _marks_of(value))}


def _marks_of(value: struct_pb2.Value) -> Any:
    value, is_secret = _opened(value)
    if is_secret:
        return True
    if value.HasField("list_value"):
        found = [_marks_of(item) for item in value.list_value.values]
        return found if any(found) else None
    return _marks(value.struct_value)


def _opened(value: struct_pb2.Value) -> tuple[struct_pb2.Value, bool]:
    """What secrets and outputs wrap, and whether it is secret."""
    is_secret = False
    while (fields := value.struct_value.fields) and SIGNATURE in fields:
        signature = fields[SIGNATURE].string_value
        if signature not in {SECRET_SIGNATURE, OUTPUT_SIGNATURE}:
            break
        is_secret = is_secret or signature == SECRET_SIGNATURE or ("secret" in fields and fields["secret"].bool_value)
        value = fields["value"] if "value" in fields else struct_pb2.Value()
    return value, is_secret


def remark(value: Any, where: Any) -> Any:
    """`value` with what was secret in it marked as secret again."""
    if where is True or (where and not isinstance(value, type(where))):  # a part, of what has become one text
        return secret(value)
    if isinstance(where, dict) and isinstance(value, dict):
        return {key: remark(item, where.get(key)) for key, item in value.items()}
    if isinstance(where, list) and isinstance(value, list):
        return [remark(item, mark) for item, mark in zip(value, where, strict=False)] + value[len(where) :]
    return value


def secret_texts(struct: struct_pb2.Struct) -> set[str]:
    """The known texts in a struct that are secret, or part of a secret."""
    values = struct.fields.values() if _is_special(struct) else ()
    return set[str]().union(*(_texts_of(value, inside=False) for value in values))


def _texts_of(value: struct_pb2.Value, *, inside: bool) -> set[str]:
    value, is_secret = _opened(value)
    inside = inside or is_secret
    if value.HasField("string_value"):
        return {value.string_value} if inside and value.string_value and UNKNOWN not in value.string_value else set()
    parts = [*value.list_value.values, *value.struct_value.fields.values()]
    return set[str]().union(*(_texts_of(part, inside=inside) for part in parts))
