"""All services on one host, in Docker Compose, with the database, the cache and the broker beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.core.cloud_init import UNITS, CloudInit, File
from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.hosts.private_host import PrivateHost, PrivateHostArgs
from components.hosts.settings import Compose

FOLDER = "/opt/platform"
USER = "platform"
LOGINS = "logins.env"
LOGIN_VARIABLES = ("STORE_PASSWORD", "POSTGRES_PASSWORD", "RABBITMQ_DEFAULT_PASS")
"""One password, drawn on the host, by the names that services and stores know it by."""
PLUGIN = "v2.39.2"
"""Of Docker Compose, which Amazon Linux 2023 has no package of."""
UNIT = """\
[Unit]
Description=Services in Docker Compose
Requires=docker.service
After=docker.service network-online.target

[Service]
Type=oneshot
ExecStart=/usr/local/bin/deploy

[Install]
WantedBy=multi-user.target
"""
TIMER = """\
[Unit]
Description=Another release is taken up within five minutes

[Timer]
OnBootSec=2min
OnUnitActiveSec=5min

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, kw_only=True)
class ComposeService:
    """One service on the host.

    Attributes:
        port: on which it listens.
        variables: name -> value, none of them secret.
        is_public: the host listens on its port as well, for sessions that forward it.
    """

    port: int
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class ComposeHostArgs:
    """What the host needs.

    Attributes:
        context: key ``kubernetes`` of disks, topics, names.
        settings: size.
        services: name -> service.
        registry: host of the registry.
        repository_arns: that images are pulled from.
        release_parameter: name of the parameter with the tag of all images.
        stores: image of each store by the name that services find it under, such as ``postgres``.
        definitions: of the broker, as its management plugin loads them.
        subnet_id: a private one.
        security_group_ids: what the host may reach; nothing needs to reach it.
        image_id: of Amazon Linux 2023.
        log_bucket: name of the bucket that keeps the records of sessions.
    """

    context: StackContext
    settings: Compose
    services: Mapping[str, ComposeService]
    registry: str
    repository_arns: Sequence[str]
    release_parameter: str
    stores: Mapping[str, str]
    definitions: str
    subnet_id: pulumi.Input[str]
    security_group_ids: Sequence[pulumi.Input[str]]
    image_id: pulumi.Input[str]
    log_bucket: str


