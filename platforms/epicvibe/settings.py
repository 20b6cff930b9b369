"""``epicvibe:SECTION`` in Pulumi.STACK.yaml: the sections of the components, and what the stack is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from aws_facts.regions import zones_of
from components.backup.settings import Backup
from components.cache.settings import Cache
from components.core.settings.field import About, setting
from components.core.settings.section import Section
from components.cost.settings import Cost
from components.database.settings import Database
from components.delivery.settings import Deployment
from components.edge.dns_settings import Dns
from components.edge.frontend_settings import Frontend
from components.edge.ingress_settings import Ingress
from components.images.settings import Images
from components.network.settings import Network
from components.queues.settings import Queues
from components.secrets.settings import Secrets
from components.service.settings import ContainerService
from components.site.settings import Site
from components.stack.settings import ProgramSettings
from components.storage.settings import Storage
from components.tracing.settings import Tracing

Kind = Literal["production", "staging"]
NAME = "epicvibe"
REGION = "ap-southeast-3"
"""Jakarta: names and payment proofs of people in Indonesia stay in the country (OP-EPIC-06)."""
IMAGE, COLLECTOR = "application", "collector"
"""Repositories: of the one image that web and worker run, and of the collector of traces."""


KEYS = ("backups", "cache", "database", "functions", "images", "logs", "objects", "queues", "secrets")


class EnvironmentKind(Section):
    """What the stack is for."""

    kind: Kind = setting(
        ...,
        "production: organizers and their guests depend on it; staging: testers do",
        About(valid=", ".join(get_args(Kind)), choices=get_args(Kind), example="staging"),
    )


class Release(Section):
    """What runs."""

    tag: str = setting(
        ...,
        "tag of the image in the stack's registry, which never names another image",
        About(valid="such as release-7", example="release-1"),
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
    )


class Traces(Tracing):
    """Distributed tracing, which takes a collector in each task."""

    collector: str = setting(
        "",
        "tag of the collector's image in the stack's registry; without one there is no tracing",
        About(valid="such as v0.45.0, or nothing"),
        pattern=r"^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$",
    )


class Settings(ProgramSettings):
    """Everything that differs by stack."""

    environment: EnvironmentKind
    release: Release
    network: Network
    web: ContainerService
    worker: ContainerService
    backup: Backup = Backup()
    cache: Cache = Cache()
    cost: Cost = Cost()
    database: Database = Database()
    deployment: Deployment = Deployment()
    dns: Dns = Dns()
    frontend: Frontend = Frontend()
    images: Images = Images()
    ingress: Ingress = Ingress()
    queues: Queues = Queues()
    secrets: Secrets = Secrets()
    site: Site = Site()
    storage: Storage = Storage()
    tracing: Traces = Traces()

    @property
    def is_production(self) -> bool:
        """Whether organizers and their guests depend on this stack."""
        return self.environment.kind == "production"

    @property
    def fewest_zones(self) -> int:
        """RDS and load balancers take no fewer, in any stack."""
        return 2

    @property
    def repositories(self) -> list[str]:
        """What the registry holds."""
        return [IMAGE, *([COLLECTOR] if self.tracing.collector else [])]

    @property
    def keys(self) -> list[str]:
        """The classes of data that the stack has."""
        return [*KEYS, *(["telemetry"] if self.tracing.collector else [])]

    @property
    def prefix(self) -> str:
        """What physical names begin with."""
        return f"{NAME}-{self.stack}"


def defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """The zones of the Region, the image of the release in the stack's registry, and the site that media are for."""
    registry = f"{said(values, 'account', 'id')}.dkr.ecr.{REGION}.amazonaws.com"
    image = {"image": f"{registry}/{NAME}/{IMAGE}:{said(values, 'release', 'tag')}"}
    found: dict[str, Any] = {"network": {"zones": list(zones_of(REGION)[:3])}, "web": image, "worker": image}
    if host := said(values, "dns", "public_host") or said(values, "dns", "domain"):
        found["storage"] = {"cors_origins": [f"https://{host}"]}
    return found


def said(values: Mapping[str, Any], section: str, name: str) -> str:
    """What the files say of a setting, as text; it is checked later, and may be anything."""
    found = values.get(section)
    return str(cast("dict[str, Any]", found).get(name, "")) if isinstance(found, dict) else ""
