"""What a component takes and what it gives, as tables."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cli.docs.markdown import table
from components.core.settings.field import about
from components.core.settings.translate import section_in
from settings import Settings, loader
from settings.stack import KINDS, defaults

ATTRIBUTE = re.compile(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", re.DOTALL | re.MULTILINE)


def inputs(section: type[BaseModel]) -> str:
    """The table of a section's settings, and of those in it."""
    rows = [
        (
            f"`{name}`",
            f"`{typed(field.annotation)}`",
            by_kind(section, name) or default(field),
            known.unit,
            source("; ".join(filter(None, (known.valid, narrower(section, name)))), known.source),
            doc,
        )
        for name, field, doc in settings_of(section)
        if (known := about(field))
    ]
    return table(("Input", "Type", "Default", "Unit", "Valid", "What it does"), rows)


def settings_of(section: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo, str]]:
    """Dotted name, field and description of each setting; ``*`` stands for any name in a mapping."""
    for name, field in section.model_fields.items():
        inner = section_in(field.annotation)
        if about(field):
            yield above + name, field, field.description or ""
        if inner:
            star = ".*" if get_origin(field.annotation) is dict else ""
            yield from settings_of(inner, f"{above}{name}{star}.")


def narrower(section: type[BaseModel], name: str) -> str:
    """What SMILE's rules let pass of a setting's valid values; empty where that is all."""
    return next((loader.narrower.get(f"{each}.{name}", "") for each in named(section)), "")


def by_kind(section: type[BaseModel], name: str) -> str:
    """The default of a setting that depends on the kind of environment; empty for any other."""
    said: dict[str, str] = {}
    for kind in KINDS:
        value: Any = {each: defaults({"environment": {"kind": kind}}).get(each, {}) for each in named(section)}
        for part in (*named(section), *name.split(".")):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            said[kind] = str(value).lower() if isinstance(value, bool) else str(value)
    return ", ".join(f"{kind} `{value}`" for kind, value in said.items())


def named(section: type[BaseModel]) -> list[str]:
    """The name of a section of SMILE's settings; none for a section in another, or of another program."""
    return [name for name, field in Settings.model_fields.items() if field.annotation is section]


def default(field: FieldInfo) -> str:
    """The default of a setting, as it is written in YAML."""
    value = field.default
    if field.is_required():
        return "required"
    if isinstance(value, dict):
        value = [*value]
    if isinstance(value, tuple | list):
        return ", ".join(f"`{each}`" for each in value) or "none"
    return "none" if value in (None, "") else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def source(valid: str, page: str) -> str:
    """The limits, with a link to where they come from."""
    return f"{valid} ([source]({page}))" if page else valid


def typed(annotation: Any) -> str:
    """The type of a setting, in a word or two."""
    arguments = [each for each in get_args(annotation) if each is not Ellipsis]
    if get_origin(annotation) is None:
        return getattr(annotation, "__name__", str(annotation))
    if get_origin(annotation) in (tuple, list):
        return f"list of {typed(arguments[0])}"
    if get_origin(annotation) is dict:
        return f"map of {typed(arguments[1])}"
    if all(isinstance(each, str) for each in arguments):
        return "string"
    return typed(next(each for each in arguments if each is not type(None)))


def outputs(component: type) -> str:
    """The table of a component's attributes: those that its class declares, as its docstring describes them."""
    text = inspect.cleandoc(component.__doc__ or "").partition("Attributes:\n")[2]
    text = re.split(r"^\S", text, maxsplit=1, flags=re.MULTILINE)[0]
    described = {name: " ".join(doc.split()) for name, doc in ATTRIBUTE.findall(text)}
    declared: dict[str, Any] = {}
    for each in reversed(component.__mro__):
        if issubclass(component, each) and each.__module__.startswith("components."):
            declared |= inspect.get_annotations(each)
            declared |= {name: given(each) for name, each in vars(each).items() if isinstance(each, property)}
    if missing := sorted(set(described) - set(declared)):
        raise ValueError(f"{component.__qualname__} describes what it does not declare: {', '.join(missing)}")
    rows = [(f"`{name}`", f"`{declared[name]}`".replace("pulumi.", ""), doc) for name, doc in described.items()]
    return table(("Output", "Type", "What it is"), rows)


def given(attribute: property) -> str:
    """What a property gives."""
    return str(inspect.get_annotations(attribute.fget).get("return", "")) if attribute.fget else ""
