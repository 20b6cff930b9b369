"""Databases in several Availability Zones, and protected against deletion."""

from __future__ import annotations

from guardrails.controls.database.rds.databases import (
    CLUSTER,
    CLUSTERS,
    DATABASES,
    INSTANCE,
    MEMBERS,
    SUBNET_GROUPS,
    is_multi_zone_cluster,
    is_replica,
    is_serverless,
)
from guardrails.controls.networking.vpc.zones import zone_of
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.references import continuity
from guardrails.model.relations import all_named, named_by
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.shapes.properties import require_value

_MEMBERS_OF: dict[str, str] = dict(zip(CLUSTERS, MEMBERS, strict=True))


@control(
    id="RSL-RDS-001",
    title="Database instances are Multi-AZ",
    why="Without a standby, the database is down for as long as its Availability Zone, and during OS patches.",
    fix="Set multiAz to true.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=(INSTANCE,),
    parameters={
        "readReplicas": {
            "type": "boolean",
            "default": False,
            "description": "Whether read replicas need a standby too, where readers can't wait for a new replica.",
        }
    },
    references=continuity(checkov=("CKV_AWS_157",), security_hub=("RDS.5",)),
)
def instance_has_standby(instance: Resource, context: Context) -> Findings:
    if instance.get("multiAz") or (is_replica(instance) and not context.parameters["readReplicas"]):
        return
    engine = instance.text("engine")
    if not engine.startswith("aurora") and engine != "sqlserver-ex":  # a cluster's business, and an edition's limit
        yield Violation("it is in one zone only", "multiAz")


@control(
    id="RSL-RDS-002",
    title="Database clusters have instances in several Availability Zones",
    why="The storage of a cluster spans zones, but with its only instance nobody reaches it.",
    fix="Add a second instance to the cluster, in another availabilityZone or in none that is named.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=CLUSTERS,
    scope=Scope.STACK,
    references=continuity(security_hub=("RDS.15", "Neptune.9")),
)
def cluster_spans_zones(cluster: Resource, context: Context) -> Findings:
    if is_multi_zone_cluster(cluster) or is_serverless(cluster) or cluster.get("clusterScalabilityType") == "limitless":
        return
    members = named_by(cluster, context.everything, (_MEMBERS_OF[cluster.type],), "clusterIdentifier", CLUSTERS)
    if len(members) < 2:
        yield Violation(f"{len(members) or 'no'} instance of this stack is in it")
        return
    # AWS spreads those that name no zone
    zones = {member.raw("availabilityZone") for member in members}
    if len(zones - {UNKNOWN}) == 1 and None not in zones and UNKNOWN in zones:
        raise UndeterminedError("availabilityZone")
    if len(zones) == 1 and not zones & {None, UNKNOWN}:
        yield Violation(f"all its instances are in {zones.pop()}")


def _protect(id_: str, title: str, types: tuple[str, ...], references: References) -> None:
    require_value(
        "deletionProtection",
        (True,),
        default=False,
        when=lambda database: database.type in CLUSTERS or not is_replica(database),
        id=id_,
        title=title,
        why="Deleting data that can't be restored then takes a second, deliberate step.",
        fix="Set deletionProtection to true.",
        severity=Severity.HIGH,
        level=Level.ADVISORY,
        types=types,
        references=references,
    )


_protect(
    "RSL-RDS-003",
    "Database instances have deletion protection",
    (INSTANCE,),
    continuity(checkov=("CKV_AWS_293",), security_hub=("RDS.8",)),
)
_protect(
    "RSL-RDS-004",
    "Database clusters have deletion protection",
    CLUSTERS,
    continuity(checkov=("CKV_AWS_139",), security_hub=("RDS.7", "DocumentDB.5", "Neptune.4")),
)


@control(
    id="RSL-RDS-006",
    title="Databases have a final snapshot and retain automated backups",
    why="A replacement that nobody noticed in a preview takes the data with it, and the backups too.",
    fix="Leave skipFinalSnapshot out, name finalSnapshotIdentifier, and set deleteAutomatedBackups to false.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=DATABASES,
    references=continuity(),
)
def data_outlives_database(database: Resource, _: Context) -> Findings:
    if is_replica(database):
        return  # its source has the data
    if database.raw("skipFinalSnapshot") is UNKNOWN:
        yield UndeterminedError("skipFinalSnapshot")
    elif database.get("skipFinalSnapshot"):
        yield Violation("no snapshot is taken before it is deleted", "skipFinalSnapshot")
    keeps_backups = database.type == CLUSTER or bool(database.get("backupRetentionPeriod"))
    if database.type in (INSTANCE, CLUSTER) and database.get("deleteAutomatedBackups", True) and keeps_backups:
        yield Violation("its automated backups are deleted with it", "deleteAutomatedBackups")


@control(
    id="RSL-RDS-012",
    title="Database subnet groups span enough Availability Zones",
    why="A database can only fail over to, or be restored in, a zone that its subnet group has.",
    fix="Add a subnet in each zone (ap-southeast-3a, b and c), or lower minimumZones for this stack.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=SUBNET_GROUPS,
    scope=Scope.STACK,
    parameters={
        "minimumZones": {
            "type": "integer",
            "minimum": 2,
            "maximum": 6,
            "default": 3,
            "description": "The number of availability zones that a group must span.",
        }
    },
    references=continuity(),
)
def subnet_group_spans_zones(group: Resource, context: Context) -> Findings:
    least, subnets = context.parameters["minimumZones"], all_named(context.everything, group, "subnetIds", (SUBNET,))
    zones: set[str] = set()
    unknown = 0  # each subnet that is not known adds one zone at most
    for subnet in subnets:
        try:
            zones.add(zone_of(subnet))
        except UndeterminedError:
            unknown += 1
    stated = group.raw("subnetIds")
    unknown += max(0, len(stated) - len(subnets)) if isinstance(stated, list) else 0
    if not subnets and not isinstance(stated, list):
        raise UndeterminedError("subnetIds")
    if len(zones) + unknown < least:
        yield Violation(f"it spans {len(zones) + unknown} of {least} zones", "subnetIds")
    elif len(zones) < least:
        yield UndeterminedError("subnetIds")
