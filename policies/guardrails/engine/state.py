"""The resources of a stack as a file has them: its state, or what a preview would make of it.

So a stack is judged where no engine runs: `pulumi stack export`, a backend's own file
(``.pulumi/stacks/PROJECT/STACK.json``), and `pulumi preview --json --show-sames`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from guardrails.engine.wire import HIDDEN, TEXT_NOT_KNOWN, read_state
from guardrails.model.resource import Properties, Resource

VALID = "what `pulumi stack export` or `pulumi preview --json --show-sames` writes"
MAKES = ("create", "update", "same", "replace", "create-replacement", "import")
"""The engine's operations that leave a resource with a state."""
Json = Mapping[str, Any]


class StateError(ValueError):
    """A file holds no stack; the message names the file, what is wrong and what is valid."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A stack.

    Attributes:
        name: such as ``prod``; empty of a stack without resources.
        resources: in the engine's order.
        read: URNs of those that are only read: the program doesn't manage them.
        operations: URN -> what a preview does with it, in the engine's word; ``same`` in a state.
        is_preview: whether it is what a preview would make.
        config: the stack's configuration without its secrets; None where the file doesn't tell.
    """

    name: str
    resources: tuple[Resource, ...]
    read: frozenset[str]
    operations: Mapping[str, str]
    is_preview: bool
    config: Mapping[str, str] | None = None


def load(file: Path) -> State:
    """The stack in a file, compressed with gzip or not.

    Raises:
        StateError: it can't be read, or holds something else.
    """
    try:
        text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        content = json.loads(text)
        if b"\\ud" in text.lower():
            json.dumps(content, ensure_ascii=False).encode()
        return state_of(content)
    except UnicodeEncodeError:
        raise StateError(f"{file}: a text that is half a character (a lone surrogate); valid: {VALID}") from None
    except OSError as error:
        raise StateError(f"{file}: {error.strerror or error}; valid: {VALID}") from None
    except UnicodeDecodeError:
        raise StateError(f"{file}: no text in UTF-8; valid: {VALID}") from None
    except json.JSONDecodeError as error:
        raise StateError(f"{file}:{error.lineno}: no JSON: {error.msg}; valid: {VALID}") from None
    except RecursionError:
        raise StateError(f"{file}: nested too deeply; valid: {VALID}") from None
    except StateError as error:
        raise StateError(f"{file}: {error}; valid: {VALID}") from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise StateError(f"{file}: a resource hasn't the form that Pulumi writes; valid: {VALID}") from None


def state_of(content: Any) -> State:
    """The stack that the JSON of a file tells of.

    Raises:
        StateError: it tells of none.
    """
    match content:
        case {"deployment": {"resources": [*found]}} | {"checkpoint": {"latest": {"resources": [*found]}}}:
            return _state(found, {}, is_preview=False)
        case {"deployment": None | {"resources": None}} | {
            "checkpoint": None | {"latest": None} | {"latest": {"resources": None}}
        }:
            return _state([], {}, is_preview=False)
        case {"deployment": {**others}} | {"checkpoint": {"latest": {**others}}} if "resources" not in others:
            return _state([], {}, is_preview=False)
        case {"steps": [*steps], **others}:
            check_is_whole(steps, others.get("changeSummary"))
            for number, step in enumerate(steps):
                if not isinstance(step, dict) or (step.get("op") in MAKES and not step.get("newState")):
                    raise StateError(f"steps[{number}]: no operation with the state that it leads to")
            kept = [step for step in steps if step.get("newState")]
            check([step["newState"] for step in kept])
            made = {step["newState"]["urn"]: step for step in kept}  # of a replacement's steps the last
            operations = {urn: str(step.get("op", "same")) for urn, step in made.items()}
            state = _state([step["newState"] for step in made.values()], operations, is_preview=True)
            config: Json = others.get("config") or {}
            return replace(state, config={key: value for key, value in config.items() if value != HIDDEN})
        case _:
            raise StateError("neither deployment.resources nor steps is a list")


