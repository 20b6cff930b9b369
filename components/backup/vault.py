"""A backup vault: encrypted, locked, and closed to deletion and to other accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup

from components.backup.settings import Lock
from components.core.context import StackContext
from components.core.iam import ANY, Statement, document

DESTROY = [
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
]
"""What only AWS Backup itself does, when a recovery point's time is over. A vault in use is deleted by people."""
UNLOCK = [
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
]
FAULTS = ["S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED", "CONTINUOUS_BACKUP_INTERRUPTED"]
"""What vaults alone tell; jobs that fail are events (`components.backup.alarms`)."""


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs:
    """What a vault needs.

    Attributes:
        role: what it is for, such as ``daily``.
        lock: governance or compliance mode, and who may lift it.
        shortest_days: what is kept shorter isn't let in.
        longest_days: what is kept longer isn't let in.
    """

    context: StackContext
    role: str
    lock: Lock
    shortest_days: int
    longest_days: int

    @property
    def vault_name(self) -> str:
        """Physical name, such as ``acme-prod-daily``."""
        return f"{self.context.environment.prefix}-{self.role}"

    @property
    def vault_arn(self) -> str:
        """ARN, known before the vault exists."""
        return self.context.environment.arn("backup", f"backup-vault:{self.vault_name}")


class BackupVault(pulumi.ComponentResource):
    """A vault with its key, its policy and its lock.

    Attributes:
        vault_name: for plans.
        arn: of the vault.
    """

    vault_name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:backup:BackupVault", name, None, opts)
        context, lock = args.context, args.lock
        child = pulumi.ResourceOptions(parent=self)
        vault = backup.Vault(
            name,
            name=args.vault_name,
            kms_key_arn=context.keys["backups"],
            # The policy and the lock go first, as they depend on the vault.
            force_destroy=context.empties_on_destroy,
            tags=context.environment.tags(component="backup", data_class="personal")(args.role),
            opts=context.stateful(self),
        )
        backup.VaultPolicy(name, backup_vault_name=vault.name, policy=document(*denials(args)), opts=child)
        backup.VaultLockConfiguration(
            name,
            backup_vault_name=vault.name,
            min_retention_days=args.shortest_days,
            max_retention_days=args.longest_days,
            # A lock with a grace period is in compliance mode; without one it stays in governance mode.
            changeable_for_days=lock.grace_days if lock.mode == "compliance" else None,
            opts=child,
        )
        backup.VaultNotifications(
            name,
            backup_vault_name=vault.name,
            backup_vault_events=FAULTS,
            sns_topic_arn=context.topics["critical"],
            opts=child,
        )
        self.vault_name = vault.name
        self.arn = vault.arn
        self.register_outputs({"vaultName": self.vault_name, "arn": self.arn})


def denials(args: BackupVaultArgs) -> Iterator[Statement]:
    """What nobody may do with the vault, whatever IAM allows them. Recovery points have ARNs of many services."""
    environment = args.context.environment
    yield Statement(sid="DenyDeletion", effect="Deny", principals=ANY, actions=DESTROY, resources=[ANY])
    yield Statement(
        sid="DenyOtherAccounts",
        effect="Deny",
        principals=ANY,
        actions=["backup:*"],
        resources=[ANY],
        conditions={
            "StringNotEquals": {"aws:PrincipalAccount": environment.account_id},
            "Bool": {"aws:PrincipalIsAWSService": "false"},
        },
    )
    yield Statement(
        sid="DenyCopiesElsewhere",
        effect="Deny",
        principals=ANY,
        actions=["backup:CopyFromBackupVault"],
        resources=[ANY],
        conditions={"ForAnyValue:ArnNotLike": {"backup:CopyTargets": environment.arn("backup", "backup-vault:*")}},
    )
    if args.lock.custodians:
        yield Statement(
            sid="DenyUnlocking",
            effect="Deny",
            principals=ANY,
            actions=UNLOCK,
            resources=[args.vault_arn],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": list(args.lock.custodians)}},
        )
