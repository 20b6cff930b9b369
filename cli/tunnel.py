"""``smile tunnel``: a way through the bastion to the private Kubernetes APIs, or to the database.

Each is a port-forwarding session of Session Manager: nothing listens but on this machine, and AWS records who opened
it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from cli.answer import Answer, CommandError
from cli.cluster_api import Endpoint, endpoint_of
from cli.connect_proxy import ConnectProxy
from cli.sandbox import ROOT
from components.core.settings.problems import suggestion
from doctor.account import clients
from settings import load_from_files
from settings.stack import PROJECT, Settings

DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
"""AWS's document, one of those that operators of the bastion may use (components/bastion/sessions.py)."""
FIRST_PORT = 8443
"""Of the first cluster on this machine, and the next ones for others; the database has the port that it has itself."""


class TunnelError(CommandError):
    """Why there is no way; the message says what to do."""


@dataclass(frozen=True)
class Way:
    """One forwarded port.

    Attributes:
        host: what the bastion connects to.
        port: of it.
        local: port on this machine.
    """

    host: str
    port: int
    local: int


def run(stack: str, to: str | None, port: int | None) -> Answer:
    """Open the way and keep it until Ctrl-C, or until Session Manager ends it.

    Raises:
        TunnelError: there is none.
    """
    settings = load_from_files(stack, ROOT)
    check(settings, to)
    bastion = running_bastion(settings)
    if to == "database":
        ways, proxy = [way_to_database(settings, port)], None
    else:
        ends = ways_to_clusters(settings, to, port or FIRST_PORT)
        ways = [way for _, way in ends]
        proxy = ConnectProxy({(way.host, way.port): ("127.0.0.1", way.local) for way in ways})
        tell(settings, ends, proxy)
    with proxy or nullcontext():
        return Answer(code=sessions([command(bastion, way, settings.account.region) for way in ways]))


def check(settings: Settings, target: str | None) -> None:
    """Refuse what can't work before AWS is asked.

    Raises:
        TunnelError: says what is missing.
    """
    targets = [*settings.enabled_clusters, "database"]
    if target is not None and target not in targets:
        raise TunnelError(f"--to: got {target}{suggestion(target, targets)}; valid: {', '.join(targets)}")
    if target is None and not settings.enabled_clusters:
        raise TunnelError("there are no clusters: no smile:clusters is enabled; --to database opens a way there")
    if not settings.bastion.enabled:
        raise TunnelError("there is no bastion: smile:bastion.enabled is false")
    if target == "database" and not settings.network.database_access.bastion:
        raise TunnelError("the bastion may not reach it: smile:network: {database_access: {bastion: true}}, and update")
    for program in ("aws", "session-manager-plugin"):
        if not shutil.which(program):
            raise TunnelError(
                f"{program} is not on PATH; smile doctor --stack {settings.stack} says where it comes from"
            )


def client(settings: Settings, service: str) -> Any:
    """A client of AWS in the stack's Region, with the operator's own credentials."""
    return clients()(service, settings.account.region)


