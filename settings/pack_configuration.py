"""What the policy packs are told of a stack: policies/config, and the parameters that follow from its settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import urlsplit

from annotated_types import Ge, Le
from pydantic import BaseModel

from components.core.data_class import DataClass
from components.encryption.settings import Encryption
from components.secrets.settings import LONGEST_RECOVERY
from components.storage.settings import SEVEN_YEARS, WEB_ACL_LOGS
from settings.node_types import APPLICATION, DATA, FEWEST_VCPUS, GPU, MOST_VCPUS
from settings.rules import backup, cache, clusters, database, queues, storage, workloads
from settings.stack import PROJECT, REPLICAS, Settings

FOLDER = Path(__file__).resolve().parents[1] / "policies" / "config"
Parameters = Mapping[str, Any]
_EMPTIED = ("RSL-BACKUP-004", "RSL-S3-005")
"""Controls that ask whether a destroy empties what it deletes."""
IN_THE_COUNTRY = ("sqs", "lambda", "firehose", "https")
"""How a topic delivers inside the platform."""
INGRESS = (
    "aws:acm/certificate:Certificate",
    "aws:apigateway/restApi:RestApi",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
)
"""What the way in consists of that has alarms."""


def pack_configuration(settings: Settings, folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Control -> level and parameters, as ``--policy-pack-config`` takes them.

    base.json holds for every stack, KIND.json over it for one kind of environment; what repeats the settings is
    added to controls that one of the two switches on, to a list after what the file has; a level that follows from a
    setting is there alone.
    """
    base, kind = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("base", settings.kind))
    configuration: dict[str, dict[str, Any]] = {
        control: base.get(control, {}) | kind.get(control, {}) for control in sorted(base | kind)
    }
    for control, parameters in derived(settings).items():
        configured = configuration.get(control, {})
        if "enforcementLevel" in parameters or configured.get("enforcementLevel", "disabled") != "disabled":
            lists = {
                name: list(dict.fromkeys([*configured.get(name, ()), *value]))
                for name, value in parameters.items()
                if isinstance(value, list)
            }
            configuration[control] = {**configured, **parameters, **lists}
    return configuration


def derived(settings: Settings) -> dict[str, Parameters]:
    """Control -> the parameters that the settings, or the rules over them, give."""
    kind, extra = settings.kind, settings.tags.extra
    tags = {name: f"^{re.escape(value)}$" for name, value in settings.default_tags.items() if name not in extra}
    tags |= {"Owner": ".", "Component": ".", "DataClass": f"^({'|'.join(get_args(DataClass))})$"}
    replicas = {"minimumReplicas": REPLICAS[kind].fewest, "maximumReplicas": REPLICAS[kind].most}
    return {
        "LP-ECR-002": {"pullAccounts": sorted(settings.images.pull_accounts)},
        "LP-EKS-007": {"breakGlassPrincipals": [f"arn:aws:iam::*:role/{PROJECT}-{settings.stack}-deploy"]},
        "LP-VPC-008": {"amongWorkloads": stores_among_workloads(settings)},
        "RES-ECR-003": {"allowedRegistries": sorted(settings.images.upstreams)},
        "RES-SNS-001": {
            "protocols": [*IN_THE_COUNTRY, *(["email"] if recipients(settings) else [])],
            **({"httpsHosts": hosts} if (hosts := https_hosts(settings)) else {}),
        },
        "RSL-ALB-002": {"minimumZones": len(settings.network.zones)},
        "RSL-BACKUP-001": days(backup.FEWEST_DAYS[kind]),
        "RSL-CLOUDWATCH-002": days(
            min(settings.observability.log_retention_days, settings.network.flow_log_retention_days)
        ),
        "RSL-CLOUDWATCH-007": {"withoutAlarms": without_alarms(settings)} if settings.is_development else {},
        "RSL-CONFIG-003": days(SEVEN_YEARS),
        "RSL-EKS-004": {"minimumNodes": min(least for least, _ in clusters.BOUNDS.values())},
        "RSL-EKS-009": {
            "allowedInstanceTypes": node_types(settings),
            "minimumVcpus": FEWEST_VCPUS,
            "maximumVcpus": MOST_VCPUS,
        },
        "RSL-EKS-010": dict(zip(("minimumGib", "maximumGib"), clusters.DISKS, strict=True)),
        "RSL-ELASTICACHE-002": days(cache.KEPT_DAYS),
        "RSL-KMS-001": {} if settings.is_production else days(bounds(Encryption, "deletion_window_days")[0]),
        "RSL-KUBERNETES-001": sizes(),
        "RSL-KUBERNETES-002": {"minimumReplicas": REPLICAS[kind].fewest} if settings.is_production else replicas,
        **{control: {"enforcementLevel": "disabled"} for control in somebody_elses(settings)},
        **({"RSL-LAMBDA-003": {"enforcementLevel": "mandatory"}} if settings.functions.reserve_concurrency else {}),
        "RSL-NAMING-001": {"pattern": names(settings)},
        "RSL-RDS-005": days(database.FEWEST_DAYS[kind]),
        "RSL-RDS-014": {"logs": database_logs(settings)},
        "RSL-S3-002": {"names": [f"*{part}*" for part in storage.LOCKS]},
        **{control: {"enforcementLevel": "mandatory"} for control in _EMPTIED if protects_disposable(settings)},
        "RSL-SECRETSMANAGER-003": days(LONGEST_RECOVERY),
        "RSL-SQS-001": {"minimumReceives": queues.FEWEST_RECEIVES, "maximumReceives": queues.MOST_RECEIVES},
        "RSL-TAGGING-001": {"requiredTags": tags},
        "RSL-TAGGING-002": {"requiredTags": [name for name in settings.default_tags if name not in extra]},
    }


