"""Fixtures in YAML: cases by control and kind, with ``!unknown``, ``!secret`` and ``!json``.

    ENC-KMS-001:
      compliant:
        - {type: "aws:kms/key:Key", properties: {enableKeyRotation: true}}
      violating:
        - {type: "aws:kms/key:Key", properties: {enableKeyRotation: false}, at: enableKeyRotation}
      unknown:
        - {type: "aws:kms/key:Key", properties: {enableKeyRotation: !unknown }}

The form of a case is that of tests/policies/README.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from guardrails.engine.wire import SECRET, SIGNATURE, TEXT_NOT_KNOWN

Case = Mapping[str, Any]
Kinds = Mapping[str, Any]
"""``compliant``, ``violating`` and ``unknown`` with their cases; ``unknown: not applicable`` where no value is read."""


class FixtureError(ValueError):
    """Fixtures can't be read; the message names the file and what is wrong."""


class FixtureLoader(yaml.CSafeLoader):  # the one in C: a folder of them is read by each process of a run
    """YAML with !unknown, !secret and !json."""


def _json(loader: yaml.CSafeLoader, node: yaml.Node) -> str:
    return json.dumps(_construct(loader, node))


def _secret(loader: yaml.CSafeLoader, node: yaml.Node) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": _construct(loader, node)}


def _construct(loader: yaml.CSafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    plain = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value)
    return loader.construct_object(plain)


def _unknown(_loader: yaml.CSafeLoader, _node: yaml.Node) -> str:
    return TEXT_NOT_KNOWN


FixtureLoader.add_constructor("!unknown", _unknown)
FixtureLoader.add_constructor("!secret", _secret)
FixtureLoader.add_constructor("!json", _json)


def load_file(path: Path) -> dict[str, dict[str, Any]]:
    """The cases of one file by control id.

    Raises:
        FixtureError: it can't be read, or holds something else.
    """
    try:
        text = re.sub(r"!unknown(?=[,}\]])", "!unknown ", path.read_text(encoding="utf-8"))  # YAML wants the space
        found = yaml.load(text, FixtureLoader)  # noqa: S506 - a safe loader with three tags more
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FixtureError(f"{path}: {error}; valid: cases by control id") from error
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise FixtureError(f"{path}: valid: control ids, each with compliant, violating and unknown cases")
    return found


def load_folder(folder: Path) -> dict[str, dict[str, Any]]:
    """The cases of all files below a folder by control id.

    Raises:
        FixtureError: a file can't be read, or a control appears in two.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        for control, kinds in load_file(path).items():
            if control in found:
                raise FixtureError(f"{path}: {control} appears twice, in another file too; valid: once")
            found[control] = kinds
    return found
