"""Resources of a fixture as Pulumi Python, in the SDK's own names; ``smile explain`` shows it."""

from __future__ import annotations

import inspect
import json
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, get_args

Case = Mapping[str, Any]
MARK = "4dabf18193072939515e22adb298388d"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
WIDTH = 100
OPTIONS = {
    "protect": "protect",
    "ignoreChanges": "ignore_changes",
    "deleteBeforeReplace": "delete_before_replace",
}


class CodeError(ValueError):
    """A resource can't be written: the installed SDKs have no such type or property."""


class Name(str):
    """An expression in place of a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def code_of(case: Case) -> str:
    """The statements that make a case's resources.

    Raises:
        CodeError: the installed SDKs lack a type or a property.
    """
    resources: Sequence[Case] = case.get("resources") or [case]
    own = [each for each in resources if not each["type"].startswith("pulumi:")]
    return "\n".join(statement(each) for each in own)


def statement(resource: Case) -> str:
    """One resource."""
    module, class_ = class_of(resource["type"])
    name = resource.get("name", "example")
    given = translated(resource.get("properties") or {}, args := args_of(class_), linked(resource))
    if other := given.keys() - inspect.signature(class_._internal_init).parameters.keys():  # noqa: SLF001 - has them all
        raise CodeError(f"{resource['type']}: no {', '.join(sorted(other))} in the installed SDKs")
    given |= {key: Name("...") for key in required(args) if key not in given}
    options = {python: resource[key] for key, python in OPTIONS.items() if key in resource}
    said = ", ".join(f"{key}={value!r}" for key, value in options.items())
    items = [("", name), *((f"{key}=", value) for key, value in given.items())]
    items += [("opts=", Name(f"pulumi.ResourceOptions({said})"))] if options else []
    head = f"{variable(name)} = {module}.{class_.__name__}"
    return head + enclosed("(", items, ")", 0, len(head))


def linked(resource: Case) -> dict[str, Name]:
    """Properties that come from another resource of the case."""
    found: dict[str, Name] = {}
    for key, names in (resource.get("dependencies") or {}).items():
        if names:
            found[key] = Name(f"{variable(names[0])}.{'arn' if 'arn' in key.lower() or 'kms' in key.lower() else 'id'}")
    return found


@cache
def class_of(type_: str) -> tuple[str, Any]:
    """The Python module as it is usually named, and the class, of ``aws:kms/key:Key``.

    Raises:
        CodeError: the installed SDKs have none.
    """
    package, module, class_ = [*type_.split(":"), "", ""][:3]
    parts = module.split("/")
    path = [parts[0].partition(".")[0], *parts[1:]] if package == "kubernetes" else parts[:1]
    names = [
        f"{each}_" if keyword.iskeyword(each) else each.lower().replace("-", "_") for each in path if each != "index"
    ]
    try:
        found = getattr(import_module(".".join([f"pulumi_{package}", *names])), class_)
    except (ImportError, AttributeError):
        raise CodeError(f"{type_}: no such type in the installed SDKs") from None
    return ".".join(["k8s" if package == "kubernetes" else package, *names]), found


def args_of(class_: Any) -> type | None:
    """The class of a resource's arguments, which knows how each is named."""
    module = import_module(class_.__module__)
    names = (f"{class_.__name__}InitArgs", f"{class_.__name__}Args")  # the first where a part of it has the second
    return next((getattr(module, name) for name in names if hasattr(module, name)), None)


def required(args: type | None) -> list[str]:
    """What the SDK demands; a fixture leaves out what its control doesn't look at."""
    parameters = inspect.signature(args).parameters.values() if args else ()
    return [each.name for each in parameters if each.default is each.empty]


def translated(values: Mapping[str, Any], args: type | None, links: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Properties under the names of the SDK, as deep as they are typed; what isn't, such as tags, stays as it is."""
    from pulumi._types import input_type_py_to_pulumi_names, input_type_types, is_input_type

    if args is None or not is_input_type(args):
        return dict(values)
    names = {pulumi: python for python, pulumi in input_type_py_to_pulumi_names(args).items()}
    types = input_type_types(args)
    found: dict[str, Any] = {}
    for key, value in values.items():
        python = names.get(key, key)
        found[python] = (links or {}).get(key) or deeper(value, types.get(python))
    return found


def deeper(value: Any, annotation: Any) -> Any:
    """A value under an annotation such as ``Optional[Input[Sequence[Input[RuleArgs]]]]``."""
    from pulumi._types import is_input_type

    if isinstance(value, list):
        return [deeper(each, annotation) for each in value]
    if isinstance(value, dict) and MARK not in value:
        classes = [each for each in flat(annotation) if isinstance(each, type) and is_input_type(each)]
        return translated(value, classes[0]) if classes else value
    return value


def flat(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for each in get_args(annotation):
        yield from flat(each)


def written(value: Any, indent: int = 0, taken: int = 0) -> str:
    """A value as Python, on one line where there is room for it.

    Args:
        value: plain values, names, secrets.
        indent: columns before the line.
        taken: columns of the line that something else stands in.
    """
    match value:
        case {"4dabf18193072939515e22adb298388d": _, "value": hidden}:
            return call("pulumi.Output.secret", [hidden], indent, taken)
        case dict():
            keys = [f"{repr_of(str(key))}: " for key in value]
            return enclosed("{", [*zip(keys, value.values(), strict=True)], "}", indent, taken)
        case list():
            return enclosed("[", [("", each) for each in value], "]", indent, taken)
        case str() if not isinstance(value, Name):
            return text_of(value, indent, taken)
        case _:
            return repr(value)


def enclosed(start: str, items: Sequence[tuple[str, Any]], end: str, indent: int, taken: int) -> str:
    """Items between brackets; each on a line of its own where they don't fit on one."""
    line = f"{start}{', '.join(head + written(each, -WIDTH * 100) for head, each in items)}{end}"
    if indent + taken + len(line) <= WIDTH or not items:
        return line
    space = " " * (indent + 4)
    lines = [f"{space}{head}{written(each, indent + 4, len(head) + 1)}," for head, each in items]
    return "\n".join([start, *lines, f"{' ' * indent}{end}"])


def call(name: str, values: Sequence[Any], indent: int, taken: int) -> str:
    """A call with values alone."""
    return f"{name}({', '.join(written(each, indent, taken + len(name) + 2) for each in values)})"


def text_of(text: str, indent: int, taken: int) -> str:
    """A text; a JSON document as ``json.dumps`` of what it says, and what isn't known as an ellipsis."""
    if text == UNKNOWN:
        return "..."
    if text[:1] in ("{", "["):
        try:
            return call("json.dumps", [json.loads(text)], indent, taken)
        except ValueError:
            pass
    return repr_of(text)


def repr_of(text: str) -> str:
    """A text between double quotes."""
    return json.dumps(text, ensure_ascii=False)


def variable(name: str) -> str:
    """A name that Python takes."""
    made = re.sub(r"\W", "_", name)
    return f"_{made}" if made[:1].isdigit() else f"{made}_" if keyword.iskeyword(made) else made
