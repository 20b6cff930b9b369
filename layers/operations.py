"""What watches over the rest and brings it back: audit trail, threat detection, costs, flow logs for years, backup."""

from __future__ import annotations

from dataclasses import dataclass

from components.audit.audit_trail import AuditTrail, AuditTrailArgs
from components.audit.configuration_recorder import ConfigurationRecorder, ConfigurationRecorderArgs
from components.audit.threat_detection import ThreatDetection, ThreatDetectionArgs
from components.backup.backup import Backup, BackupArgs, ProtectedDatabase
from components.cost.cost_monitoring import CostMonitoring, CostMonitoringArgs
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from layers.base import NAME, Base
from layers.data import Data


@dataclass(frozen=True, kw_only=True)
class Operations:
    """What watches over the rest.

    Attributes:
        backup: None where the settings leave it out.
    """

    backup: Backup | None


def operations_layer(base: Base, data: Data) -> Operations:
    """The record of what happened, and the copies of what is kept."""
    storage = data.storage
    AuditTrail(
        NAME,
        AuditTrailArgs(
            context=base.context,
            bucket_name=storage.buckets["audit"].name,
            unrecorded_buckets=[storage.arns[name] for name in base.settings.storage.without_data_events],
        ),
        base.options(storage),
    )
    ThreatDetection(
        f"{NAME}-detection",
        ThreatDetectionArgs(context=base.context, settings=base.settings.audit, runbook="docs/components/audit.md"),
        base.options(),
    )
    CostMonitoring(
        f"{NAME}-cost",
        CostMonitoringArgs(
            context=base.context, settings=base.settings.cost, project=base.settings.default_tags["Project"]
        ),
        base.options(),
    )
    recorders = [configuration_recorder(base, data)] if base.settings.audit.configuration_recorder == "stack" else []
    FlowLogArchive(
        NAME,
        FlowLogArchiveArgs(environment=base.environment, vpc_id=base.network.vpc_id, bucket=storage.buckets["logs"]),
        base.options(),
    )
    if not base.settings.backup.enabled:
        return Operations(backup=None)
    backup = Backup(
        NAME,
        BackupArgs(
            context=data.context,
            settings=base.settings.backup,
            database=ProtectedDatabase(
                identifier=data.database.identifier,
                subnet_group=data.database.subnets.name,
                security_group_ids=[base.network.security_group_ids["database"]],
            ),
            documents_bucket=storage.bucket_name("documents"),
            backups_bucket=storage.bucket_name("backups"),
            runbook="docs/runbooks/recovery.md",
            placement=base.operations,
        ),
        # Its audit framework is made of rules of AWS Config, which needs a recorder first.
        base.options(*recorders),
    )
    return Operations(backup=backup)


def configuration_recorder(base: Base, data: Data) -> ConfigurationRecorder:
    """AWS Config, whose files lie among the logs: it delivers to no bucket with Object Lock."""
    args = ConfigurationRecorderArgs(context=base.context, bucket_name=data.storage.buckets["logs"].name)
    return ConfigurationRecorder(f"{NAME}-configuration", args, base.options(data.storage))
