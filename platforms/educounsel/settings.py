"""``educounsel:SECTION`` in Pulumi.STACK.yaml: the sections of the components, and what Educounsel alone knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from aws_facts.regions import zones_of
from components.cache.settings import Cache
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.cost.settings import Cost
from components.database.settings import Database
from components.delivery.settings import Deployment
from components.edge.dns_settings import Dns
from components.edge.file_settings import Files
from components.edge.ingress_settings import Ingress
from components.fleet.settings import Fleet
from components.network.settings import Network
from components.notifications.settings import Notifications
from components.queues.settings import Queues
from components.secrets.settings import Secrets
from components.stack.settings import ProgramSettings
from components.storage.settings import Storage

NAME = "educounsel"
REGION = "ap-southeast-3"
"""Jakarta: what pupils tell their counsellors stays in the country (OP-EDU-08)."""
KEYS = ("cache", "database", "functions", "kubernetes", "logs", "objects", "queues", "secrets")
"""The classes of data that the stack has; EC2 Auto Scaling may use the key of disks, which is ``kubernetes``."""

Php = Literal["8.3", "8.2"]


class Release(Section):
    """What runs."""

    tag: str = setting(
        ...,
        "release of the application: TAG.tar.gz in the bucket of releases, vendor/ and public/build/ in it",
        About(valid="such as release-7", example="release-1"),
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
    )
    php: Php = setting("8.3", "version of PHP, of those in Amazon Linux 2023", one_of(get_args(Php)))


class Laravel(Section):
    """What the application is told, besides where everything is (EDU-DATA-05)."""

    session_seconds: int = setting(
        7200, "after which an idle session ends", About(unit="seconds", valid="300 to 86400"), ge=300, le=86_400
    )
    dashboard_seconds: int = setting(
        300, "how long figures of a dashboard are kept", About(unit="seconds", valid="1 to 3600"), ge=1, le=3600
    )
    analytics_seconds: int = setting(
        600, "how long analyses are kept", About(unit="seconds", valid="1 to 3600"), ge=1, le=3600
    )
    materials_seconds: int = setting(
        180, "how long the list of materials is kept", About(unit="seconds", valid="1 to 3600"), ge=1, le=3600
    )
    chat_reports_seconds: int = setting(
        300, "how long reports of the chatbot are kept", About(unit="seconds", valid="1 to 3600"), ge=1, le=3600
    )
    upload_mib: int = setting(
        12, "largest request: a thumbnail and a file", About(unit="MiB", valid="10 to 100"), ge=10, le=100
    )
    signed_url_minutes: int = setting(
        15, "how long a link to a file is valid", About(unit="minutes", valid="1 to 1440"), ge=1, le=1440
    )


class Reminders(Section):
    """The daily job that reminds people of appointments of the next 24 hours."""

    hour: int = setting(8, "when it runs", About(unit="hour of the day in Jakarta", valid="0 to 23"), ge=0, le=23)


class Worker(Fleet):
    """Queue workers and the scheduler."""

    port: int | None = setting(None, "none: it takes jobs from a queue, and no requests", About(valid="null"))
    combined: bool = switch("they run on the web instances, which saves the cost of their own (OP-EDU-02)", on=False)


class Settings(ProgramSettings):
    """Everything that differs by stack."""

    release: Release
    network: Network
    web: Fleet = Fleet()
    worker: Worker = Worker()
    cache: Cache = Cache()
    cost: Cost = Cost()
    database: Database = Database()
    deployment: Deployment = Deployment()
    dns: Dns = Dns()
    files: Files = Files()
    ingress: Ingress = Ingress()
    laravel: Laravel = Laravel()
    notifications: Notifications = Notifications()
    queues: Queues = Queues()
    reminders: Reminders = Reminders()
    secrets: Secrets = Secrets()
    storage: Storage = Storage()

    @property
    def is_production(self) -> bool:
        """Pupils depend on every stack."""
        return True

    @property
    def keys(self) -> tuple[str, ...]:
        """The classes of data that the stack has."""
        return KEYS

    @property
    def prefix(self) -> str:
        """What physical names begin with."""
        return f"{NAME}-{self.stack}"

    @property
    def files_host(self) -> str:
        """Where files are found (OP-EDU-01)."""
        return f"files.{self.dns.domain}"


def defaults(_: Mapping[str, Any]) -> dict[str, Any]:
    """Two zones of the Region (OP-EDU-07)."""
    return {"network": {"zones": list(zones_of(REGION)[:2])}}
