"""What a generated type annotation means: kind, element, enum, reference to a nested type."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from offline.schema.sdk_source import Source, source

Kind = Literal["string", "integer", "number", "boolean", "list", "map", "object", "json", "asset", "any"]
"""Shape of a value. `json` is a JSON document, given as text or as an object; `any` accepts everything."""

_BUILTINS: dict[str, Kind] = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_WRAPPERS = {"Input", "Output", "Awaitable", "Optional", "NotRequired", "InputType"}
_ASSETS = {"Asset", "Archive", "AssetOrArchive"}


@dataclass(frozen=True)
class Shape:
    """The meaning of an annotation; `reference` is the file and class of an object's fields."""

    kind: Kind
    optional: bool = False
    items: Shape | None = None
    enum: tuple[str | int | float, ...] = ()
    closed: bool = False
    reference: tuple[Path, str] | None = None


ANY = Shape("any")


@lru_cache(maxsize=4096)
def _tree(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def shape(annotation: str, where: Source) -> Shape:
    """The meaning of `annotation` as written in file `where`."""
    return _shape(_tree(annotation), where)


def _shape(node: ast.expr, where: Source) -> Shape:
    match node:
        case ast.Constant(value=str(name)):
            return _referred(name, where)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _named(name, ast.unparse(node), where)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return _generic(name, inner, where)
        case _:
            return ANY


def _named(name: str, dotted: str, where: Source) -> Shape:
    if name in _BUILTINS:
        return Shape(_BUILTINS[name])
    if name in _ASSETS:
        return Shape("asset")
    return ANY if name in {"Any", "None"} else _referred(dotted, where)


def _generic(name: str, inner: ast.expr, where: Source) -> Shape:
    members = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in _WRAPPERS:
        wrapped = _shape(members[0], where)
        return _optional(wrapped) if name in {"Optional", "NotRequired"} else wrapped
    if name in {"Sequence", "List", "list"}:
        return Shape("list", items=_shape(members[0], where))
    if name in {"Mapping", "Dict", "dict"}:
        return Shape("map", items=_shape(members[1], where))
    if name == "Literal":
        values = tuple(member.value for member in members if isinstance(member, ast.Constant))
        return Shape("string", enum=values, closed=True)  # pyright: ignore[reportArgumentType]
    if name == "Union":
        return _union([_shape(member, where) for member in members])
    return ANY


def _optional(of: Shape) -> Shape:
    return replace(of, optional=True)


def _union(members: list[Shape]) -> Shape:
    """One shape for several: an open enum is text or a name of it, a document is text or an object."""
    kinds = {member.kind for member in members}
    enum = tuple(value for member in members for value in member.enum)
    optional = any(member.optional for member in members)
    if len(kinds) == 1:
        closed = all(member.closed for member in members)
        first = members[0]
        return Shape(first.kind, optional, first.items, enum, closed, first.reference)
    if kinds == {"string", "object"}:
        fields = next(member.reference for member in members if member.kind == "object")
        return Shape("json", optional, reference=fields)
    return Shape("any", optional)


def _referred(dotted: str, where: Source) -> Shape:
    """A nested type: fields of an object, an enum, or another resource given by its name or id."""
    *prefix, name = dotted.split(".")
    name = name.removesuffix("Dict") if name.endswith("ArgsDict") else name
    directory = where.path.parent
    if prefix and prefix[0] != "outputs":
        directory = where.imports.get(prefix[0], directory / prefix[0]).joinpath(
            *[part for part in prefix[1:] if part != "outputs"]
        )
    if "outputs" in prefix or (where.path.name == "outputs.py" and not prefix):
        return Shape("object", reference=(directory / "outputs.py", name))
    if name.endswith("Args"):
        return Shape("object", reference=(directory / "_inputs.py", name))
    enums = directory / "_enums.py"
    if _declares(enums, name):
        values = source(enums).members(name)
        numeric = bool(values) and not any(isinstance(value, str) for value in values)
        return Shape("number" if numeric else "string", enum=values, closed=True)
    if where.has(name):
        return Shape("object", reference=(where.path, name))
    return Shape("string") if name[:1].isupper() else ANY


def _declares(path: Path, name: str) -> bool:
    return path.exists() and source(path).has(name)
