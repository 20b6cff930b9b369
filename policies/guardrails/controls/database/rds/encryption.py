"""Databases encrypted at rest with customer managed keys, copies and passwords included."""

from __future__ import annotations

from typing import Any

from guardrails.controls.database.rds.databases import (
    CLUSTER,
    CLUSTERS,
    DOCUMENT_CLUSTER,
    DOCUMENT_MEMBER,
    GRAPH_CLUSTER,
    INSTANCE,
    MEMBER,
    is_local_replica,
    is_replica,
    is_serverless,
    one_named,
    restored_from,
)
from guardrails.controls.database.rds.residency import BACKUP_REPLICATION, GLOBAL_CLUSTERS, SNAPSHOT_COPIES
from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.references import CUSTOMER_KEY, at_rest, key_management
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.properties import customer_key, require_customer_key, require_value

_IN_THE_CLEAR = "Health records on a disk, a snapshot or a backup must be useless to whoever gets hold of it."
_KEYS = {"why": CUSTOMER_KEY, "severity": Severity.HIGH}


def _has_own_storage(database: Resource) -> bool:
    """Whether its encryption is its own choice: a replica beside its source has that of its source."""
    return not is_local_replica(database)


def _has_own_key(database: Resource) -> bool:
    if database.has(_key_path(database)):
        return True
    if restored_from(database):
        raise UndeterminedError(restored_from(database))  # the key of the backup goes on
    return _has_own_storage(database)


def _key_path(database: Resource) -> str:
    return "kmsKeyArn" if database.type == GRAPH_CLUSTER else "kmsKeyId"


def _chooses_encryption(database: Resource) -> bool:
    """Whether storageEncrypted tells; a replica elsewhere, or a restored cluster, is encrypted when it has a key.

    An instance made of an encrypted backup has to say so, too: the provider would replace it otherwise.

    Raises:
        UndeterminedError: it is a cluster, and as encrypted as the backup that it is made of.
    """
    if is_serverless(database) or not _has_own_storage(database):
        return False
    has_key = database.has(_key_path(database))
    if database.type in CLUSTERS and restored_from(database) and not database.has("storageEncrypted"):
        if not has_key:
            raise UndeterminedError(restored_from(database))
        return False
    return not (is_replica(database) and has_key)


require_value(
    "storageEncrypted",
    (True,),
    default=False,
    when=_chooses_encryption,
    id="ENC-RDS-001",
    title="Database instances are encrypted at rest",
    why=_IN_THE_CLEAR,
    fix="Set storageEncrypted to true; changing it replaces the instance.",
    severity=Severity.CRITICAL,
    types=(INSTANCE,),
    references=at_rest(security_hub=("RDS.3",), checkov=("CKV_AWS_16",)),
)
require_customer_key(
    "kmsKeyId",
    when=_has_own_key,
    id="ENC-RDS-002",
    title="Database instances are encrypted with a customer managed key",
    fix="Set kmsKeyId to the ARN of an aws:kms/key:Key; changing it replaces the instance.",
    types=(INSTANCE,),
    references=key_management(),
    **_KEYS,
)
require_value(
    "storageEncrypted",
    (True,),
    default=False,
    when=_chooses_encryption,
    id="ENC-RDS-003",
    title="Database clusters are encrypted at rest",
    why=_IN_THE_CLEAR,
    fix="Set storageEncrypted to true; changing it replaces the cluster.",
    severity=Severity.CRITICAL,
    types=CLUSTERS,
    references=at_rest(
        security_hub=(
            "RDS.27",
            "DocumentDB.1",
            "Neptune.1",
        ),
        checkov=("CKV_AWS_96", "CKV_AWS_74", "CKV_AWS_44"),
    ),
)


@control(
    id="ENC-RDS-004",
    title="Database clusters are encrypted with a customer managed key",
    fix="Set kmsKeyId (Neptune: kmsKeyArn) to the ARN of an aws:kms/key:Key; changing it replaces the cluster.",
    types=CLUSTERS,
    references=key_management(
        (
            "CKV_AWS_327",
            "CKV_AWS_182",
            "CKV_AWS_347",
        )
    ),
    **_KEYS,
)
def cluster_has_own_key(cluster: Resource, context: Context) -> Findings:
    if _has_own_key(cluster):
        yield from customer_key(cluster, _key_path(cluster), context)


require_customer_key(
    "performanceInsightsKmsKeyId",
    when=lambda database: bool(
        database.get("enablePerformanceInsights" if database.type == DOCUMENT_MEMBER else "performanceInsightsEnabled")
    ),
    id="ENC-RDS-005",
    title="Performance Insights data is encrypted with a customer managed key",
    why="The statements that it keeps may hold personal data.",
    fix="Set performanceInsightsKmsKeyId to the ARN of an aws:kms/key:Key.",
    severity=Severity.MEDIUM,
    types=(INSTANCE, MEMBER, CLUSTER, DOCUMENT_MEMBER),
    references=References(checkov=("CKV_AWS_354",), iso27001=("A.8.24",)),
)
require_customer_key(
    "masterUserSecretKmsKeyId",
    when=lambda database: bool(database.get("manageMasterUserPassword")),
    id="ENC-RDS-006",
    title="Master user secrets are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set masterUserSecretKmsKeyId to the id of an aws:kms/key:Key.",
    severity=Severity.MEDIUM,
    types=(INSTANCE, CLUSTER),
    references=key_management(),
)


