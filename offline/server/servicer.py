"""The gRPC side of the mock providers: what the engine sends, turned into operations of a `Provider`."""

# ruff: noqa: ARG002, D102, N802 - the protocol names the calls and what they take

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from offline.cloud.rules import RefusedError
from offline.cloud.store import StoreError
from offline.provider import Difference, InUseError, OfflineError, Provider, Target, compare, top
from offline.schema.package_schema import package_schema
from offline.schema.validation import Failure
from offline.wire.redaction import Redaction
from offline.wire.values import Properties, decode, encode, marks, remark

Context = grpc.aio.ServicerContext[Any, Any]
_KINDS = provider_pb2.PropertyDiff
_CHANGES: Mapping[tuple[str, bool], Any] = {
    ("add", False): _KINDS.ADD,
    ("add", True): _KINDS.ADD_REPLACE,
    ("delete", False): _KINDS.DELETE,
    ("delete", True): _KINDS.DELETE_REPLACE,
    ("update", False): _KINDS.UPDATE,
    ("update", True): _KINDS.UPDATE_REPLACE,
}
_DELETE_TRIES = 20  # the AWS provider waits many minutes for what uses a resource to go; here that takes no time
_BETWEEN_TRIES = 0.1  # seconds
_MESSAGE_LIMIT = 400 * 1024 * 1024  # bytes; the engine's own
OPTIONS = (("grpc.max_receive_message_length", _MESSAGE_LIMIT), ("grpc.max_send_message_length", _MESSAGE_LIMIT))


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one package. Each provider instance of a program has its own connection and configuration."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._configurations: dict[str, Properties] = {}
        self._latest: Properties = {}

    def _config(self, context: Context) -> Properties:
        return self._configurations.get(context.peer(), self._latest)

    def _redaction(self, *structs: struct_pb2.Struct) -> Redaction:
        """What hides the secrets of a request from whoever would keep them; keys and certificates are made of them."""
        return Redaction(*structs) if self.provider.remembers else Redaction()

    def _target(self, urn: str, context: Context, **more: Any) -> Target:
        return Target(urn=urn, config=self._config(context), **more)

    @asynccontextmanager
    async def _reporting(self, context: Context) -> AsyncGenerator[None]:
        """What an operation refuses becomes a gRPC error with its message."""
        try:
            yield
        except (RefusedError, OfflineError, StoreError, LookupError) as error:
            message = str(error.args[0]) if error.args else str(error)
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)

    async def Handshake(self, request: provider_pb2.ProviderHandshakeRequest, context: Context) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    async def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> Any:
        return empty_pb2.Empty()

    async def Cancel(self, request: empty_pb2.Empty, context: Context) -> Any:
        return empty_pb2.Empty()

    async def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> Any:
        return plugin_pb2.PluginInfo(version=self.provider.version)

    async def GetSchema(self, request: provider_pb2.GetSchemaRequest, context: Context) -> Any:
        schema = await asyncio.to_thread(package_schema, self.provider.name, self.provider.version)
        return provider_pb2.GetSchemaResponse(schema=schema)

    async def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> Any:
        failures = self.provider.check_config(unfold(decode(request.news)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    async def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> Any:
        changed = compare(decode(request.old_inputs or request.olds), decode(request.news))
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_SOME if changed else kinds.DIFF_NONE)

    async def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> Any:
        config = unfold(decode(request.args))
        self._configurations[context.peer()] = self._latest = config
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    async def Check(self, request: provider_pb2.CheckRequest, context: Context) -> Any:
        naming = request.autonaming if request.HasField("autonaming") else None
        target = self._target(
            request.urn,
            context,
            seed=request.randomSeed,
            proposed_name=naming.proposed_name if naming else "",
            naming_off=naming is not None and naming.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE,
        )
        async with self._reporting(context):
            inputs, failures = self.provider.check(target, decode(request.olds), decode(request.news))
            inputs = remark(inputs, marks(request.news))
            return provider_pb2.CheckResponse(inputs=encode(inputs), failures=_failures(failures))

    async def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> Any:
        async with self._reporting(context):
            old = decode(request.old_inputs)
            difference = self.provider.diff(self._target(request.urn, context), old, decode(request.news))
            return _diff_response(difference, frozenset(request.ignoreChanges))

    async def Create(self, request: provider_pb2.CreateRequest, context: Context) -> Any:
        async with self._reporting(context):
            target, redaction = self._target(request.urn, context), self._redaction(request.properties)
            inputs = redaction.redact(decode(request.properties))
            id_, outputs = redaction.restore(list(self.provider.create(target, inputs, preview=request.preview)))
            return provider_pb2.CreateResponse(id=id_, properties=encode(remark(outputs, marks(request.properties))))

    async def Read(self, request: provider_pb2.ReadRequest, context: Context) -> Any:
        async with self._reporting(context):
            redaction = self._redaction(request.inputs, request.properties)
            state = redaction.redact(decode(request.inputs)), redaction.redact(decode(request.properties))
            found = self.provider.read(self._target(request.urn, context), redaction.redact(request.id), state)
            if found is None:
                return provider_pb2.ReadResponse(id="")
            id_, inputs, outputs = redaction.restore(list(found))
            return provider_pb2.ReadResponse(
                id=id_,
                inputs=encode(remark(inputs, marks(request.inputs))),
                properties=encode(remark(outputs, marks(request.properties))),
            )

    async def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> Any:
        async with self._reporting(context):
            target, redaction = (
                self._target(request.urn, context),
                self._redaction(request.old_inputs, request.olds, request.news),
            )
            old_inputs, old, new = (
                redaction.redact(decode(each)) for each in (request.old_inputs, request.olds, request.news)
            )
            id_, preview = redaction.redact(request.id), request.preview
            outputs = redaction.restore(self.provider.update(target, id_, (old_inputs, old), new, preview=preview))
            return provider_pb2.UpdateResponse(properties=encode(remark(outputs, marks(request.news))))

    async def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> Any:
        target = self._target(request.urn, context)
        id_ = self._redaction(request.old_inputs, request.properties).redact(request.id)
        async with self._reporting(context):
            for _ in range(_DELETE_TRIES):
                try:
                    self.provider.delete(target, id_)
                except InUseError:
                    await asyncio.sleep(_BETWEEN_TRIES)
                else:
                    return empty_pb2.Empty()
            self.provider.delete(target, id_)
            return empty_pb2.Empty()

    async def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> Any:
        async with self._reporting(context):
            result, failures = self.provider.invoke(request.tok, decode(request.args), self._config(context))
            return provider_pb2.InvokeResponse(**{"return": encode(result)}, failures=_failures(failures))


def unfold(config: Properties) -> Properties:
    """Provider configuration with its nested values, which travel as JSON text, as values."""
    return {name: _parsed(value) for name, value in config.items() if name != "version"}


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and (value[:1] in "{[" or value in {"true", "false"}) and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _failures(failures: list[Failure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]


def _diff_response(difference: Difference, ignored: frozenset[str]) -> provider_pb2.DiffResponse:
    changes = {path: change for path, change in difference.changes.items() if not ignored & {"*", path, top(path)}}
    replaces = [path for path in changes if path in difference.replaces]
    kinds = provider_pb2.DiffResponse
    return kinds(
        changes=kinds.DIFF_SOME if changes else kinds.DIFF_NONE,
        diffs=sorted({top(path) for path in changes}),
        replaces=sorted({top(path) for path in replaces}),
        deleteBeforeReplace=difference.delete_first and bool(replaces),
        hasDetailedDiff=True,
        detailedDiff={
            path: _KINDS(kind=_CHANGES[change, path in difference.replaces], inputDiff=True)
            for path, change in changes.items()
        },
    )
