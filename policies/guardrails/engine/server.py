"""Serves one pack over Pulumi's analyzer protocol.

The engine starts a pack as a process, reads the port from its first line of output, and calls it for every resource.
The protocol is served here directly, with the messages and stubs that the Pulumi SDK carries. So a resource is read
once for all controls, unknown values are a verdict instead of an exception that passes, and every control is a policy
of its own to the engine, with level, severity, remedy and schema.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import signal
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import plugin_pb2

from guardrails.engine.configuration import SETTINGS, Configuration, ConfigurationError, configure
from guardrails.engine.description import LEVELS, SEVERITIES, describe
from guardrails.engine.evaluation import Evaluator, Report
from guardrails.engine.exemptions import BESIDE_THE_PACKS, Exemptions, ExemptionsError, in_force
from guardrails.engine.packs import ALL, PACKS, Pack, family_of, load_controls
from guardrails.engine.unjudged import unjudged
from guardrails.engine.wire import read_properties
from guardrails.model.control import Deployment, Level
from guardrails.model.resource import Resource

NEW_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own default is 700; what is read of a resource is kept until the whole stack is judged."""
_MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; as much as the engine sends, the whole stack in one message."""


def released_version() -> str:
    """The version of the packs in this repository, or of the installed library; 0.0.0 for a loose copy."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    for name in ("smile-guardrails", "smile"):
        with suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return "0.0.0"


VERSION = released_version()
SERVICE = proto.DESCRIPTOR.services_by_name["Analyzer"]
_LEVEL_OF = {number: level for level, number in LEVELS.items()} | {proto.REMEDIATE: Level.MANDATORY}