class ComposeHost(pulumi.ComponentResource):
    """The host. A release is one parameter: a timer takes it up. Passwords are drawn on the host and stay there.

    Attributes:
        host: the host itself.
    """

    host: PrivateHost

    def __init__(self, name: str, args: ComposeHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:hosts:ComposeHost", name, None, opts)
        self.host = PrivateHost(
            name,
            PrivateHostArgs(
                context=args.context,
                role="compose",
                instance_type=args.settings.instance_type,
                volume_gib=args.settings.volume_gib,
                subnet_id=args.subnet_id,
                security_group_ids=args.security_group_ids,
                image_id=args.image_id,
                log_bucket=args.log_bucket,
                statements=statements(args),
                first_boot=first_boot(args),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"instanceId": self.host.instance_id})


def statements(args: ComposeHostArgs) -> list[Statement]:
    """Pull images, and read which release."""
    return [
        Statement(
            sid="LogInToRegistry",
            actions=["ecr:GetAuthorizationToken"],
            resources=[ANY],
            allow_any="a token is for the whole registry",
        ),
        Statement(
            sid="PullImages",
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=args.repository_arns,
        ),
        Statement(
            sid="ReadRelease",
            actions=["ssm:GetParameter"],
            resources=[args.context.environment.arn("ssm", f"parameter{args.release_parameter}")],
        ),
    ]


def first_boot(args: ComposeHostArgs) -> CloudInit:
    """Docker, the file of Compose, and what keeps both at the wanted release."""
    composed = json.dumps(compose(args), separators=(",", ":"))
    files = [
        File(path=f"{FOLDER}/compose.json", content=composed, mode="0600"),
        File(path=f"{FOLDER}/definitions.json", content=args.definitions),  # the broker's user reads it
        File(path="/usr/local/bin/deploy", content=deploy(args), mode="0755"),
        File(path=f"{UNITS}/platform.service", content=UNIT),
        File(path=f"{UNITS}/platform.timer", content=TIMER),
    ]
    plugins = "/usr/local/lib/docker/cli-plugins"
    source = f"https://github.com/docker/compose/releases/download/{PLUGIN}/docker-compose-linux-x86_64"
    commands = [
        ["install", "--directory", plugins],
        ["curl", "--fail", "--silent", "--show-error", "--location", "--output", f"{plugins}/docker-compose", source],
        ["chmod", "0755", f"{plugins}/docker-compose"],
        ["systemctl", "enable", "--now", "docker", "platform.timer"],
        ["systemctl", "start", "--no-block", "platform.service"],
    ]
    return CloudInit(packages=["docker"], files=files, commands=commands)


def deploy(args: ComposeHostArgs) -> str:
    """Draws the passwords once, then starts whatever differs from the wanted release."""
    region = args.context.environment.region
    return f"""\
#!/bin/bash
set -euo pipefail
cd {FOLDER}
umask 077
if ! test -s {LOGINS}; then
  drawn=$(openssl rand -hex 24)
  printf '%s='"$drawn"'\\n' {" ".join(LOGIN_VARIABLES)} > {LOGINS}
fi
TAG=$(aws ssm get-parameter --region {region} --name {args.release_parameter} --query Parameter.Value --output text)
export TAG
aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {args.registry}
docker compose --file compose.json pull --quiet
docker compose --file compose.json up --detach --remove-orphans
docker image prune --force --filter until=168h
"""


def compose(args: ComposeHostArgs) -> dict[str, Any]:
    """The file of Compose: stores first, then services, which start once the stores are healthy."""
    project = args.context.environment.project
    logging = {"driver": "journald"}
    ready = {store: {"condition": "service_healthy"} for store in args.stores}
    found: dict[str, Any] = {name: STORES[name](image) | {"logging": logging} for name, image in args.stores.items()}
    for name, service in args.services.items():
        found[name] = {
            "image": f"{args.registry}/{project}/{name}:${{TAG:?}}",
            "restart": "unless-stopped",
            "environment": {**service.variables, "PORT": str(service.port)},
            "env_file": [LOGINS],
            "depends_on": ready,
            "logging": logging,
            **({"ports": [f"127.0.0.1:{service.port}:{service.port}"]} if service.is_public else {}),
        }
    return {"name": project, "services": found, "volumes": {store: {} for store in args.stores}}


def store(name: str, image: str, path: str, test: Sequence[str], **more: Any) -> dict[str, Any]:
    """A store with a volume of its own, asked for its health every ten seconds."""
    return {
        "image": image,
        "restart": "unless-stopped",
        "volumes": [f"{name}:{path}", *more.pop("volumes", ())],
        "healthcheck": {"test": ["CMD", *test], "interval": "10s", "retries": 30},
        **more,
    }


STORES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "postgres": lambda image: store(
        "postgres", image, "/var/lib/postgresql/data", ["pg_isready", f"--username={USER}"],
        environment={"POSTGRES_USER": USER}, env_file=[LOGINS],
    ),
    "redis": lambda image: store(
        "redis", image, "/data", ["redis-cli", "ping"],
        command=["redis-server", "--appendonly", "yes"],
    ),
    "rabbitmq": lambda image: store(
        "rabbitmq", image, "/var/lib/rabbitmq", ["rabbitmq-diagnostics", "--quiet", "ping"],
        hostname="rabbitmq", env_file=[LOGINS],
        environment={
            "RABBITMQ_DEFAULT_USER": USER,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                '-rabbitmq_management load_definitions "/etc/rabbitmq/definitions.json"',
        },
        volumes=[f"{FOLDER}/definitions.json:/etc/rabbitmq/definitions.json:ro"],
    ),
}  # fmt: skip
"""Name of a store -> how it runs, given its image."""