@control(
    id="ENC-RDS-007",
    title="Master user passwords are managed in Secrets Manager",
    why="A password in a program or in the state is known to everybody who can read either.",
    fix="Set manageMasterUserPassword to true (or passwordWo, masterPasswordWo) and remove password, masterPassword.",
    severity=Severity.HIGH,
    types=(INSTANCE, CLUSTER, DOCUMENT_CLUSTER),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17",)),
)
def password_is_out_of_sight(database: Resource, _: Context) -> Findings:
    path = "manageMasterUserPassword"
    if database.has("password") or database.has("masterPassword"):
        yield Violation("a password is set, and so kept in the state", path)
    elif not database.get(path) and not (
        database.has("passwordWo") or database.has("masterPasswordWo") or _has_users_of_another(database)
    ):
        if restored_from(database):
            raise UndeterminedError(restored_from(database))  # the users of the backup go on
        yield Violation("nothing says where the password comes from", path)


def _has_users_of_another(database: Resource) -> bool:
    return is_replica(database) or (database.has("globalClusterIdentifier") and not database.has("masterUsername"))


_SNAPSHOTS = {
    "aws:rds/snapshot:Snapshot": ("dbInstanceIdentifier", (INSTANCE,)),
    "aws:rds/clusterSnapshot:ClusterSnapshot": ("dbClusterIdentifier", (CLUSTER,)),
    "aws:docdb/clusterSnapshot:ClusterSnapshot": ("dbClusterIdentifier", (DOCUMENT_CLUSTER,)),
    "aws:neptune/clusterSnapshot:ClusterSnapshot": ("dbClusterIdentifier", (GRAPH_CLUSTER,)),
}


def _encrypted_as(copy: Resource, path: str, types: tuple[str, ...]) -> Findings:
    """A copy is encrypted as its original is."""
    original = one_named(copy, path, types)
    if original is None:
        raise UndeterminedError(path)
    if _has_own_storage(original) and not is_serverless(original) and not original.get("storageEncrypted"):
        yield Violation(f"{original.name}, of which it is made, is not encrypted", path)


@control(
    id="ENC-RDS-013",
    title="Global databases are encrypted at rest",
    why=_IN_THE_CLEAR,
    fix="Set storageEncrypted to true; with sourceDbClusterIdentifier, encrypt that cluster.",
    severity=Severity.CRITICAL,
    types=GLOBAL_CLUSTERS,
    references=at_rest(checkov=("CKV_AWS_140",)),
)
def global_cluster_is_encrypted(cluster: Resource, _: Context) -> Findings:
    path = "sourceDbClusterIdentifier"
    if cluster.has(path):
        yield from _encrypted_as(cluster, path, CLUSTERS)
    elif not cluster.get("storageEncrypted"):
        yield Violation("encryption is off", "storageEncrypted")


@control(
    id="ENC-RDS-014",
    title="Snapshots are encrypted at rest",
    why=_IN_THE_CLEAR,
    fix="Set storageEncrypted on the database that it is taken of: a snapshot is encrypted as its database is.",
    severity=Severity.HIGH,
    types=tuple(_SNAPSHOTS),
    references=at_rest(security_hub=("RDS.4",), checkov=("CKV_AWS_146",)),
)
def snapshot_is_encrypted(snapshot: Resource, _: Context) -> Findings:
    yield from _encrypted_as(snapshot, *_SNAPSHOTS[snapshot.type])


def _copy_key(id_: str, title: str, types: tuple[str, ...], references: References, **about: Any) -> None:
    fix = "Set kmsKeyId to the ARN of an aws:kms/key:Key."
    require_customer_key("kmsKeyId", id=id_, title=title, fix=fix, types=types, references=references, **_KEYS, **about)


_copy_key(
    "ENC-RDS-015",
    "Snapshot copies are encrypted with a customer managed key",
    SNAPSHOT_COPIES,
    key_management(("CKV_AWS_266",), security_hub=("RDS.4",)),
    absent="no key is named, so it has its source's, or none",
)
_copy_key(
    "ENC-RDS-016",
    "Database activity streams are encrypted with a customer managed key",
    ("aws:rds/clusterActivityStream:ClusterActivityStream",),
    key_management(("CKV_AWS_246",)),
)
_copy_key(
    "ENC-RDS-017",
    "Replicated automated backups are encrypted with a customer managed key",
    (BACKUP_REPLICATION,),
    key_management(("CKV_AWS_245",)),
)