class Analyzer:
    """One pack, as the engine sees it. Calls come from one thread (see `serve`).

    It has no ``Remediate``: a control tells what to write, it does not rewrite.
    """

    def __init__(self, pack: Pack, exemptions: Path = BESIDE_THE_PACKS) -> None:
        """Load the controls and the exemptions with the default configuration.

        Raises:
            ConfigurationError, ExemptionsError: the defaults or the exemptions are not valid.
        """
        self._pack = pack
        self._file = exemptions
        self._ids = load_controls().keys()
        self._controls = pack.controls
        self._configuration = configure(pack.name, self._controls, {})
        self._deployment: Deployment | None = None
        self._told: set[str] = set()
        self._evaluator = self._evaluator_for(self._configuration)

    def _evaluator_for(self, configuration: Configuration) -> Evaluator:
        today = datetime.now(UTC).date()
        exemptions = Exemptions(in_force(configuration.settings["exemptions"], self._ids, today, self._file), today)
        return Evaluator(self._controls, configuration, exemptions, self._deployment)

    # The engine calls these once, in this order. The directories and the engine's address of a handshake decide
    # nothing here: a pack judges what it's sent.

    def Handshake(self, request: object, context: grpc.ServicerContext) -> proto.AnalyzerHandshakeResponse:
        """Accept the engine."""
        return proto.AnalyzerHandshakeResponse()

    def ConfigureStack(
        self, request: proto.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzerStackConfigureResponse:
        """Take the stack's tags and configuration; its secrets, which come in plain text, are left out."""
        secret = set(request.config_secret_keys)
        config = {key: value for key, value in request.config.items() if key not in secret}
        self._deployment = Deployment(dict(request.tags), config)
        self._evaluator = self._evaluator_for(self._configuration)
        return proto.AnalyzerStackConfigureResponse()

    def GetPluginInfo(self, request: object, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of the packs."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetAnalyzerInfo(self, request: object, context: grpc.ServicerContext) -> proto.AnalyzerInfo:
        """Every control as a policy."""
        return describe(self._pack, VERSION)

    def Configure(self, request: proto.ConfigureAnalyzerRequest, context: grpc.ServicerContext) -> Empty:
        """Take the operator's levels and parameters; the engine stops on a refusal."""
        given = {
            name: (_LEVEL_OF[config.enforcementLevel], read_properties(config.properties)[0])
            for name, config in request.policyConfig.items()
        }
        try:
            self._configuration = configure(self._pack.name, self._controls, given, self._ids)
            self._evaluator = self._evaluator_for(self._configuration)
        except (ConfigurationError, ExemptionsError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return Empty()

    def Analyze(self, request: proto.AnalyzeRequest, context: grpc.ServicerContext) -> proto.AnalyzeResponse:
        """Judge one resource before it is created or changed."""
        response = self._respond(self._evaluator.on_resource(_resource(request)))
        self._told.update(each.policyName for each in response.diagnostics)
        return response

    def AnalyzeStack(self, request: proto.AnalyzeStackRequest, context: grpc.ServicerContext) -> proto.AnalyzeResponse:
        """Judge what was left open, and the relations between the resources."""
        resources = [_deployed(resource) for resource in request.resources]
        response = self._respond(self._evaluator.on_stack(resources))
        if not self._evaluator.verdicts:
            response.diagnostics.append(self._nothing_judged())
        else:
            response.diagnostics.extend(self._unjudged(resources))
        response.not_applicable.extend(self._not_passed())
        return response

    def _not_passed(self) -> Iterator[proto.PolicyNotApplicable]:
        """Controls that the engine must not name as passed: it passes what no report of the whole stack names."""
        for control in self._controls:
            if control.id in self._told:
                yield proto.PolicyNotApplicable(policy_name=control.id, reason="what breaks it was told before")
            elif control.id in self._evaluator.undecided:
                yield proto.PolicyNotApplicable(policy_name=control.id, reason="it can't be decided before deployment")
            elif control.id not in self._evaluator.verdicts:
                yield proto.PolicyNotApplicable(policy_name=control.id, reason="it looks at no resource of this stack")

    def Cancel(self, request: object, context: grpc.ServicerContext) -> Empty:
        """Nothing to stop: no call outlives its answer."""
        return Empty()

    def _respond(self, reports: Any) -> proto.AnalyzeResponse:
        return proto.AnalyzeResponse(diagnostics=[self._diagnostic(report) for report in reports])

    def _nothing_judged(self) -> proto.AnalyzeDiagnostic:
        return self._of_the_pack(
            f"policy pack {self._pack.name} judged nothing: no control that is enabled looks at a resource of "
            "this stack.\nFix: run it on the program that makes the resources, or enable its controls."
        )

    def _unjudged(self, resources: list[Resource]) -> Iterator[proto.AnalyzeDiagnostic]:
        """One report for all types; a family alone can't tell, since another one may have the control."""
        level = Level(self._configuration.settings["unjudged"])
        found = unjudged(resources) if self._pack is ALL and level is not Level.DISABLED else None
        if found:
            named = ", ".join(f"{type_} ({count})" for type_, count in sorted(found.items()))
            yield self._of_the_pack(
                f"no control is written for {len(found)} types of {found.total()} resources, so that only the controls "
                f"over every type have judged them: {named}.\nFix: look at them, write a control where a fault can be "
                "stated, or list the type with its reason in guardrails/engine/reviewed_types.yaml.",
                level,
            )

    def _of_the_pack(self, message: str, level: Level = Level.ADVISORY) -> proto.AnalyzeDiagnostic:
        return proto.AnalyzeDiagnostic(
            policyName=SETTINGS,
            policyPackName=self._pack.name,
            policyPackVersion=VERSION,
            description="Settings",
            message=message,
            enforcementLevel=LEVELS[level],
        )

    def _diagnostic(self, report: Report) -> proto.AnalyzeDiagnostic:
        control = report.control
        family = f"\nPack: {family_of(control.id).name}." if self._pack is ALL else ""
        return proto.AnalyzeDiagnostic(
            policyName=control.id,
            policyPackName=self._pack.name,
            policyPackVersion=VERSION,
            description=control.title,
            message=report.message + family,
            urn=report.urn,
            enforcementLevel=LEVELS[report.level],
            severity=SEVERITIES[control.severity],
        )


def _resource(message: proto.AnalyzeRequest | proto.AnalyzerResource) -> Resource:
    """The resource in an engine's message; its properties are read when first needed."""
    options = message.options
    provider = message.provider
    return Resource(
        message.type,
        message.urn,
        message.name,
        _loader(message.properties),
        provider=Resource(provider.type, provider.urn, provider.name, _loader(provider.properties))
        if message.HasField("provider")
        else None,
        parent=options.parent or None,
        protect=options.protect,
        ignore_changes=options.ignoreChanges,
        delete_before_replace=options.deleteBeforeReplace if options.deleteBeforeReplaceDefined else None,
    )


def _deployed(message: proto.AnalyzerResource) -> Resource:
    """The resource as it stands at the end of the run."""
    resource = _resource(message)
    resource.load_outputs = _loader(message.properties)
    resource.dependencies = {key: tuple(value.urns) for key, value in message.propertyDependencies.items()}
    return resource


def _loader(properties: Struct) -> Callable[[], Any]:
    return partial(read_properties, properties)


def handler(analyzer: Analyzer) -> grpc.GenericRpcHandler:
    """Serves the methods that an analyzer has; what else the protocol has is answered as unimplemented."""
    methods = {
        method.name: grpc.unary_unary_rpc_method_handler(
            getattr(analyzer, method.name),
            request_deserializer=GetMessageClass(method.input_type).FromString,
            response_serializer=GetMessageClass(method.output_type).SerializeToString,
        )
        for method in SERVICE.methods
        if hasattr(analyzer, method.name)
    }
    return grpc.method_handlers_generic_handler(SERVICE.full_name, methods)


def start(pack: Pack, exemptions: Path = BESIDE_THE_PACKS) -> tuple[grpc.Server, int]:
    """Serve ``pack`` on a free port of the loopback interface; the caller stops the server."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=1),
        options=[("grpc.max_receive_message_length", _MESSAGE_LIMIT)],
    )
    server.add_generic_rpc_handlers([handler(Analyzer(pack, exemptions))])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(name: str, exemptions: Path = BESIDE_THE_PACKS) -> None:
    """Run the pack of this name until the engine ends the process; ends with a message and 1 if it can't be loaded."""
    try:
        server, port = start(PACKS[name], exemptions)
    except Exception as error:  # whatever it is, the engine must not go on without this pack
        sys.exit(f"policy pack {name} can't be loaded: {_in_words(error)}")
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end)
    gc.freeze()  # what is loaded stays, no collection need look at it
    gc.set_threshold(NEW_OBJECTS_BETWEEN_COLLECTIONS)
    print(port, flush=True)
    server.wait_for_termination()


def _end(*_: object) -> None:
    """End at once: nothing is left to do, and the engine waits."""
    os._exit(0)


def _in_words(error: Exception) -> str:
    if isinstance(error, ConfigurationError | ExemptionsError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
