"""Renders `aws.iam.getPolicyDocument` as Terraform's provider does: order, singletons and merging included."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from offline.provider import OfflineError

_VARIABLE = re.compile(r"&\{([^}]*)\}")


def render(arguments: Mapping[str, Any]) -> tuple[str, str]:
    """The document, indented by two spaces and minified. Raises OfflineError for statements that cannot be merged."""
    version = arguments.get("version") or "2012-10-17"
    merged: dict[str, Any] = {"Version": version}
    if arguments.get("policyId"):
        merged["Id"] = arguments["policyId"]
    statements: list[dict[str, Any]] = []
    for text in arguments.get("sourcePolicyDocuments") or ():
        _merge(statements, _statements(text), unique=True)
    own = [_statement(statement, version) for statement in arguments.get("statements") or ()]
    sids = [statement["Sid"] for statement in own if statement.get("Sid")]
    if len(sids) != len(set(sids)):
        repeated = next(sid for sid in sids if sids.count(sid) > 1)
        raise OfflineError(f"duplicate Sid ({repeated}). Remove the Sid or ensure Sids are unique.")
    _merge(statements, own)
    for text in arguments.get("overridePolicyDocuments") or ():
        _merge(statements, _statements(text))
    if statements:
        merged["Statement"] = statements if len(statements) > 1 else statements[0]
    if statements:
        merged["Statement"] = statements
    return json.dumps(merged, indent=2, ensure_ascii=False), json.dumps(
        merged, separators=(",", ":"), ensure_ascii=False
    )


def _statements(text: str) -> list[dict[str, Any]]:
    if not text:
        return []
    try:
        found = json.loads(text).get("Statement", [])
    except (ValueError, AttributeError) as error:
        raise OfflineError(f"a policy document to merge is not JSON: {error}") from error
    return [found] if isinstance(found, dict) else list(found)


def _merge(into: list[dict[str, Any]], new: list[dict[str, Any]], *, unique: bool = False) -> None:
    """Add statements; one with the Sid of an earlier one takes its place."""
    for statement in new:
        sid = statement.get("Sid")
        place = next((index for index, other in enumerate(into) if sid and other.get("Sid") == sid), None)
        if place is None:
            into.append(statement)
        elif unique:
            raise OfflineError(
                f"duplicate Sid ({sid}) in source policy documents. Remove the Sid or ensure Sids are unique."
            )
        else:
            into[place] = statement


def _statement(given: Mapping[str, Any], version: str) -> dict[str, Any]:
    """One statement, with its keys in the order the provider writes them."""
    statement: dict[str, Any] = {}
    if given.get("sid"):
        statement["Sid"] = given["sid"]
    statement["Effect"] = given.get("effect") or "Allow"
    for key, name in (("Action", "actions"), ("NotAction", "notActions")):
        if given.get(name):
            statement[key] = _one_or_many(given[name])
    for key, name in (("Resource", "resources"), ("NotResource", "notResources")):
        if given.get(name):
            statement[key] = _one_or_many([_variables(item, version) for item in given[name]])
    for key, name in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if given.get(name):
            statement[key] = _principals(given[name], version)
    if given.get("conditions"):
        statement["Condition"] = _conditions(given["conditions"], version)
    return statement


def _one_or_many(values: list[str]) -> str | list[str]:
    ordered = sorted(set(values), reverse=True)
    return ordered[0] if len(ordered) == 1 else ordered


def _principals(given: list[Mapping[str, Any]], version: str) -> str | dict[str, Any]:
    by_type: dict[str, list[str]] = {}
    for principal in given:
        identifiers = [_variables(item, version) for item in principal["identifiers"] if item is not None]
        if principal["type"] == "*" and identifiers == ["*"] and len(given) == 1:
            return "*"
        by_type.setdefault(principal["type"], []).extend(identifiers)
    return {kind: _one_or_many(by_type[kind]) for kind in sorted(by_type)}


def _conditions(given: list[Mapping[str, Any]], version: str) -> dict[str, Any]:
    tests: dict[str, dict[str, Any]] = {}
    for condition in given:
        values = [_variables(item, version) for item in condition["values"] if item is not None]
        keys = tests.setdefault(condition["test"], {})
        earlier = keys.get(condition["variable"], [])
        keys[condition["variable"]] = [*([earlier] if isinstance(earlier, str) else earlier), *values]
    return {
        test: {key: items[0] if len(items) == 1 else items for key, items in sorted(tests[test].items())}
        for test in sorted(tests)
    }


def _variables(text: str, version: str) -> str:
    """`&{aws:username}` is how a program writes IAM's `${aws:username}`."""
    if version == "2008-10-17" and _VARIABLE.search(text):
        raise OfflineError(f"found &{{ sequence in ({text}), which is not supported in document version 2008-10-17")
    return _VARIABLE.sub(r"${\1}", text)
