"""The program under mocks, judged by the packs in this process: no engine, no gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks
from pulumi.runtime import settings as sdk
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.stack import run_pulumi_func

from guardrails.engine.packs import ALL
from guardrails.engine.server import Analyzer
from layers import (
    analytics_layer,
    base_layer,
    compute_layer,
    data_layer,
    delivery_layer,
    edge_layer,
    observability_layer,
    operations_layer,
    patching_layer,
)
from settings import PROJECT, Settings, loader
from settings.pack_configuration import pack_configuration
from tests.recording import Monitor, Recording

LEVELS = {"mandatory": proto.MANDATORY, "advisory": proto.ADVISORY, "disabled": proto.DISABLED}


class Broken(NamedTuple):
    """A mandatory control that a resource breaks."""

    control: str
    resource: str


class Registrations(Monitor):
    """Keeps each registration, with what the mocks answered."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.seen: list[tuple[Any, Any]] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        answer = super().RegisterResource(request)
        self.seen.append((request, answer))
        return answer


def everything(settings: Settings) -> None:
    """What __main__.py does, without its outputs."""
    base = base_layer(settings)
    data = data_layer(base)
    edge = edge_layer(base, data)
    compute = compute_layer(base, data, edge, delivery_layer(base, data))
    analytics_layer(base, data, compute)
    operations_layer(base, data)
    patching_layer(base, data, compute)
    observability_layer(base, data, edge, compute)


def registrations(program: Callable[[Settings], None], settings: Settings) -> list[tuple[Any, Any]]:
    """What a program registers, in order."""
    recording = Recording()
    monitor = Registrations(recording)

    async def run() -> None:
        sdk.reset_options()
        mocks.set_mocks(recording, project=PROJECT, stack=settings.stack, monitor=monitor)
        await run_pulumi_func(lambda: program(settings))

    debug, pulumi.log.debug = pulumi.log.debug, lambda *_, **__: None
    try:
        asyncio.run(run())
    finally:
        pulumi.log.debug = debug
    return monitor.seen


@lru_cache(maxsize=1)
def analyzer() -> Analyzer:
    """The pack that holds all controls."""
    return Analyzer(ALL)


@lru_cache
def registered(stack: str) -> list[tuple[Any, Any]]:
    """What a stack of ours registers; not to be changed."""
    return registrations(everything, loader.from_files(stack))


def judged(program: Callable[[Settings], None], settings: Settings) -> set[Broken]:
    """What a program with these settings breaks, with the configuration that the settings give the packs."""
    return judged_registrations(registrations(program, settings), settings)


def judged_registrations(seen: list[tuple[Any, Any]], settings: Settings) -> set[Broken]:
    """The same, of what was registered before."""
    configuration = configured(settings)
    single, stack = requests_of(seen)
    found: list[proto.AnalyzeDiagnostic] = []
    pack = analyzer()
    pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack=settings.stack), None)
    pack.Configure(configuration, None)
    for request in single:
        found += pack.Analyze(request, None).diagnostics
    found += pack.AnalyzeStack(stack, None).diagnostics
    return {
        Broken(each.policyName, each.urn.rpartition("$")[2])
        for each in found
        if each.enforcementLevel == proto.MANDATORY
    }


def requests_of(seen: list[tuple[Any, Any]]) -> tuple[list[Any], Any]:
    """What the engine asks a pack about each resource, and about the whole stack."""
    providers = {request.name: (request, answer) for request, answer in seen if request.type.startswith("pulumi:prov")}
    stack = proto.AnalyzeStackRequest()
    single = [analyze(proto.AnalyzeRequest(), *each, providers) for each in seen]
    for each in seen:
        entry = analyze(stack.resources.add(), *each, providers)
        for name, dependencies in each[0].propertyDependencies.items():
            entry.propertyDependencies[name].urns.extend(dependencies.urns)
    return single, stack


def configured(settings: Settings) -> proto.ConfigureAnalyzerRequest:
    """The packs' configuration as the engine sends it."""
    request = proto.ConfigureAnalyzerRequest()
    for control, given in pack_configuration(settings).items():
        request.policyConfig[control].enforcementLevel = LEVELS[given["enforcementLevel"]]
        request.policyConfig[control].properties.update(
            {name: value for name, value in given.items() if name != "enforcementLevel"}
        )
    return request


def analyze(message: Any, request: Any, answer: Any, providers: Mapping[str, Any]) -> Any:
    """A registration as the engine shows it to a pack: with outputs, where the whole stack is in view."""
    message.type, message.urn, message.name = request.type, answer.urn, request.name
    properties = Struct()
    properties.CopyFrom(request.object)
    if isinstance(message, proto.AnalyzerResource):
        properties.MergeFrom(answer.object)
        properties.fields["id"].string_value = answer.id
    message.properties.CopyFrom(properties)
    message.options.protect = request.protect
    message.options.ignoreChanges.extend(request.ignoreChanges)
    message.options.parent = request.parent
    if request.provider:
        provider, given = providers[request.provider.split("::")[3]]
        message.provider.type, message.provider.urn, message.provider.name = provider.type, given.urn, provider.name
        message.provider.properties.CopyFrom(provider.object)
    return message
