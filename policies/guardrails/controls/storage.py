"""File systems, volumes, images, tables, vaults, secrets and caches: where their copies go, and their keys."""

from __future__ import annotations

from guardrails.caches import CACHES, MEMORYDB, REPLICATION_GROUP
from guardrails.control import Context, Findings, References, Severity, Violation, control
from guardrails.destinations import LAW, keep, share_with_known_accounts
from guardrails.references import AT_REST, RESIDENCY, at_rest
from guardrails.resource import Resource
from guardrails.rules import (
    encrypt_at_rest,
    encrypt_with_customer_key,
    forbid_property,
    forbid_type,
    require_value,
)

_FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
_VOLUME = "aws:ebs/volume:Volume"


encrypt_at_rest("ENC-EFS-001", "File systems", _FILE_SYSTEM, at_rest(("CKV_AWS_42",), ("EFS.1", "EFS.8")))
encrypt_with_customer_key(
    "ENC-EFS-002", "File systems", _FILE_SYSTEM, "kmsKeyId", at_rest(("CKV_AWS_184",), ("EFS.1",))
)
encrypt_at_rest("ENC-EBS-001", "Volumes", _VOLUME, at_rest(("CKV_AWS_3",), ("EC2.3",)))
encrypt_with_customer_key("ENC-EBS-002", "Volumes", _VOLUME, "kmsKeyId", at_rest(("CKV_AWS_189",)))
require_value(
    "enabled",
    (True,),
    default=True,
    id="ENC-EBS-003",
    title="New volumes are encrypted by default",
    why=AT_REST,
    fix="Set enabled to true or leave it out.",
    severity=Severity.HIGH,
    types=("aws:ebs/encryptionByDefault:EncryptionByDefault",),
    references=at_rest(("CKV_AWS_106",), ("EC2.7",)),
)
encrypt_with_customer_key(
    "ENC-EBS-004", "New volumes by default", "aws:ebs/defaultKmsKey:DefaultKmsKey", "keyArn", at_rest()
)


encrypt_with_customer_key(
    "ENC-SECRETSMANAGER-001",
    "Secrets",
    "aws:secretsmanager/secret:Secret",
    "kmsKeyId",
    at_rest(("CKV_AWS_149",)),
)
encrypt_with_customer_key(
    "ENC-BACKUP-001", "Vaults", "aws:backup/vault:Vault", "kmsKeyArn", at_rest(("CKV_AWS_166",), ("Backup.1",))
)

keep(
    "RES-EFS-001",
    "File systems replicate to allowed regions only",
    "aws:efs/replicationConfiguration:ReplicationConfiguration",
    "destination.region",
)
keep(
    "RES-ECR-001",
    "Images replicate to allowed regions only",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    "replicationConfiguration.rules[*].destinations[*].region",
)
share_with_known_accounts(
    "RES-ECR-002",
    "Images replicate to known accounts only",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    "replicationConfiguration.rules[*].destinations[*].registryId",
)


@control(
    id="RES-ECR-003",
    title="Images come from registries that are trusted",
    why="A cache of any registry lets anybody's image into the platform.",
    fix="Use one of the allowedRegistries.",
    severity=Severity.MEDIUM,
    types=("aws:ecr/pullThroughCacheRule:PullThroughCacheRule",),
    parameters={
        "allowedRegistries": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["public.ecr.aws", "registry.k8s.io"],
            "description": "The registries whose images may be cached, as host names.",
        }
    },
    references=LAW,
)
def upstream_registry_is_trusted(rule: Resource, context: Context) -> Findings:
    registry, allowed = rule.get("upstreamRegistryUrl"), context.parameters["allowedRegistries"]
    if registry not in allowed:
        yield Violation(f"{registry} is not one of {', '.join(allowed)}", "upstreamRegistryUrl")


keep(
    "RES-SECRETSMANAGER-001",
    "Secrets replicate to allowed regions only",
    "aws:secretsmanager/secret:Secret",
    "replicas[*].region",
)
keep(
    "RES-DYNAMODB-001", "Tables replicate to allowed regions only", "aws:dynamodb/table:Table", "replicas[*].regionName"
)
forbid_type(
    "it copies a table to another region",
    id="RES-DYNAMODB-002",
    title="No global tables",
    why=RESIDENCY,
    fix="Remove it and use point-in-time recovery within the region.",
    severity=Severity.HIGH,
    types=("aws:dynamodb/globalTable:GlobalTable", "aws:dynamodb/tableReplica:TableReplica"),
    references=LAW,
)
keep(
    "RES-BACKUP-001",
    "Backups are copied to vaults in allowed regions and accounts",
    "aws:backup/plan:Plan",
    "rules[*].copyActions[*].destinationVaultArn",
)
require_value(
    "globalSettings.isCrossAccountBackupEnabled",
    ("false", False),
    default="false",
    id="RES-BACKUP-002",
    title="Backups are not copied across accounts",
    why="A copy in another account is out of the control of whoever answers for the data.",
    fix="Set globalSettings.isCrossAccountBackupEnabled to false, or grant an exemption naming the vaults.",
    severity=Severity.MEDIUM,
    types=("aws:backup/globalSettings:GlobalSettings",),
    references=LAW,
)
keep(
    "RES-EC2-001",
    "Snapshots and images are copied from allowed regions only",
    ("aws:ebs/snapshotCopy:SnapshotCopy", "aws:ec2/amiCopy:AmiCopy"),
    "sourceRegion",
    "sourceAmiRegion",
)
keep(
    "RES-EC2-002",
    "Lifecycle policies copy to allowed regions only",
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    "policyDetails.schedules[*].crossRegionCopyRules[*].targetRegion",
    "policyDetails.schedules[*].crossRegionCopyRules[*].target",
    "policyDetails.action.crossRegionCopies[*].target",
)
share_with_known_accounts(
    "RES-EC2-003",
    "Snapshots and images are shared with known accounts only",
    (
        "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
        "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
    ),
    "accountId",
    "group",
    references=References(security_hub=("EC2.1",), iso27001=LAW.iso27001, indonesia=LAW.indonesia),
)
forbid_type(
    "it spreads the cache over regions",
    id="RES-ELASTICACHE-001",
    title="No global datastores",
    why=RESIDENCY,
    fix="Remove it; use a replication group over the zones of the region.",
    severity=Severity.HIGH,
    types=(
        "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
        "aws:memorydb/multiRegionCluster:MultiRegionCluster",
    ),
    references=LAW,
)
forbid_property(
    "globalReplicationGroupId",
    "it joins a global datastore",
    id="RES-ELASTICACHE-002",
    title="Caches join no global datastore",
    why=RESIDENCY,
    fix="Remove globalReplicationGroupId.",
    severity=Severity.HIGH,
    types=(REPLICATION_GROUP,),
    references=LAW,
)
forbid_property(
    "multiRegionClusterName",
    "it joins a multi-Region cluster",
    id="RES-MEMORYDB-001",
    title="MemoryDB clusters join no multi-Region cluster",
    why=RESIDENCY,
    fix="Remove multiRegionClusterName.",
    severity=Severity.HIGH,
    types=(MEMORYDB,),
    references=LAW,
)
keep(
    "RES-ELASTICACHE-003",
    "Caches are restored from snapshots in allowed regions",
    CACHES,
    "snapshotArns",
    "snapshotArnsToRestores",
    targets=("aws:s3/bucket:Bucket",),
)
