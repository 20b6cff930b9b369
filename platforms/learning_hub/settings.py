"""``learninghub:SECTION`` in Pulumi.STACK.yaml: the sections of the components, and what the stack is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from aws_facts.regions import zones_of
from components.backup.settings import Backup
from components.broker.settings import Broker
from components.build.settings import Build
from components.cache.settings import Cache
from components.cluster.settings import Cluster
from components.core.settings.field import About, setting
from components.core.settings.section import Section
from components.cost.settings import Cost
from components.database.settings import Database
from components.edge.dns_settings import Dns
from components.edge.frontend_settings import Frontend
from components.edge.ingress_settings import Ingress
from components.edge.shield import Shield
from components.events.settings import Events
from components.files.settings import Files
from components.hosts.settings import Compose, Jenkins
from components.images.settings import Images
from components.mail.settings import Mail
from components.network.settings import Network
from components.queues.settings import Queues
from components.secrets.settings import Secrets
from components.stack.settings import ProgramSettings
from components.storage.settings import Storage
from components.tracing.settings import Tracing
from components.workloads.services_settings import Services
from components.workloads.settings import Workloads

Kind = Literal["production", "staging"]
NAME = "learninghub"
REGION = "ap-southeast-3"
"""Jakarta (OP-LH-10)."""
NAMESPACE = "backend-prod"
GATEWAY = "api-gateway"
"""The one service that requests from outside reach (LH-EKS-07)."""
KEYS: Mapping[Kind, tuple[str, ...]] = {
    "production": (
        *("backups", "cache", "database", "functions", "images", "kubernetes", "logs", "objects", "queues"),
        *("secrets", "telemetry"),
    ),
    "staging": ("images", "kubernetes", "logs", "queues", "secrets"),
}
"""The classes of data that a stack has; one with a host for Jenkins has files besides."""


class EnvironmentKind(Section):
    """What the stack is for."""

    kind: Kind = setting(
        ...,
        "production: services on EKS, for learners; staging: the same services on one host, for testers",
        About(valid=", ".join(get_args(Kind)), choices=get_args(Kind), example="staging"),
    )


class Settings(ProgramSettings):
    """Everything that differs by stack."""

    environment: EnvironmentKind
    network: Network
    backup: Backup = Backup()
    broker: Broker = Broker()
    build: Build = Build()
    cache: Cache = Cache()
    cluster: Cluster = Cluster()
    compose: Compose = Compose()
    cost: Cost = Cost()
    database: Database = Database()
    dns: Dns = Dns()
    events: Events = Events()
    files: Files = Files()
    frontend: Frontend = Frontend()
    images: Images = Images()
    ingress: Ingress = Ingress()
    jenkins: Jenkins = Jenkins()
    mail: Mail = Mail()
    queues: Queues = Queues()
    secrets: Secrets = Secrets()
    services: Services = Services()
    shield: Shield = Shield()
    storage: Storage = Storage()
    tracing: Tracing = Tracing()
    workloads: Workloads = Workloads()

    @property
    def is_production(self) -> bool:
        """Whether learners depend on this stack."""
        return self.environment.kind == "production"

    @property
    def has_jenkins_host(self) -> bool:
        """Whether Jenkins runs on a host of this stack."""
        return self.is_production and self.jenkins.hosting == "host"

    @property
    def keys(self) -> tuple[str, ...]:
        """The classes of data that the stack has."""
        return (*KEYS[self.environment.kind], *(["files"] if self.has_jenkins_host else []))

    @property
    def prefix(self) -> str:
        """What physical names begin with."""
        return f"{NAME}-{self.stack}"

    @property
    def ports(self) -> list[int]:
        """On which services take requests; each has its own."""
        return [service.port for service in self.services.catalogue.values() if service.port]

    @property
    def gateway_port(self) -> int:
        """Of the one service that requests from outside reach."""
        return self.services.catalogue[GATEWAY].port or 443


def defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """The zones of the Region, and the site that uploads come from."""
    found: dict[str, Any] = {"network": {"zones": list(zones_of(REGION)[:3])}}
    dns = values.get("dns")
    said = cast("dict[str, Any]", dns) if isinstance(dns, dict) else {}
    if host := said.get("public_host") or said.get("domain"):
        found["storage"] = {"cors_origins": [f"https://{host}"]}
    return found