def somebody_elses(settings: Settings) -> Iterator[str]:
    """Controls that a service is in use which an account has once, where another stack has it or nobody does."""
    audit = settings.audit
    if audit.configuration_recorder != "stack":
        yield "RSL-CONFIG-002"
    if not audit.conformance_pack:
        yield "RSL-CONFIG-004"
    if audit.security_hub != "stack":
        yield "RSL-SECURITYHUB-001"
    if audit.inspector != "stack":
        yield "RSL-INSPECTOR-001"


def without_alarms(settings: Settings) -> list[str]:
    """Types of the resources whose alarms a stack that nobody depends on switches off."""
    watched = {
        "aws:rds/instance:Instance": settings.database.alarms,
        "aws:elasticache/replicationGroup:ReplicationGroup": settings.cache.alarms,
        "aws:efs/fileSystem:FileSystem": settings.files.alarms,
        "aws:sqs/queue:Queue": settings.queues.alarms,
        "aws:eks/nodeGroup:NodeGroup": all(cluster.alarms for cluster in settings.enabled_clusters.values()),
        **dict.fromkeys(INGRESS, settings.ingress.alarms.enabled),
    }
    return sorted(type_ for type_, on in watched.items() if not on)


def protects_disposable(settings: Settings) -> bool:
    """Whether a stack that may be destroyed is protected all the same: its buckets are not emptied."""
    return settings.protection.protect and not settings.is_production


def days(least: int) -> Parameters:
    """The fewest days that something is kept."""
    return {"minimumDays": least}


def bounds(section: type[BaseModel], name: str) -> tuple[int, int]:
    """The least and the greatest that a setting takes."""
    limits = section.model_fields[name].metadata
    least = next(each.ge for each in limits if isinstance(each, Ge))
    most = next(each.le for each in limits if isinstance(each, Le))
    return cast("int", least), cast("int", most)


def sizes() -> Parameters:
    """The least request and the greatest limit of any kind of service."""
    found: dict[str, str] = {}
    for measure, amount in workloads.AMOUNT.items():
        ranges = [measures[measure] for measures in workloads.SIZES.values()]
        found[f"minimum{measure.title()}"] = min((each.low for each in ranges), key=amount)
        found[f"maximum{measure.title()}"] = max((each.high for each in ranges), key=amount)
    return found


def stores_among_workloads(settings: Settings) -> list[str]:
    """Subnet groups of what has no subnets of its own: the cache, and a database in the private tier."""
    database = ["aws:rds/subnetGroup:SubnetGroup"] if settings.network.database_tier == "private" else []
    return ["aws:elasticache/subnetGroup:SubnetGroup", *database]


def names(settings: Settings) -> str:
    """How names begin, and those that the settings give to single buckets."""
    storage = settings.storage
    roots = {PROJECT, f"{PROJECT}5", storage.name_root or PROJECT}
    single = [use.name.removeprefix(WEB_ACL_LOGS) for use in storage.buckets.values() if use.name]
    return "|".join([rf"(^|/)({'|'.join(sorted(roots))})[-_/]", *(f"^{name}$" for name in single)])


def recipients(settings: Settings) -> tuple[str, ...]:
    """Who gets alarms by mail, which may leave the country: an alarm names a resource and a metric, and no person."""
    return settings.observability.recipients.critical + settings.observability.recipients.warning


def https_hosts(settings: Settings) -> list[str]:
    """The hosts that get alarms over HTTPS: naming one in the settings is the decision."""
    endpoints = settings.observability.endpoints
    return sorted({str(urlsplit(each).hostname) for each in (*endpoints.critical, *endpoints.warning)})


def node_types(settings: Settings) -> list[str]:
    """The documented instance types, and those with GPUs where a group has them."""
    used = {each for _, _, group in clusters.groups(settings) for each in group.instance_types}
    return [*APPLICATION, *DATA, *(GPU if used.intersection(GPU) else ())]


def database_logs(settings: Settings) -> list[str]:
    """The logs that the database sends to CloudWatch Logs."""
    logs = settings.database.logs
    chosen = {"audit": logs.audit, "error": True, "slowquery": logs.slow_queries}
    return [name for name, is_sent in chosen.items() if is_sent]
