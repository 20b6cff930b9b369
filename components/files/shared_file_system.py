"""The shared file system: in every zone, encrypted, and in parts that each service sees alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import efs

from components.core.context import StackContext
from components.core.declared import Declared
from components.core.iam import Statement, document
from components.core.policy_outline import OUTPUT, outline
from components.files.alarms import FileAlarms
from components.files.file_policy import MOUNT, denials
from components.files.settings import AccessPoint, Files

BACKUP = {"Backup": "daily"}
"""The tag by which AWS Backup finds what it copies every day."""


@dataclass(frozen=True, kw_only=True)
class SharedFileSystemArgs:
    """What the file system needs.

    Attributes:
        context: key ``files``, topics, protection.
        files: throughput, lifecycle, access points, replica.
        subnet_ids: zone -> subnet; each gets a mount target.
        security_group_id: who may reach port 2049.
    """

    context: StackContext
    files: Files
    subnet_ids: Mapping[str, pulumi.Input[str]]
    security_group_id: pulumi.Input[str]


class SharedFileSystem(pulumi.ComponentResource):
    """A regional file system, a mount target in each zone, an access point for each service, and a replica.

    Attributes:
        id: of the file system, for mounts.
        arn: of the file system.
        access_point_ids: service -> id of its access point.
        replica_id: of the file system that follows this one; None without one.
    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
    access_point_ids: Mapping[str, pulumi.Output[str]]
    replica_id: pulumi.Output[str] | None

    def __init__(self, name: str, args: SharedFileSystemArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:files:SharedFileSystem", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        environment = args.context.environment
        self.role = name.removeprefix(f"{environment.project}-")
        self.tags = environment.tags(component="files", data_class="personal")
        self.outlines: list[dict[str, Any]] = []

        system = self.file_system()
        self.only_our_backups(system)
        self.mount_targets(system)
        self.access_points = Declared(
            "access point",
            {each: self.access_point(system, each, point) for each, point in args.files.access_points.items()},
        )
        replica = self.replica(system) if args.files.replica else None
        if args.files.alarms:
            self.alarms(system, replica)

        self.id = system.id
        self.arn = system.arn
        self.access_point_ids = {service: point.id for service, point in self.access_points.items()}
        self.replica_id = replica.id if replica else None
        self.register_outputs(
            {
                "id": self.id,
                "arn": self.arn,
                "accessPointIds": self.access_point_ids,
                "replicaId": self.replica_id,
                OUTPUT: self.outlines,
            }
        )

    def file_system(self) -> efs.FileSystem:
        """The file system, in all zones of the Region."""
        files = self.args.files
        provisioned = files.throughput == "provisioned"
        system = efs.FileSystem(
            self.name,
            creation_token=f"{self.args.context.environment.prefix}-{self.role}",
            encrypted=True,
            kms_key_id=self.args.context.keys["files"],
            performance_mode="generalPurpose",
            throughput_mode=files.throughput,
            provisioned_throughput_in_mibps=files.provisioned_mibps if provisioned else None,
            lifecycle_policies=self.lifecycle(),
            protection={"replication_overwrite": "ENABLED"},
            tags=self.tags(self.role, BACKUP),
            opts=self.args.context.stateful(self),
        )
        self.policy(self.name, system)
        return system

    def lifecycle(self) -> list[efs.FileSystemLifecyclePolicyArgsDict]:
        """Away when nobody has touched a file for a while, back when somebody does."""
        days = self.args.files.infrequent_access_days
        return [
            {"transition_to_ia": f"AFTER_{days}_DAY{'S' if days > 1 else ''}"},
            {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
        ]

    def policy(self, name: str, system: efs.FileSystem) -> efs.FileSystemPolicy:
        """Who may mount it, and how."""
        statements = denials(system.arn)
        policy = efs.FileSystemPolicy(name, file_system_id=system.id, policy=document(*statements), opts=self.child)
        self.outlines.append(outline(policy, "policy", statements))
        return policy

    def only_our_backups(self, system: efs.FileSystem) -> efs.BackupPolicy:
        """EFS's own daily plan, with a vault and a key of AWS's, stays off: ours selects by tag."""
        return efs.BackupPolicy(
            self.name, file_system_id=system.id, backup_policy={"status": "DISABLED"}, opts=self.child
        )

    def mount_targets(self, system: efs.FileSystem) -> list[efs.MountTarget]:
        """An address in each zone."""
        return [
            efs.MountTarget(
                f"{self.name}-{zone[-1]}",
                file_system_id=system.id,
                subnet_id=subnet,
                security_groups=[self.args.security_group_id],
                opts=self.child,
            )
            for zone, subnet in self.args.subnet_ids.items()
        ]

    def access_point(self, system: efs.FileSystem, service: str, point: AccessPoint) -> efs.AccessPoint:
        """A service's folder as its root; everything it does counts as one user's doing."""
        return efs.AccessPoint(
            f"{self.name}-{service}",
            file_system_id=system.id,
            posix_user={"uid": point.uid, "gid": point.gid},
            root_directory={
                "path": point.path,
                "creation_info": {
                    "owner_uid": point.uid,
                    "owner_gid": point.gid,
                    "permissions": point.permissions,
                },
            },
            tags=self.tags(f"{self.role}-{service}"),
            opts=self.child,
        )

    def replica(self, system: efs.FileSystem) -> efs.FileSystem:
        """A second file system in the Region that follows within 15 minutes, read-only until it's needed."""
        context, name = self.args.context, f"{self.name}-replica"
        replica = efs.FileSystem(
            name,
            creation_token=f"{context.environment.prefix}-{self.role}-replica",
            encrypted=True,
            kms_key_id=context.keys["files"],
            performance_mode="generalPurpose",
            throughput_mode="elastic",
            lifecycle_policies=self.lifecycle(),
            protection={"replication_overwrite": "DISABLED"},
            tags=self.tags(f"{self.role}-replica"),
            opts=pulumi.ResourceOptions.merge(
                context.stateful(self),
                # While it is written to, EFS reports REPLICATING, which nobody can set.
                pulumi.ResourceOptions(ignore_changes=["protection"]),
            ),
        )
        policy = self.policy(name, replica)
        efs.ReplicationConfiguration(
            self.name,
            source_file_system_id=system.id,
            destination={"file_system_id": replica.id, "region": context.environment.region},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        return replica

    def alarms(self, system: efs.FileSystem, replica: efs.FileSystem | None) -> None:
        """Alarms when it gets slow, or its replica falls behind."""
        alarms = FileAlarms(self.name, self.args.context, system.id, self)
        alarms.throughput()
        if replica:
            alarms.replica_lag(replica.id)

    def grant_mount(self, *access_points: str) -> list[Statement]:
        """What a role needs to mount these access points, and nothing else of the file system; all without a name.

        Raises:
            UndeclaredError: there is no such access point.
        """
        arns = [self.access_points[name].arn for name in access_points or self.access_points]
        return [
            Statement(
                sid="MountFiles",
                actions=MOUNT,
                resources=[self.arn],
                conditions={"StringEquals": {"elasticfilesystem:AccessPointArn": arns}},
            )
        ]
