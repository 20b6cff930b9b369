"""Backups: vaults, plans, archives, restore tests, the audit of all that, and alarms when it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup

from components.backup.alarms import BackupAlarms, BackupAlarmsArgs
from components.backup.permissions import BackupRolesArgs
from components.backup.plans import TAG, BackupPlans, BackupPlansArgs, Vault
from components.backup.restore_testing import RestoreTesting, RestoreTestingArgs, Tested
from components.backup.roles import backup_role, restore_role
from components.backup.settings import RTO_HOURS
from components.backup.settings import Backup as BackupSettings
from components.backup.vault import BackupVault, BackupVaultArgs
from components.core.context import StackContext
from components.database.export import DatabaseExport, DatabaseExportArgs
from components.functions.function import Placement


@dataclass(frozen=True, kw_only=True)
class ProtectedDatabase:
    """The database, as far as its backups need to know it.

    Attributes:
        identifier: such as ``acme-prod-database``.
        subnet_group: where it is restored for a test.
        security_group_ids: who may reach it there.
    """

    identifier: str
    subnet_group: pulumi.Input[str]
    security_group_ids: Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """What backups need.

    Attributes:
        settings: what is kept how long.
        database: what is restored for tests and exported; None where there is none.
        documents_bucket: name of the bucket that is backed up continuously.
        backups_bucket: name of the bucket that database exports go to.
        runbook: how to restore, which every notification points to: a path or URL.
        placement: where the function that starts the exports runs.
    """

    context: StackContext
    settings: BackupSettings
    database: ProtectedDatabase | None
    documents_bucket: str
    backups_bucket: str
    runbook: str
    placement: Placement | None = None


class Backup(pulumi.ComponentResource):
    """Backs up whatever carries the tag ``Backup: daily``: databases, file systems and buckets.

    Attributes:
        vault_arns: vault -> its ARN.
        restore_role_arn: the role to restore with in an emergency.
    """

    vault_arns: Mapping[Vault, pulumi.Output[str]]
    restore_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:backup:Backup", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.context.environment.tags(component="backup", data_class="internal")

        vaults = self.vaults()
        roles = BackupRolesArgs(context=args.context, bucket=args.documents_bucket, tag=TAG)
        restorer = restore_role(f"{name}-restore", roles, self)
        self.plans(vaults, roles)
        self.restore_tests(vaults["daily"], restorer.arn)
        self.database_export()
        self.audit()
        BackupAlarms(f"{name}-backup", BackupAlarmsArgs(context=args.context, runbook=args.runbook), self.child)

        self.vault_arns = {role: vault.arn for role, vault in vaults.items()}
        self.restore_role_arn = restorer.arn
        self.register_outputs({"vaultArns": self.vault_arns, "restoreRoleArn": self.restore_role_arn})

    def vaults(self) -> dict[Vault, BackupVault]:
        """A vault for what is kept for days, and one for what is kept for years: their locks differ."""
        settings = self.args.settings
        kept: dict[Vault, tuple[int, int]] = {"daily": (settings.daily.shortest_days, settings.daily.longest_days)}
        if settings.archive.enabled:
            kept["archive"] = (settings.archive.shortest_days, settings.archive.longest_days)
        return {
            role: BackupVault(
                f"{self.name}-{role}",
                BackupVaultArgs(
                    context=self.args.context,
                    role=role,
                    lock=settings.lock,
                    shortest_days=shortest,
                    longest_days=longest,
                ),
                self.child,
            )
            for role, (shortest, longest) in kept.items()
        }

    def plans(self, vaults: Mapping[Vault, BackupVault], roles: BackupRolesArgs) -> None:
        """What is copied into the vaults."""
        role = backup_role(f"{self.name}-backup", roles, self)
        args = BackupPlansArgs(
            context=self.args.context,
            settings=self.args.settings,
            vaults={name: vault.vault_name for name, vault in vaults.items()},
            role_arn=role.arn,
            after=[role, *vaults.values()],
        )
        BackupPlans(self.name, args, self.child)

    def restore_tests(self, vault: BackupVault, role_arn: pulumi.Output[str]) -> None:
        """The monthly proof, by a recovery point drawn from those that there are."""
        settings, context, database = self.args.settings, self.args.context, self.args.database
        if not settings.restore_test.enabled:
            return
        restored_as: dict[Tested, Mapping[str, pulumi.Input[str]]] = {}
        if "files" in context.keys:
            restored_as["EFS"] = {"kmsKeyId": context.keys["files"]}
        if database:
            restored_as["RDS"] = {
                "dbSubnetGroupName": database.subnet_group,
                "vpcSecurityGroupIds": pulumi.Output.json_dumps(list(database.security_group_ids)),
                "multiAz": "false",
            }
        args = RestoreTestingArgs(
            context=context,
            settings=settings.restore_test,
            vault_arn=vault.arn,
            role_arn=role_arn,
            tag=TAG,
            sample_days=settings.daily.retention_days,
            restored_as=restored_as,
        )
        RestoreTesting(f"{self.name}-restore-test", args, self.child)

    def database_export(self) -> None:
        """The database's share of the archive."""
        archive, database = self.args.settings.archive, self.args.database
        if not (archive.enabled and database):
            return
        args = DatabaseExportArgs(
            context=self.args.context,
            database=database.identifier,
            bucket=self.args.backups_bucket,
            schedule=archive.export_schedule,
            placement=self.args.placement,
        )
        DatabaseExport(f"{self.name}-export-database", args, self.child)

    def audit(self) -> None:
        """Controls that AWS Backup Audit Manager checks each day; they need AWS Config to record."""
        settings, environment = self.args.settings, self.args.context.environment
        if not settings.audit_framework:
            return
        tagged = backup.FrameworkControlScopeArgs(tags=TAG)
        days = str(settings.daily.retention_days)
        controls = [
            control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", scope=tagged),
            control(
                "BACKUP_LAST_RECOVERY_POINT_CREATED",
                {"recoveryPointAgeUnit": "days", "recoveryPointAgeValue": "1"},
                tagged,
            ),
            control("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", {"requiredRetentionDays": days}),
            control("BACKUP_RECOVERY_POINT_ENCRYPTED"),
            control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", scope=tagged),
            control("RESTORE_TIME_FOR_RESOURCES_MEET_TARGET", {"maxRestoreTime": str(60 * RTO_HOURS)}, tagged),
        ]
        if custodians := settings.lock.custodians:
            parameters = {"principalArnList": ",".join(custodians)}
            controls.append(control("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", parameters))
        backup.Framework(
            f"{self.name}-backup",
            name=f"{environment.prefix}-backup".replace("-", "_"),
            description="Backups are made, kept, locked and restored in time",
            controls=controls,
            tags=self.tags("backup"),
            opts=self.child,
        )


def control(
    name: str,
    parameters: Mapping[str, str] | None = None,
    scope: backup.FrameworkControlScopeArgs | None = None,
) -> backup.FrameworkControlArgs:
    """One control of the framework."""
    inputs = [
        backup.FrameworkControlInputParameterArgs(name=key, value=value) for key, value in (parameters or {}).items()
    ]
    return backup.FrameworkControlArgs(name=name, input_parameters=inputs or None, scope=scope)
