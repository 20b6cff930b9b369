"""``smile tunnel``: a way through the bastion to the private Kubernetes API, or to the database.

It is a port-forwarding session of Session Manager: nothing listens but on this machine, and AWS records who opened it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from cli.cluster_api import Endpoint, endpoint_of
from cli.connect_proxy import ConnectProxy
from cli.sandbox import ROOT
from components.core.settings.problems import SettingsError, suggestion
from settings import load_from_files
from settings.stack import PROJECT, Settings

DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
"""AWS's document, one of those that operators of the bastion may use (components/bastion/sessions.py)."""
FIRST_PORT = 8443
"""Of Kubernetes on this machine; the database has the port that it has itself."""


class TunnelError(Exception):
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


def configure(parser: argparse.ArgumentParser) -> None:
    """Where to, of which stack."""
    parser.add_argument("--stack", required=True, help="one with a Pulumi.STACK.yaml")
    parser.add_argument(
        "--to", default="application", metavar="WHAT", help="a cluster of the stack, or database; default: application"
    )
    parser.add_argument("--port", type=int, help=f"on this machine; default: {FIRST_PORT}, or the database's own")


def run(arguments: argparse.Namespace) -> int:
    """Open the way and keep it until Ctrl-C, or until Session Manager ends it; 1 where there is none."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        settings = load_from_files(arguments.stack, ROOT)
        check(settings, arguments.to)
        bastion = running_bastion(settings)
        if arguments.to == "database":
            way, proxy = way_to_database(settings, arguments.port), None
        else:
            endpoint = cluster_endpoint(settings, arguments.to)
            way = Way(endpoint.host, 443, arguments.port or FIRST_PORT)
            proxy = ConnectProxy({(way.host, way.port): ("127.0.0.1", way.local)})
            tell(settings, endpoint, way, proxy)
    except (BotoCoreError, ClientError, SettingsError, TunnelError) as error:
        print(f"smile tunnel: {error}", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        if proxy:
            stack.enter_context(proxy)
        return session(command(bastion, way, settings.account.region))


def check(settings: Settings, target: str) -> None:
    """Refuse what can't work before AWS is asked.

    Raises:
        TunnelError: says what is missing.
    """
    targets = [*settings.enabled_clusters, "database"]
    if target not in targets:
        raise TunnelError(f"--to: got {target}{suggestion(target, targets)}; valid: {', '.join(targets)}")
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
    import boto3

    return boto3.Session().client(service, region_name=settings.account.region)  # type: ignore[call-overload] - by name


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


def cluster_endpoint(settings: Settings, cluster: str) -> Endpoint:
    """Where the API of one of the stack's clusters is.

    Raises:
        TunnelError: there is none yet.
    """
    prefix = f"{PROJECT}-{settings.stack}"
    name = prefix if cluster == "application" else f"{prefix}-{cluster}"
    endpoint = endpoint_of(name, settings.account.region)
    if endpoint is None:
        raise TunnelError(f"no cluster {name} yet; make update STACK={settings.stack} makes it")
    return endpoint


def way_to_database(settings: Settings, port: int | None) -> Way:
    """The database as its clients know it."""
    identifier = f"{PROJECT}-{settings.stack}-{settings.database.name}"
    (found,) = client(settings, "rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    endpoint = found["Endpoint"]
    way = Way(endpoint["Address"], endpoint["Port"], port or endpoint["Port"])
    print(f"{identifier}: 127.0.0.1:{way.local}; over TLS its certificate names {way.host}")
    return way


def tell(settings: Settings, endpoint: Endpoint, way: Way, proxy: ConnectProxy) -> None:
    """Write the kubeconfig, and say how kubectl and this program go through."""
    file = write_kubeconfig(ROOT / ".smile" / "tunnel", endpoint, way, settings.account.region)
    print(
        f"export KUBECONFIG={file}    # kubectl goes through\n"
        f"HTTPS_PROXY={proxy.url} make update STACK={settings.stack}    # and so does this program\n"
        "Ctrl-C closes the tunnel",
        flush=True,
    )


def write_kubeconfig(folder: Path, endpoint: Endpoint, way: Way, region: str) -> Path:
    """A kubeconfig for the way: the certificate is that of the endpoint, and who asks is who the aws command says."""
    name = endpoint.cluster
    token = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
        "interactiveMode": "Never",
    }
    cluster = {
        "server": f"https://127.0.0.1:{way.local}",
        "tls-server-name": endpoint.host,
        "certificate-authority-data": endpoint.authority,
    }
    content: Mapping[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"exec": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.kubeconfig"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    file.chmod(0o600)
    return file


def command(bastion: str, way: Way, region: str) -> list[str]:
    """The session of the aws command that forwards one port."""
    parameters = f"host={way.host},portNumber={way.port},localPortNumber={way.local}"
    words = ["aws", "ssm", "start-session", "--region", region, "--target", bastion]
    return [*words, "--document-name", DOCUMENT, "--parameters", parameters]


def left_to_session(number: int, frame: FrameType | None) -> None:
    """On Ctrl-C the session ends by itself; ignored, the signal would be lost on it, too."""


def session(words: Sequence[str]) -> int:
    """Keep the session until it ends; Ctrl-C is its own to handle."""
    print(f"$ {' '.join(words)}", file=sys.stderr, flush=True)
    signal.signal(signal.SIGINT, left_to_session)
    return subprocess.run(words, env=os.environ, check=False).returncode
