"""Typed, validated stack settings: every key, unit, default and limit in one place.

``load_for_program()`` in a Pulumi program, ``load_from_files("prod")`` anywhere else. Both give a
``Settings`` or one error that lists every mistake.
"""

from settings.api import Api
from settings.backup import Backup
from settings.bastion import Bastion
from settings.cache import Cache
from settings.clusters import Clusters
from settings.database import Database
from settings.deployment import CI_ROLE, STATE_BUCKET, Deployment
from settings.dns import Dns
from settings.files import AccessPoint, Files
from settings.frontend import Frontend
from settings.functions import ApplicationFunction, Functions
from settings.images import Images, Upstream
from settings.ingress import Firewall, Ingress
from settings.load import load_for_program, load_from_files
from settings.network import HEALTH_PORT, DatabaseAccess, Network
from settings.node_groups import NodeGroup
from settings.observability import Observability
from settings.problems import Problem, SettingsError
from settings.queues import Queue, Queues
from settings.release import COLOURS, Colour, Release, Weights
from settings.secrets import MysqlUser, RedisUser, Secrets
from settings.services import Service, Services
from settings.stack import EXAMPLE_ACCOUNTS, REGION, STACKS, Account, Encryption, Protection, Settings, Tags
from settings.storage import ObjectLock, Purpose, Storage
from settings.subnets import ZONES, Tier, Zone
from settings.workloads import Replicas, Versions, Workloads, namespace_name

__all__ = [
    "CI_ROLE",
    "COLOURS",
    "EXAMPLE_ACCOUNTS",
    "HEALTH_PORT",
    "REGION",
    "STACKS",
    "STATE_BUCKET",
    "ZONES",
    "AccessPoint",
    "Account",
    "Api",
    "ApplicationFunction",
    "Backup",
    "Bastion",
    "Cache",
    "Clusters",
    "Colour",
    "Database",
    "DatabaseAccess",
    "Deployment",
    "Dns",
    "Encryption",
    "Files",
    "Firewall",
    "Frontend",
    "Functions",
    "Images",
    "Ingress",
    "MysqlUser",
    "Network",
    "NodeGroup",
    "ObjectLock",
    "Observability",
    "Problem",
    "Protection",
    "Purpose",
    "Queue",
    "Queues",
    "RedisUser",
    "Release",
    "Replicas",
    "Secrets",
    "Service",
    "Services",
    "Settings",
    "SettingsError",
    "Storage",
    "Tags",
    "Tier",
    "Upstream",
    "Versions",
    "Weights",
    "Workloads",
    "Zone",
    "load_for_program",
    "load_from_files",
    "namespace_name",
]
