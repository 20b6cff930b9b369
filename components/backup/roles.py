"""The two roles of AWS Backup: one makes backups, one restores them."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.backup.permissions import BackupRolesArgs, backing_up, reading_bucket
from components.backup.restore_permissions import restoring, writing_bucket
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs


def backup_role(name: str, args: BackupRolesArgs, parent: pulumi.Resource) -> ServiceRole:
    """The role that makes backups and deletes them when their time is over."""
    return role(name, args, "Makes backups", [*backing_up(args), *reading_bucket(args)], parent)


def restore_role(name: str, args: BackupRolesArgs, parent: pulumi.Resource) -> ServiceRole:
    """The role that restores, for tests and in an emergency; it deletes nothing but what a test restored."""
    return role(name, args, "Restores backups", [*restoring(args), *writing_bucket(args)], parent)


def role(
    name: str, args: BackupRolesArgs, description: str, statements: Sequence[Statement], parent: pulumi.Resource
) -> ServiceRole:
    """A role of AWS Backup."""
    environment = args.context.environment
    return ServiceRole(
        name,
        ServiceRoleArgs(
            environment=environment,
            service="backup.amazonaws.com",
            names_source=False,
            description=description,
            statements=statements,
            tags=environment.tags(component="backup", data_class="internal")(
                name.removeprefix(f"{environment.project}-")
            ),
        ),
        pulumi.ResourceOptions(parent=parent),
    )
