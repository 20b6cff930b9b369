"""The fields that AWS's services share, by the meaning of their names, of every resource type of the installed SDK.

`python -m offline.schema.shared_fields > policies/guardrails/services/shared_fields.json` keeps what the guardrails
know of them; a new SDK's types are judged from then on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from offline.schema.catalogue import Property, resource_tokens, resource_type

_DEEPEST = 6
_KEY = re.compile(
    r"(^|\.)(?:\w*(?:kms|cmk|customermanaged|encryption)\w*(?:key|keyid|keyarn|keyidentifier)|kmsarn|cmkarn)$"
    r"|(?:encrypt|sse)\w*(?:\[\*\])?\.key(?:arn|id|identifier)?$",
    re.IGNORECASE,
)
_MEANINGS = {
    "keys": (frozenset({"string"}), _KEY),
    "encrypted": (
        frozenset({"boolean", "string"}),
        re.compile(r"(^|\.)(?:\w+E|e)ncrypted$|(^|\.)\w+EncryptionEnabled$"),
    ),
    "protected": (
        frozenset({"boolean", "string"}),
        re.compile(r"(^|\.)(?:enableD|d)elet(?:ion|e)Protection(?:Enabled)?$|(^|\.)terminationProtection(?:Enabled)?$"),
    ),
    "zones": (frozenset({"boolean"}), re.compile(r"(^|\.)multiAz(?:Enabled)?$")),
}
"""Meaning -> the kinds of value that such a field has, and the names that it goes by."""
_ON = re.compile(r"(?:^|\.\s*)(?:By default it is|Default(?: value)?(?: is|:)|Defaults to) `true`\.?\s*(?:$|[A-Z])")
"""How the description of a switch that is on unless told otherwise says so."""


def fields(inputs: Mapping[str, Property], above: str = "", depth: int = 1) -> Iterator[tuple[str, str, bool]]:
    """Path and kind of every input, ``rules[*].kmsKeyId``, and whether it is on unless told otherwise.

    What lies in maps is named by programs and left out.
    """
    for name, about in inputs.items():
        path, inner = f"{above}{name}", about
        while inner.kind == "list" and inner.items is not None:
            path, inner = f"{path}[*]", inner.items
        yield path, inner.kind, _ON.search(about.description) is not None
        if inner.kind == "object" and depth < _DEEPEST:
            yield from fields(inner.properties, f"{path}.", depth + 1)


def shared_fields() -> dict[str, dict[str, list[str]]]:
    """Meaning -> type -> the paths of its inputs that have it; ``on`` are those switches that are on by default."""
    found: dict[str, dict[str, list[str]]] = {meaning: {} for meaning in (*_MEANINGS, "on")}
    for token in sorted(resource_tokens("aws")):
        for path, kind, is_on in fields(resource_type(token).inputs):
            for meaning, (kinds, names) in _MEANINGS.items():
                if kind in kinds and names.search(path):
                    found[meaning].setdefault(token, []).append(path)
                    if is_on and meaning != "keys":
                        found["on"].setdefault(token, []).append(path)
    return found


if __name__ == "__main__":
    print(json.dumps(shared_fields(), indent=1))
