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