def running_bastion(settings: Settings) -> str:
    """The id of the stack's bastion.

    Raises:
        TunnelError: it isn't there, or doesn't run.
    """
    name = f"{PROJECT}-{settings.stack}-bastion"
    filters = [
        {"Name": "tag:Name", "Values": [name]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
    ]
    found = client(settings, "ec2").describe_instances(Filters=filters)["Reservations"]
    hosts = [(each["InstanceId"], each["State"]["Name"]) for group in found for each in group["Instances"]]
    if not hosts:
        raise TunnelError(f"no instance {name} in account and Region of these credentials; make update comes first")
    instance, state = hosts[0]
    if state != "running":
        region = settings.account.region
        raise TunnelError(f"{name} is {state}: aws ec2 start-instances --region {region} --instance-ids {instance}")
    return instance


def ways_to_clusters(settings: Settings, only: str | None, first_port: int) -> list[tuple[Endpoint, Way]]:
    """The API of each of the stack's clusters, or of one, and the way there.

    Raises:
        TunnelError: one isn't there yet.
    """
    ends: list[tuple[Endpoint, Way]] = []
    for port, cluster in enumerate([only] if only else settings.enabled_clusters, first_port):
        name = settings.cluster_name(cluster)
        endpoint = endpoint_of(name, settings.account.region)
        if endpoint is None:
            raise TunnelError(f"no cluster {name} yet; make update STACK={settings.stack} makes it")
        ends.append((endpoint, Way(endpoint.host, 443, port)))
    return ends


def way_to_database(settings: Settings, port: int | None) -> Way:
    """The database as its clients know it."""
    identifier = f"{PROJECT}-{settings.stack}-{settings.database.name}"
    (found,) = client(settings, "rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    endpoint = found["Endpoint"]
    way = Way(endpoint["Address"], endpoint["Port"], port or endpoint["Port"])
    print(f"{identifier}: 127.0.0.1:{way.local}; over TLS its certificate names {way.host}")
    return way


def tell(settings: Settings, ends: Sequence[tuple[Endpoint, Way]], proxy: ConnectProxy) -> None:
    """Write the kubeconfig, and say how kubectl and this program go through."""
    file = write_kubeconfig(ROOT / ".smile" / "tunnel", settings, ends)
    names = ", ".join(endpoint.cluster for endpoint, _ in ends)
    print(
        f"export KUBECONFIG={file}    # kubectl goes through; --context: {names}\n"
        f"HTTPS_PROXY={proxy.url} make update STACK={settings.stack}    # and so does this program\n"
        "Ctrl-C closes the tunnel",
        flush=True,
    )


def write_kubeconfig(folder: Path, settings: Settings, ends: Sequence[tuple[Endpoint, Way]]) -> Path:
    """One with a context for each way: certificates are the endpoints', who asks is whom the aws command says."""
    names = [endpoint.cluster for endpoint, _ in ends]
    content: Mapping[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": endpoint.cluster, "cluster": server(endpoint, way)} for endpoint, way in ends],
        "users": [{"name": name, "user": {"exec": token(name, settings.account.region)}} for name in names],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in names],
        "current-context": names[0],
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{PROJECT}-{settings.stack}.kubeconfig"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    file.chmod(0o600)
    return file


def server(endpoint: Endpoint, way: Way) -> dict[str, str]:
    """A cluster of a kubeconfig, at this end of the way."""
    return {
        "server": f"https://127.0.0.1:{way.local}",
        "tls-server-name": endpoint.host,
        "certificate-authority-data": endpoint.authority,
    }


def token(cluster: str, region: str) -> dict[str, Any]:
    """How kubectl gets a token for a cluster."""
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", cluster, "--region", region, "--output", "json"],
        "interactiveMode": "Never",
    }


def command(bastion: str, way: Way, region: str) -> list[str]:
    """The session of the aws command that forwards one port."""
    parameters = f"host={way.host},portNumber={way.port},localPortNumber={way.local}"
    words = ["aws", "ssm", "start-session", "--region", region, "--target", bastion]
    return [*words, "--document-name", DOCUMENT, "--parameters", parameters]


def left_to_session(number: int, frame: FrameType | None) -> None:
    """On Ctrl-C the session ends by itself; ignored, the signal would be lost on it, too."""


def sessions(commands: Sequence[Sequence[str]]) -> int:
    """Keep the sessions until all have ended; Ctrl-C is their own to handle. The worst exit code."""
    signal.signal(signal.SIGINT, left_to_session)
    with ExitStack() as stack:
        running: list[subprocess.Popen[bytes]] = []
        for words in commands:
            print(f"$ {' '.join(words)}", file=sys.stderr, flush=True)
            running.append(stack.enter_context(subprocess.Popen(words, env=os.environ)))
        return max(abs(each.wait()) for each in running)
