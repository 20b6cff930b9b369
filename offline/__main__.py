"""Serves the mock providers: `python -m offline --database FILE`.

Prints one line of JSON, `{"aws": PORT, "eks": PORT, ...}`, when it is ready. Ends on SIGTERM, or with its parent.
At the start and at the end it makes the cloud agree with what the engine has saved (see `cloud/journal.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from types import ModuleType

if __name__ == "__main__":  # the SDK imports its Automation API at once: a quarter of this process's start, unused
    sys.modules["pulumi.automation"] = ModuleType("pulumi.automation")

import grpc.aio
from pulumi.runtime.proto import provider_pb2_grpc

from offline.cloud.backend import Backend, BackendError
from offline.cloud.store import Cloud, StoreError
from offline.provider import Provider
from offline.providers.aws import DEFAULT_ACCOUNT, DEFAULT_REGION, Aws
from offline.providers.kubernetes import Kubernetes
from offline.providers.state_only import Maker, StateOnly, random_makers
from offline.schema.catalogue import keep_types
from offline.schema.limits import evaluate
from offline.schema.type_cache import TypeCache
from offline.server.component_servicer import ComponentServicer
from offline.server.servicer import OPTIONS, Servicer

NEW_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own default is 700."""
_TYPES = Path(__file__).parents[1] / ".smile" / "types"


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m offline", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file that holds the cloud")
    parser.add_argument("--state", type=Path, help="folder of the file backend that holds the stacks' states")
    parser.add_argument("--disposable", action="store_true", help="delete what AWS would protect from deletion")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help="account id where the program names none")
    parser.add_argument("--region", default=DEFAULT_REGION, help="region where the program names none")
    return parser.parse_args(arguments)


def packages(cloud: Cloud, options: argparse.Namespace) -> list[Provider]:
    """The packages served beside `eks`."""
    return [
        Aws(cloud, version("pulumi_aws"), options.account, options.region, disposable=options.disposable),
        Kubernetes(cloud, version("pulumi_kubernetes")),
        StateOnly("random", version("pulumi_random"), random_makers),
        StateOnly("tls", version("pulumi_tls"), _tls_makers),
    ]


def _tls_makers() -> Mapping[str, Maker]:
    from offline.providers.tls import MAKERS

    return MAKERS


async def _serve(options: argparse.Namespace, cloud: Cloud) -> None:
    """Serve until the end."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    Thread(target=_wait_for_parent, args=(lambda: loop.call_soon_threadsafe(ended.set),), daemon=True).start()
    servers: list[grpc.aio.Server] = []
    ports: dict[str, int] = {}
    served: dict[str, provider_pb2_grpc.ResourceProviderServicer] = {
        package.name: Servicer(package) for package in packages(cloud, options)
    }
    served["eks"] = ComponentServicer(version("pulumi_eks"))
    for name, servicer in served.items():
        server = grpc.aio.server(options=OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        ports[name] = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        servers.append(server)
    gc.freeze()  # what is loaded stays, and of what a call makes hardly anything outlives it
    gc.set_threshold(NEW_OBJECTS_BETWEEN_COLLECTIONS)
    print(json.dumps(ports), flush=True)
    await ended.wait()
    await asyncio.gather(*(server.stop(grace=1) for server in servers))


def _wait_for_parent(end: Callable[[], None]) -> None:
    """Calls `end` when the parent closes our standard input; where that is no pipe, when the parent is gone."""
    if stat.S_ISFIFO(os.fstat(0).st_mode) or stat.S_ISSOCK(os.fstat(0).st_mode):
        while os.read(0, 4096):
            pass
    else:
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(0.2)
    end()


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 then, 1 if the database cannot be used."""
    options = _arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        cloud = Cloud(options.database, Backend(options.state) if options.state else None)
        for line in cloud.settle():
            print(line, file=sys.stderr, flush=True)
        types = TypeCache(_TYPES)
        keep_types(types)
        asyncio.run(_serve(options, cloud))
        types.save(evaluate)
        cloud.settle()
    except (StoreError, BackendError) as error:
        print(error, file=sys.stderr)
        return 1
    cloud.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
