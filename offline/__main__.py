"""Serves the stand-in providers: `python -m offline --database FILE`.

Prints one line of JSON, `{"aws": PORT, "eks": PORT, ...}`, when it is ready, and ends with its parent. A parent whose
engine ended by itself says so by SIGTERM or by the line `done` on standard input: what was created then counts as
recorded by the engine. After any other end (kill -9) the next run cleans up what the engine never heard of.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread

import grpc.aio
from pulumi.runtime.proto import provider_pb2_grpc

from offline.cloud.store import Cloud, StoreError
from offline.packages.aws import DEFAULT_ACCOUNT, DEFAULT_REGION, Aws
from offline.packages.components import ComponentServicer
from offline.packages.kubernetes import Kubernetes
from offline.packages.package import Package
from offline.packages.randomness import Drawn, Maker, random_makers
from offline.server import OPTIONS, Servicer


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m offline", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file that holds the cloud")
    parser.add_argument("--ready-file", type=Path, help="write the line with the ports there, too")
    parser.add_argument("--disposable", action="store_true", help="delete what AWS would protect from deletion")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help="account id where the program names none")
    parser.add_argument("--region", default=DEFAULT_REGION, help="region where the program names none")
    return parser.parse_args(arguments)


def installed(package: str) -> str:
    """Version of the installed SDK of a Pulumi package."""
    try:
        return version(f"pulumi_{package}")
    except PackageNotFoundError:
        return "0.0.0"


def packages(cloud: Cloud, options: argparse.Namespace) -> list[Package]:
    """The packages served beside `eks`."""
    return [
        Aws(cloud, installed("aws"), options.account, options.region, disposable=options.disposable),
        Kubernetes(cloud, installed("kubernetes")),
        Drawn("random", installed("random"), random_makers),
        Drawn("tls", installed("tls"), _tls_makers),
    ]


def _tls_makers() -> Mapping[str, Maker]:
    from offline.packages.tls import MAKERS

    return MAKERS


async def _serve(options: argparse.Namespace, cloud: Cloud) -> bool:
    """Serve until the end; whether it was a clean one."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[bool] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: _settle(ended, clean=True))
    Thread(target=_wait_for_parent, args=(loop, ended), daemon=True).start()
    servers: list[grpc.aio.Server] = []
    ports: dict[str, int] = {}
    served: dict[str, provider_pb2_grpc.ResourceProviderServicer] = {
        package.name: Servicer(package) for package in packages(cloud, options)
    }
    served["eks"] = ComponentServicer(installed("eks"))
    for name, servicer in served.items():
        server = grpc.aio.server(options=OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        ports[name] = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        servers.append(server)
    line = json.dumps(ports)
    if options.ready_file:
        options.ready_file.write_text(line, encoding="utf-8")
    print(line, flush=True)
    clean = await ended
    await asyncio.gather(*(server.stop(grace=1) for server in servers))
    return clean


def _settle(ended: asyncio.Future[bool], *, clean: bool) -> None:
    if not ended.done():
        ended.set_result(clean)


def _wait_for_parent(loop: asyncio.AbstractEventLoop, ended: asyncio.Future[bool]) -> None:
    """Ends the server when the parent closes our standard input; where that is no pipe, when the parent is gone."""
    said = b""
    if stat.S_ISFIFO(os.fstat(0).st_mode) or stat.S_ISSOCK(os.fstat(0).st_mode):
        while chunk := os.read(0, 4096):
            said += chunk
    else:
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(0.2)
    loop.call_soon_threadsafe(lambda: _settle(ended, clean=said.endswith(b"done\n")))


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 then, 1 if the database cannot be used."""
    options = _arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        cloud = Cloud(options.database)
    except StoreError as error:
        print(f"smile offline: {error}", file=sys.stderr)
        return 1
    clean = asyncio.run(_serve(options, cloud))
    cloud.close(recorded=clean)
    return 0


if __name__ == "__main__":
    sys.exit(main())
