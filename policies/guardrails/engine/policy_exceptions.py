"""Pulumi's own policy exceptions, as a configuration file of version 2 has them for packs that are passed by path.

Newer engines apply them to what a pack reports; an audit, which has no engine, does the same. What is valid was read
in ``pkg/resource/analyzer/exceptions.go`` and ``config.go`` of 3.276:
https://www.pulumi.com/docs/discovery-governance/concepts/policy-as-code/policy-exceptions/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guardrails.engine.report import Report
from guardrails.model.control import Level

VERSION = 2
"""Of the file that may have them; one without a version has a policy in each of its keys."""
KEYS = ("version", "policies", "environments", "exceptions")
Entry = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True)
class PolicyException:
    """Why violations don't fail a run.

    Attributes:
        id: its key in the file.
        reason: the justification.
        match: entries of policies and URNs; a violation is meant where one entry has both its policy and its URN.
    """

    id: str
    reason: str
    match: tuple[Entry, ...]

    def covers(self, control: str, urn: str) -> bool:
        """Whether a violation of a control, reported against a URN, is meant."""
        return any(control in policies and urn in targets for policies, targets in self.match)


def is_versioned(content: Any) -> bool:
    """Whether a configuration nests its policies: its version is a number, not a policy of that name."""
    return isinstance(content, dict) and isinstance(content.get("version"), int | float)


def problems_of(content: Mapping[str, Any]) -> Iterator[str]:
    """What the engine would refuse in a file with a version, and ESC environments, which only Pulumi Cloud resolves."""
    if content["version"] != VERSION:
        yield f"version: got {content['version']}; valid: {VERSION}"
    yield from (f"{key}: no such key; valid: {', '.join(KEYS)}" for key in content if key not in KEYS)
    if content.get("environments"):
        yield "environments: are resolved by Pulumi Cloud, which isn't asked here; valid: values in policies"
    exceptions = content.get("exceptions") or {}
    if not isinstance(exceptions, dict):
        yield "exceptions: valid: an object that maps ids to exceptions"
        return
    for id_, about in exceptions.items():
        where = f"exceptions.{id_}"
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", id_):
            yield f"{where}: valid: an id of letters, digits, '-', '.' and '_'"
        if not isinstance(about, dict):
            yield f"{where}: valid: an object with reason and match"
            continue
        if not isinstance(about.get("reason"), str) or not about["reason"].strip():
            yield f"{where}.reason: missing; valid: what justifies it"
        entries = about.get("match")
        if not isinstance(entries, list) or not entries:
            yield f"{where}.match: valid: a list of at least one entry with policies and targets"
            continue
        for number, entry in enumerate(entries):
            yield from _problems_of_entry(f"{where}.match[{number}]", entry)


def _problems_of_entry(where: str, entry: Any) -> Iterator[str]:
    valid = {"policies": "names of policies, all not among them", "targets": "URNs"}
    for key, words in valid.items():
        texts = entry.get(key) if isinstance(entry, dict) else None
        found = texts if isinstance(texts, list) and all(isinstance(each, str) and each for each in texts) else []
        if not found or (key == "policies" and "all" in found):
            yield f"{where}.{key}: valid: a list of {words}"
        elif key == "targets":
            yield from (f"{where}.{key}: got {each!r}, valid: a URN" for each in found if not _is_urn(each))


def _is_urn(text: str) -> bool:
    return text.startswith("urn:pulumi:") and text.count("::") >= len(("PROJECT", "TYPE", "NAME"))


def exceptions_of(content: Mapping[str, Any]) -> tuple[PolicyException, ...]:
    """Those of a file that is valid, by id."""
    return tuple(
        PolicyException(
            id_,
            about["reason"],
            tuple((frozenset(each["policies"]), frozenset(each["targets"])) for each in about["match"]),
        )
        for id_, about in sorted((content.get("exceptions") or {}).items())
    )


def applied(reports: Iterable[Report], exceptions: Sequence[PolicyException], stack: str) -> Iterator[Report]:
    """The reports; one that an exception is about is advice with its reason.

    Args:
        reports: of a pack.
        exceptions: the first by id that is about a report counts.
        stack: URN of the stack itself, which what is about no resource is reported against.
    """
    for report in reports:
        found = next((each for each in exceptions if each.covers(report.control.id, report.urn or stack)), None)
        if found is None:
            yield report
        else:
            told = f"{report.message}\nExempted by policy exception {found.id}: {found.reason}"
            yield replace(report, level=Level.ADVISORY, message=told, is_decided=True)
