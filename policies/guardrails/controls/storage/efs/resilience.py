"""EFS backups and Availability Zones."""

from __future__ import annotations

from guardrails.controls.networking.vpc.zones import zone_of
from guardrails.controls.storage.efs.access import MOUNT_TARGET
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import continuity, recovery
from guardrails.model.relations import named, named_by
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.services.backup_plans import is_selected
from guardrails.shapes.properties import forbid_property

FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
BACKUP_POLICY = "aws:efs/backupPolicy:BackupPolicy"
REPLICATION = "aws:efs/replicationConfiguration:ReplicationConfiguration"


@control(
    id="RSL-EFS-001",
    title="File systems have automatic backups",
    why="Without a backup, files that are deleted or encrypted by ransomware are lost.",
    fix="Set backupPolicy.status to ENABLED, or take the file system into a plan of your own.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(BACKUP_POLICY,),
    scope=Scope.STACK,
    references=recovery(security_hub=("EFS.7",)),
)
def automatic_backups_are_on(policy: Resource, context: Context) -> Findings:
    if _is_enabled(policy):
        return
    subject = named(context.everything, policy, "fileSystemId", (FILE_SYSTEM,))
    if subject is None or not _is_in_plan(subject, context.everything):
        yield Violation("they are off, and no backup plan of the stack covers it", "backupPolicy.status")


@control(
    id="RSL-EFS-002",
    title="File systems are in a backup plan",
    why="Without a backup, files that are deleted or encrypted by ransomware are lost.",
    fix="Select the file system in an aws:backup/selection:Selection, by ARN or tag, or add an "
    "aws:efs/backupPolicy:BackupPolicy with status ENABLED.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(FILE_SYSTEM,),
    scope=Scope.STACK,
    references=recovery(checkov=("CKV2_AWS_18",), security_hub=("EFS.2",)),
)
def file_system_is_backed_up(file_system: Resource, context: Context) -> Findings:
    """AWS's automatic backups are a plan too; a replica follows what is backed up at its source."""
    stack = context.everything
    policies = named_by(file_system, stack, (BACKUP_POLICY,), "fileSystemId", (FILE_SYSTEM,))
    if _is_replica(file_system, stack) or any(map(_is_enabled, policies)) or _is_in_plan(file_system, stack):
        return
    yield Violation("no plan of the stack selects it")


def _is_replica(file_system: Resource, stack: Stack) -> bool:
    """Whether it follows another file system; nobody mounts it until that is lost."""
    return bool(stack.referrers(file_system, [REPLICATION], "destination.fileSystemId"))


def _is_enabled(policy: Resource) -> bool:
    return policy.get("backupPolicy.status") in ("ENABLED", "ENABLING")


def _is_in_plan(file_system: Resource, stack: Stack) -> bool:
    return is_selected(file_system, stack, service="elasticfilesystem", kind="file-system/", name="id")


forbid_property(
    "availabilityZoneName",
    "it is kept in one zone only",
    id="RSL-EFS-003",
    title="File systems are Regional",
    why="A One Zone file system is unavailable, and may be lost, together with its zone.",
    fix="Remove availabilityZoneName; this replaces the file system.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(FILE_SYSTEM,),
    references=continuity(),
)


@control(
    id="RSL-EFS-004",
    title="File systems have a mount target in each Availability Zone",
    why="A pod in a zone without one reaches its files through another zone, and loses them with it.",
    fix="Add an aws:efs/mountTarget:MountTarget in a subnet of each zone, or lower minimumZones for this stack.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(FILE_SYSTEM,),
    scope=Scope.STACK,
    parameters={
        "minimumZones": {
            "type": "integer",
            "minimum": 1,
            "maximum": 6,
            "default": 3,
            "description": "The number of availability zones in which there must be a mount target.",
        }
    },
    references=continuity(),
)
def file_system_is_in_each_zone(file_system: Resource, context: Context) -> Findings:
    stack, least = context.everything, context.parameters["minimumZones"]
    if file_system.has("availabilityZoneName") or _is_replica(file_system, stack):  # RSL-EFS-003 sees to the former
        return
    targets = named_by(file_system, stack, (MOUNT_TARGET,), "fileSystemId", (FILE_SYSTEM,))
    zones, open_ = set[str](), list[UndeterminedError]()
    for target in targets:
        try:
            zones.add(_zone(target, stack))
        except UndeterminedError as unknown:
            open_.append(unknown)
    if len(zones) + len(open_) < least:  # each that is not known adds one zone at most
        listed = f" ({', '.join(sorted(zones))})" if zones else ""
        yield Violation(f"there are mount targets in {len(zones) + len(open_)} of {least} zones{listed}")
    elif len(zones) < least:
        yield open_[0]


def _zone(target: Resource, stack: Stack) -> str:
    subnet = named(stack, target, "subnetId", (SUBNET,))
    if subnet is None:
        raise UndeterminedError("subnetId")
    return zone_of(subnet)
