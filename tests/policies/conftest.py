"""Runs fixture cases on the packs: in this process, and over gRPC on the servers that the engine starts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN, _special_secret_sig, _special_sig_key

from guardrails.engine.packs import Pack, family_of, load_controls
from guardrails.engine.server import Analyzer, start
from guardrails.model.control import Control
from settings import loader
from settings.pack_configuration import pack_configuration

FIXTURES = Path(__file__).parent / "fixtures"
STACK = "urn:pulumi:test::fixtures"
DECIDED = {"reason": "a case", "owner": "tests", "until": str(datetime.now(UTC).date() + timedelta(days=1))}
"""Lets a case make its control laxer."""


class FixtureLoader(yaml.CSafeLoader):  # the one in C: 94 files, read by each process of a run
    """YAML with !unknown, !secret and !json."""


def _json(loader: yaml.CSafeLoader, node: yaml.Node) -> str:
    return json.dumps(_construct(loader, node))


def _secret(loader: yaml.CSafeLoader, node: yaml.Node) -> dict[str, Any]:
    return {_special_sig_key: _special_secret_sig, "value": _construct(loader, node)}


def _construct(loader: yaml.CSafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    plain = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value)
    return loader.construct_object(plain)


FixtureLoader.add_constructor("!unknown", lambda loader, node: UNKNOWN)
FixtureLoader.add_constructor("!secret", _secret)
FixtureLoader.add_constructor("!json", _json)


def load_fixture_file(path: Path) -> dict[str, dict[str, Any]]:
    """The cases of one file by control id."""
    text = re.sub(r"!unknown(?=[,}\]])", "!unknown ", path.read_text(encoding="utf-8"))  # YAML wants the space
    return yaml.load(text, FixtureLoader)


@lru_cache
def configured(stack: str) -> dict[str, dict[str, Any]]:
    """What the packs are given for a stack: level and parameters by control; not to be changed."""
    return pack_configuration(loader.from_files(stack))


def level_of(stack: str, control_id: str) -> str | None:
    """The level that a stack sets for a control, None when it sets none."""
    return configured(stack).get(control_id, {}).get("enforcementLevel")


def parameters_of(stack: str, control_id: str) -> dict[str, Any]:
    """The parameters that a stack sets for a control, and what it says of a decision behind them."""
    about = configured(stack).get(control_id, {})
    return {name: value for name, value in about.items() if name != "enforcementLevel"}


@lru_cache(maxsize=1)
def load_fixtures() -> dict[str, dict[str, Any]]:
    """The cases of every service by control id; a control may appear in one file only."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FIXTURES.rglob("*.yaml")):
        for control, kinds in load_fixture_file(path).items():
            assert control not in found, f"{control} appears twice, the second time in {path.name}"
            found[control] = kinds
    return found


def urn_of(resource: dict[str, Any]) -> str:
    return f"{STACK}::{resource['type']}::{resource.get('name', 'subject')}"


@dataclass
class Outcome:
    """The diagnostics about one control, or that name it."""

    diagnostics: list[proto.AnalyzeDiagnostic] = field(default_factory=list)

    def at_level(self, level: int) -> list[str]:
        return [d.message for d in self.diagnostics if d.enforcementLevel == level]

    @property
    def violations(self) -> list[str]:
        return self.at_level(proto.MANDATORY)

    @property
    def undetermined(self) -> list[str]:
        return [m for m in self.at_level(proto.ADVISORY) if "can't be decided before deployment" in m]


class OneControl(Pack):
    """A pack that serves one control of a family."""

    @property
    def controls(self) -> list[Control]:
        return [load_controls()[self.title]]


class InProcess:
    """A pack called as the engine calls it, without the wire."""

    def __init__(self, pack: Pack) -> None:
        self._analyzer = Analyzer(pack)

    def __getattr__(self, call: str) -> Callable[[Any], Any]:
        return lambda request: getattr(self._analyzer, call)(request, None)