FORM: Mapping[str, tuple[type, ...]] = {
    "urn": (str,),
    "type": (str,),
    "inputs": (dict, type(None)),
    "outputs": (dict, type(None)),
    "propertyDependencies": (dict, type(None)),
}
"""What is read of a resource, and what it must be."""
NAMES = {
    str: "a string", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object",
    type(None): "null",
}  # fmt: skip
"""JSON's types; a value itself, which may be a secret, is not shown."""


def check(entries: Iterable[Any]) -> None:
    """Refuse resources that Pulumi wouldn't write.

    Raises:
        StateError: names the first of them, its key and what type the value has.
    """
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise StateError(f"resource {number} is {NAMES[type(entry)]}")
        urn = entry.get("urn")
        which = f"resource {number} ({urn})" if isinstance(urn, str) else f"resource {number}"
        for key, valid in FORM.items():
            if not isinstance(entry.get(key), valid):
                got = f"{key} is {NAMES[type(entry[key])]}" if key in entry else f"no {key}"
                raise StateError(f"{which}: {got}")
        if entry["urn"].count("::") < len("STACK PROJECT TYPE".split()):
            raise StateError(f"{which}: urn is not urn:pulumi:STACK::PROJECT::TYPE::NAME")
        named = entry.get("propertyDependencies") or {}
        if not all(isinstance(each, list | None) for each in named.values()):
            raise StateError(f"{which}: propertyDependencies has other values than lists of URNs")


def check_is_whole(steps: Sequence[Any], summary: Any) -> None:
    """Refuse a preview that leaves out what it doesn't change: the rest would be judged without it.

    Raises:
        StateError: says how many resources are missing.
    """
    told = summary.get("same", 0) if isinstance(summary, dict) else 0
    missing = told - sum(isinstance(step, dict) and step.get("op") == "same" for step in steps)
    if missing > 0:
        raise StateError(f"{missing} resources that stay the same are left out of steps; use --show-sames")


def _state(entries: Iterable[Json], operations: Mapping[str, str], *, is_preview: bool) -> State:
    entries = [*entries]
    check(entries)
    by_urn = {str(each["urn"]): each for each in entries if not each.get("delete")}
    providers = {urn: _resource(each, None) for urn, each in by_urn.items() if _is_provider(each)}
    return State(
        name=next(iter(by_urn)).split("::")[0].removeprefix("urn:pulumi:") if by_urn else "",
        resources=tuple(_resource(each, _provider(each, providers)) for each in by_urn.values()),
        read=frozenset(urn for urn, each in by_urn.items() if each.get("external")),
        operations={urn: operations.get(urn, "same") for urn in by_urn},
        is_preview=is_preview,
    )


def _resource(entry: Json, provider: Resource | None) -> Resource:
    urn = str(entry["urn"])
    resource = Resource(
        str(entry["type"]),
        urn,
        urn.split("::", 3)[3],
        _loader({**(entry.get("inputs") or {})}),
        outputs=_loader({**(entry.get("inputs") or {}), **(entry.get("outputs") or {}), **_identity(entry)}),
        provider=provider,
        parent=entry.get("parent") or None,
        protect=bool(entry.get("protect")),
        ignore_changes=tuple(entry.get("ignoreChanges") or ()),
        delete_before_replace=entry.get("deleteBeforeReplace"),
    )
    resource.dependencies = {
        name: tuple(urns or ()) for name, urns in (entry.get("propertyDependencies") or {}).items()
    }
    return resource


def _identity(entry: Json) -> Json:
    """The provider's id of a resource, or that it will have one; components have none."""
    return {"id": entry.get("id") or TEXT_NOT_KNOWN} if entry.get("custom") else {}


def _loader(properties: Json) -> Callable[[], Properties]:
    return partial(read_state, properties)


def _is_provider(entry: Json) -> bool:
    return str(entry["type"]).startswith("pulumi:providers:")


def _provider(entry: Json, providers: Mapping[str, Resource]) -> Resource | None:
    """What an entry names as ``URN::ID``."""
    return providers.get(str(entry.get("provider") or "").rpartition("::")[0])
