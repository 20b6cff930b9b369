"""Serves a package of components and their methods with Pulumi's own provider runtime, loaded at the first of them."""

# ruff: noqa: ARG002, D102, N802 - the protocol names the calls; the runtime is loaded when first needed

from __future__ import annotations

import asyncio
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from offline.server.servicer import Context


class ComponentServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the EKS components. Pulumi's runtime keeps settings in globals, so components are built one by one."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._engine = ""
        self._one_by_one = asyncio.Lock()

    async def Handshake(self, request: provider_pb2.ProviderHandshakeRequest, context: Context) -> Any:
        self._engine = request.engine_address
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=True)

    async def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> Any:
        self._engine = request.address
        return empty_pb2.Empty()

    async def Cancel(self, request: empty_pb2.Empty, context: Context) -> Any:
        return empty_pb2.Empty()

    async def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    async def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> Any:
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, acceptOutputs=True, supportsPreview=True
        )

    async def Construct(self, request: provider_pb2.ConstructRequest, context: Context) -> Any:
        return await self._served("Construct", request, context)

    async def Call(self, request: provider_pb2.CallRequest, context: Context) -> Any:
        return await self._served("Call", request, context)

    async def _served(self, name: str, request: Any, context: Context) -> Any:
        async with self._one_by_one:
            # Loading the SDKs takes a second, on a busy machine longer than the engine waits for the other providers.
            runtime = await asyncio.to_thread(_runtime, self._version, self._engine)
            try:
                return await getattr(runtime, name)(request, context)
            except Exception as error:
                if refusal := _refusal(error):
                    await context.abort(grpc.StatusCode.INVALID_ARGUMENT, refusal)
                raise


def _runtime(version: str, engine: str) -> Any:
    from pulumi.provider.server import ProviderServicer

    from offline.providers.eks import Components

    return ProviderServicer(Components(version), [], engine)


def _refusal(error: BaseException | None) -> str:
    """What a component says against its options; the runtime wraps it, with a traceback of ours."""
    while error is not None:
        if isinstance(error, ValueError) or type(error) is LookupError:  # a KeyError is a fault of ours
            return str(error)
        error = getattr(error, "inner", None) or error.__context__
    return ""
