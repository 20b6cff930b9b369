"""Typed, validated stack settings: every key, unit, default and limit in one place.

``load_for_program()`` in a Pulumi program, ``load_from_files("prod")`` anywhere else. Both give a
``Settings`` or one error that lists every mistake.
"""

from pathlib import Path

from components.backup.settings import Backup
from components.bastion.settings import Bastion
from components.cache.settings import Cache
from components.cluster.node_group_settings import NodeGroup
from components.cluster.settings import Cluster
from components.core.protection import Protection
from components.core.settings.load import Loader
from components.core.settings.problems import Problem, SettingsError
from components.core.tags import Tags
from components.cost.settings import Cost
from components.database.settings import Database
from components.delivery.settings import Deployment
from components.edge.api_settings import Api
from components.edge.dns_settings import Dns
from components.edge.frontend_settings import Frontend
from components.edge.ingress_settings import Firewall, Ingress
from components.edge.release_settings import COLOURS, Colour, Release, Weights
from components.encryption.settings import Encryption
from components.files.settings import AccessPoint, Files
from components.functions.settings import ApplicationFunction, Functions
from components.images.settings import Images, Upstream
from components.observability.settings import Observability
from components.queues.settings import Queue, Queues
from components.secrets.settings import Secrets
from components.storage.settings import ObjectLock, Storage
from components.streams.settings import Stream, Streams
from components.workloads.services_settings import Service, Services
from components.workloads.settings import Replicas, Versions, Workloads
from settings.deployment import CI_ROLE
from settings.narrower import NARROWER
from settings.network import ZONES, DatabaseAccess, Network
from settings.requirements import REQUIREMENTS
from settings.rules import RULES
from settings.stack import (
    EXAMPLE_ACCOUNTS,
    PROJECT,
    REGION,
    Account,
    EnvironmentKind,
    Kind,
    Settings,
    defaults,
    derived,
)

loader = Loader(
    project=PROJECT,
    settings=Settings,
    root=Path(__file__).resolve().parents[1],
    rules=RULES,
    provider=lambda settings: {"aws:region": settings.account.region},
    unique=("account.id",),
    defaults=defaults,
    derived=derived,
    requirements=REQUIREMENTS,
    narrower=NARROWER,
)
load_for_program = loader.for_program
load_from_files = loader.from_files

__all__ = [
    "CI_ROLE",
    "COLOURS",
    "EXAMPLE_ACCOUNTS",
    "REGION",
    "ZONES",
    "AccessPoint",
    "Account",
    "Api",
    "ApplicationFunction",
    "Backup",
    "Bastion",
    "Cache",
    "Cluster",
    "Colour",
    "Cost",
    "Database",
    "DatabaseAccess",
    "Deployment",
    "Dns",
    "Encryption",
    "EnvironmentKind",
    "Files",
    "Firewall",
    "Frontend",
    "Functions",
    "Images",
    "Ingress",
    "Kind",
    "Network",
    "NodeGroup",
    "ObjectLock",
    "Observability",
    "Problem",
    "Protection",
    "Queue",
    "Queues",
    "Release",
    "Replicas",
    "Secrets",
    "Service",
    "Services",
    "Settings",
    "SettingsError",
    "Storage",
    "Stream",
    "Streams",
    "Tags",
    "Upstream",
    "Versions",
    "Weights",
    "Workloads",
    "load_for_program",
    "load_from_files",
    "loader",
]