class Judge:
    """What the packs say about a case: in this process, or through their servers."""

    def __init__(self) -> None:
        self.stubs: dict[str, analyzer_pb2_grpc.AnalyzerStub] = {}
        self._close: list[Any] = []

    def stub(self, pack: Pack) -> analyzer_pb2_grpc.AnalyzerStub:
        if pack.name not in self.stubs:
            server, port = start(pack)
            channel = grpc.insecure_channel(f"127.0.0.1:{port}")
            self._close += [lambda: server.stop(None).wait(), channel.close]
            self.stubs[pack.name] = analyzer_pb2_grpc.AnalyzerStub(channel)
        return self.stubs[pack.name]

    def close(self) -> None:
        while self._close:
            self._close.pop()()

    def __call__(self, control_id: str, case: dict[str, Any]) -> Outcome:
        """What the control says when it is the only one."""
        family = family_of(control_id)
        return outcome(InProcess(OneControl(family.name, family.prefixes, control_id, "")), control_id, case)

    def over_the_wire(self, pack: Pack, control_id: str, case: dict[str, Any]) -> Outcome:
        """What the control says as one of all those of a pack that is served."""
        return outcome(self.stub(pack), control_id, case)


def outcome(pack: Any, control_id: str, case: dict[str, Any]) -> Outcome:
    """The diagnostics about a control in a run of the pack with one case."""
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig["settings"].properties.update(case.get("settings", {}))
    request.policyConfig[control_id].enforcementLevel = proto.MANDATORY
    request.policyConfig[control_id].properties.update(DECIDED | case.get("parameters", {}))
    stack = case.get("stack", {})
    pack.ConfigureStack(
        proto.AnalyzerStackConfigureRequest(
            stack="test", tags=stack.get("tags"), config=stack.get("config"), config_secret_keys=stack.get("secrets")
        )
    )
    pack.Configure(request)
    resources = case.get("resources") or [case]
    if all(resource["type"] != "pulumi:pulumi:Stack" for resource in resources):
        resources = [{"type": "pulumi:pulumi:Stack", "name": "fixtures-test"}, *resources]
    found: list[proto.AnalyzeDiagnostic] = []
    for resource in resources:
        found += pack.Analyze(analyze_request(resource)).diagnostics
    found += pack.AnalyzeStack(stack_request(resources)).diagnostics
    return Outcome([each for each in found if control_id in (each.policyName, *_named(each))])


def _named(diagnostic: proto.AnalyzeDiagnostic) -> list[str]:
    """The controls that a diagnostic names besides its own: open for the same reason."""
    return re.findall(r"[A-Z]+-[A-Z0-9]+-\d+", diagnostic.message.partition("Open for the same reason:")[2])


def analyze_request(resource: dict[str, Any]) -> proto.AnalyzeRequest:
    request = proto.AnalyzeRequest(
        type=resource["type"], urn=urn_of(resource), name=resource.get("name", "subject"), options=_options(resource)
    )
    request.properties.update(resource.get("properties") or {})
    _add_provider(request, resource)
    return request


def stack_request(resources: list[dict[str, Any]]) -> proto.AnalyzeStackRequest:
    urns = {resource.get("name", "subject"): urn_of(resource) for resource in resources}
    request = proto.AnalyzeStackRequest()
    for resource in resources:
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


def _options(resource: dict[str, Any]) -> proto.AnalyzerResourceOptions:
    replace_first = resource.get("deleteBeforeReplace")
    return proto.AnalyzerResourceOptions(
        protect=resource.get("protect", False),
        ignoreChanges=resource.get("ignoreChanges", []),
        deleteBeforeReplace=bool(replace_first),
        deleteBeforeReplaceDefined=replace_first is not None,
        parent=resource.get("parent", ""),
    )


def _add_provider(message: Any, resource: dict[str, Any]) -> None:
    provider = resource.get("provider")
    if provider is not None:
        type_ = f"pulumi:providers:{resource['type'].partition(':')[0]}"
        name = provider.get("name", "explicit")
        message.provider.type, message.provider.name = type_, name
        message.provider.urn = f"{STACK}::{type_}::{name}"
        message.provider.properties.update(provider.get("properties") or {})


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    made = Judge()
    yield made
    made.close()


def requirements(kinds: dict[str, Any]) -> list[pytest.MarkDecorator]:
    """The requirements that a control's cases prove, if its fixtures name any."""
    return [pytest.mark.requirement(*kinds["requirement"])] if "requirement" in kinds else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case of a kind that a test function asks for by name."""
    for kind in ("compliant", "violating", "unknown"):
        name = f"{kind}_case"
        if name in metafunc.fixturenames:
            cases = [
                pytest.param(control, case, id=f"{control}-{index}", marks=requirements(kinds))
                for control, kinds in load_fixtures().items()
                for index, case in enumerate(kinds.get(kind) or [])
                if isinstance(case, dict)
            ]
            metafunc.parametrize(("control_id", name), cases)
