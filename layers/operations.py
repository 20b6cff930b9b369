"""What watches over the rest and brings it back: audit trail, threat detection, costs, flow logs for years, backup."""

from __future__ import annotations

from dataclasses import dataclass

from components.audit.audit_trail import AuditTrail, AuditTrailArgs
from components.audit.configuration_recorder import ConfigurationRecorder, ConfigurationRecorderArgs
from components.audit.conformance_pack import ConformancePack, ConformancePackArgs
from components.audit.log_archive import LogArchive, LogArchiveArgs
from components.audit.security_hub import SecurityHub, SecurityHubArgs
from components.audit.threat_detection import ThreatDetection, ThreatDetectionArgs
from components.audit.vulnerability_scans import VulnerabilityScans, VulnerabilityScansArgs
from components.backup.backup import Backup, BackupArgs, ProtectedDatabase
from components.cost.cost_monitoring import CostMonitoring, CostMonitoringArgs
from components.network.dns_query_log import DnsQueryLog, DnsQueryLogArgs
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from layers.base import NAME, Base
from layers.data import Data
from settings.config_rules import rules_of


@dataclass(frozen=True, kw_only=True)
class Operations:
    """What watches over the rest.

    Attributes:
        backup: None where the settings leave it out.
    """

    backup: Backup | None


def operations_layer(base: Base, data: Data) -> Operations:
    """The record of what happened, and the copies of what is kept. Comes after whatever makes audit logs."""
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
        ThreatDetectionArgs(context=base.context, settings=base.settings.audit, runbook=base.runbook("audit")),
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
    evaluations(base, recorders)
    FlowLogArchive(
        NAME,
        FlowLogArchiveArgs(environment=base.environment, vpc_id=base.network.vpc_id, bucket=storage.buckets["logs"]),
        base.options(),
    )
    DnsQueryLog(
        NAME,
        DnsQueryLogArgs(environment=base.environment, vpc_id=base.network.vpc_id, bucket=storage.buckets["logs"]),
        base.options(),
    )
    LogArchive(
        f"{NAME}-log-archive",
        LogArchiveArgs(context=base.context, bucket=storage.buckets["log-copies"]),
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
            runbook=base.runbook("backup"),
            placement=base.operations,
        ),
        # Its audit framework is made of rules of AWS Config, which needs a recorder first.
        base.options(*recorders),
    )
    return Operations(backup=backup)


def configuration_recorder(base: Base, data: Data) -> ConfigurationRecorder:
    """AWS Config, whose files lie among the logs: it delivers to no bucket with Object Lock."""
    args = ConfigurationRecorderArgs(
        context=base.context,
        bucket_name=data.storage.buckets["logs"].name,
        runbook=base.runbook("audit"),
    )
    return ConfigurationRecorder(f"{NAME}-configuration", args, base.options(data.storage))


def evaluations(base: Base, recorders: list[ConfigurationRecorder]) -> None:
    """What judges the account as it is: the rules of AWS Config, Security Hub, Inspector."""
    settings, context = base.settings, base.context
    if settings.audit.conformance_pack:
        rules = ConformancePackArgs(context=context, rules=rules_of(settings), runbook=base.runbook("audit"))
        ConformancePack(f"{NAME}-conformance", rules, base.options(*recorders))
    if settings.audit.security_hub != "none":
        hub = SecurityHubArgs(context=context, settings=settings.audit, runbook=base.runbook("audit"))
        SecurityHub(f"{NAME}-security-hub", hub, base.options(*recorders))
    if settings.audit.inspector != "none":
        scans = VulnerabilityScansArgs(
            context=context,
            settings=settings.audit,
            images=settings.images.scanned_by_inspector,
            runbook=base.runbook("audit"),
        )
        VulnerabilityScans(f"{NAME}-inspector", scans, base.options())
