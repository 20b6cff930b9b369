"""Cases as the messages that the engine would send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.testing.fixtures import Case

STACK = "urn:pulumi:test::fixtures"
ROOT: Case = {"type": "pulumi:pulumi:Stack", "name": "fixtures-test"}


def resources_of(case: Case) -> list[Case]:
    """What stands in a case's stack: its resources, or itself, and the stack's own."""
    found: list[Case] = case.get("resources") or [case]
    return found if any(each["type"] == ROOT["type"] for each in found) else [ROOT, *found]


def urn_of(resource: Case) -> str:
    """The URN of a case's resource."""
    return f"{STACK}::{resource['type']}::{resource.get('name', 'subject')}"


def stack_configuration(case: Case) -> proto.AnalyzerStackConfigureRequest:
    """What the engine says of the stack."""
    stack: Mapping[str, Any] = case.get("stack", {})
    return proto.AnalyzerStackConfigureRequest(
        stack="test", tags=stack.get("tags"), config=stack.get("config"), config_secret_keys=stack.get("secrets")
    )


def analyze_request(resource: Case) -> proto.AnalyzeRequest:
    """One resource as its program registers it."""
    request = proto.AnalyzeRequest(
        type=resource["type"], urn=urn_of(resource), name=resource.get("name", "subject"), options=_options(resource)
    )
    request.properties.update(resource.get("properties") or {})
    _add_provider(request, resource)
    return request


def stack_request(resources: Iterable[Case]) -> proto.AnalyzeStackRequest:
    """All of them at the end of a run."""
    known = list(resources)
    urns = {resource.get("name", "subject"): urn_of(resource) for resource in known}
    request = proto.AnalyzeStackRequest()
    for resource in known:
        entry = request.resources.add(
            type=resource["type"],
            urn=urn_of(resource),
            name=resource.get("name", "subject"),
            options=_options(resource),
            parent=resource.get("parent", ""),
        )
        entry.properties.update({**(resource.get("properties") or {}), **(resource.get("outputs") or {})})
        for key, names in (resource.get("dependencies") or {}).items():
            entry.propertyDependencies[key].urns.extend(urns[name] for name in names)
        _add_provider(entry, resource)
    return request


def _options(resource: Case) -> proto.AnalyzerResourceOptions:
    replace_first = resource.get("deleteBeforeReplace")
    return proto.AnalyzerResourceOptions(
        protect=resource.get("protect", False),
        ignoreChanges=resource.get("ignoreChanges", []),
        deleteBeforeReplace=bool(replace_first),
        deleteBeforeReplaceDefined=replace_first is not None,
        parent=resource.get("parent", ""),
    )


def _add_provider(message: Any, resource: Case) -> None:
    provider = resource.get("provider")
    if provider is not None:
        type_ = f"pulumi:providers:{resource['type'].partition(':')[0]}"
        name = provider.get("name", "explicit")
        message.provider.type, message.provider.name = type_, name
        message.provider.urn = f"{STACK}::{type_}::{name}"
        message.provider.properties.update(provider.get("properties") or {})
