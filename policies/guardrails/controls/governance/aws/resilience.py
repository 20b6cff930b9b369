"""Protection against deletion, one zone and missing backups, by the fields that services share."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Level, References, Severity, Violation
from guardrails.model.resource import Resource
from guardrails.model.templates import DESCRIBES_OTHERS
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name
from guardrails.services.shared_fields import fields_of, stated
from guardrails.shapes.every_service import SET, forbid_values, of_every_service, require_values
from guardrails.shapes.properties import written

_ON = frozenset({"true", "active", "enabled", "1"})


@of_every_service(
    id_="RSL-AWS-001",
    title="Resources of every service are protected from deletion",
    why="A mistaken or malicious call deletes what nobody can bring back.",
    fix="Switch the property on that protects the resource from deletion.",
    severity=Severity.MEDIUM,
    references=References(soc2=("A1.2",), iso27001=("A.8.13",)),
)
def resource_is_protected(resource: Resource, _: Context) -> Findings:
    """By the SDK's names of switches; most are off unless told otherwise. In templates, those that are set off."""
    if resource.type in DESCRIBES_OTHERS:
        for path, name, value in resource.named_leaves:
            if "deletionprotection" in name and str(value).lower() == "false":
                yield Violation("it may be deleted by one call", path)
    for path in fields_of("protected", resource.type):
        for where, value in stated(resource, path):
            if value is UNKNOWN:
                yield UndeterminedError(where)
            elif str(value).lower() not in _ON and not (value is None and path in fields_of("on", resource.type)):
                yield Violation("it may be deleted by one call", where)


_ONE_ZONE = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "deploymentmode": "single_instance",
        "deploymenttype": r"single_az.*|scratch_\d",
        "environmenttype": "singleinstance",
        "initialinstancecount": "1",
        "replicationfactor": "1",
        "standbyreplicas": "disabled",
        "zoneawarenessenabled": "false",
    }.items()
}
"""Name of a property, lower case without marks -> the values that stand for one zone."""


@of_every_service(
    id_="RSL-AWS-002",
    title="Resources of every service are in more than one Availability Zone",
    why="Without a standby in another zone, the loss of one zone is the loss of the service.",
    fix="Choose the deployment with a standby in another zone.",
    severity=Severity.MEDIUM,
    references=References(soc2=("A1.2",), iso27001=("A.8.14",)),
)
def resource_is_in_several_zones(resource: Resource, _: Context) -> Findings:
    for path in fields_of("zones", resource.type):
        for where, value in stated(resource, path):
            if value is UNKNOWN:
                yield UndeterminedError(where)
            elif str(value).lower() != "true":
                yield Violation("it is in one zone", where)
    for path, name, value in resource.named_leaves:
        single = _ONE_ZONE.get(name)
        if single and value is UNKNOWN:
            yield UndeterminedError(path)
        elif single and single.fullmatch(str(value)):
            yield Violation(f"it is {value}", path)


_DAYS = (
    "backupretentionperiod",
    "automaticbackupretentiondays",
    "automatedsnapshotretentionperiod",
    "snapshotretentionlimit",
)


@of_every_service(
    id_="RSL-AWS-003",
    title="Backups of every service are kept",
    why="Without backups, a mistake or an attack on the data is final.",
    fix="Set the days that automatic backups are kept.",
    severity=Severity.HIGH,
    references=References(soc2=("A1.2",), iso27001=("A.8.13",)),
)
def backups_are_kept(resource: Resource, _: Context) -> Findings:
    for path, value in resource.every_leaf:
        if property_name(path).lower() in _DAYS:
            if value is UNKNOWN:
                yield UndeterminedError(path)
            elif str(value) == "0":
                yield Violation("automatic backups are switched off", path)
    for name, off in _RECOVERY.items():
        value = resource.raw(name)
        if value is UNKNOWN:
            yield UndeterminedError(name)
        elif value in off:
            yield Violation(f"it is {written(value)}", name)


_RECOVERY = {
    "pointInTimeRecovery.status": ("DISABLED",),
    "pointInTimeRecovery.enabled": (False,),
    "backupRetentionEnabled": (False,),
    "skipFinalBackup": (True,),
    "skipFinalSnapshot": (True,),
}
"""Path -> the values that leave nothing to restore from."""

require_values(
    {
        "aws:elasticsearch/domain:Domain": {"clusterConfig.zoneAwarenessEnabled": (True,)},
        "aws:fsx/windowsFileSystem:WindowsFileSystem": {"deploymentType": ("MULTI_AZ_1",)},
        "aws:mq/broker:Broker": {"deploymentMode": ("ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ")},
        "aws:opensearch/domain:Domain": {
            "clusterConfig.zoneAwarenessEnabled|clusterConfig.multiAzWithStandbyEnabled": (True,)
        },
    },
    id="RSL-AWS-005",
    title="Services that are in one zone unless they are told otherwise are in several",
    why="Without a standby in another zone, the loss of one zone is the loss of the service.",
    fix="Choose the deployment with a standby in another zone.",
    severity=Severity.MEDIUM,
    references=References(soc2=("A1.2",), iso27001=("A.8.14",)),
)
require_values(
    {
        "aws:datasync/task:Task": {"cloudwatchLogGroupArn": SET},
        "aws:ec2clientvpn/endpoint:Endpoint": {"connectionLogOptions.enabled": (True,)},
        "aws:elasticsearch/domain:Domain": {"logPublishingOptions": SET},
        "aws:emr/cluster:Cluster": {"logUri": SET},
        "aws:globalaccelerator/accelerator:Accelerator": {"attributes.flowLogsEnabled": (True,)},
        "aws:mq/broker:Broker": {"logs.general": (True,)},
        "aws:msk/cluster:Cluster": {"loggingInfo": SET},
        "aws:mskconnect/connector:Connector": {"logDelivery": SET},
        "aws:mwaa/environment:Environment": {"loggingConfiguration": SET},
        "aws:opensearch/domain:Domain": {"logPublishingOptions": SET},
        "aws:sfn/stateMachine:StateMachine": {"loggingConfiguration.level": ("ALL", "ERROR", "FATAL")},
        "aws:transfer/server:Server": {"loggingRole|structuredLogDestinations": SET},
        "aws:redshiftserverless/namespace:Namespace": {"logExports": SET},
        "aws:transfer/connector:Connector": {"loggingRole": SET},
        "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration": {
            "loggingConfig.textDataDeliveryEnabled": (True, None)
        },
    },
    id="RSL-AWS-004",
    title="Services that log only when they are asked are asked",
    why="Without a log, nobody sees what went wrong, or who did what.",
    fix="Set the property that says where the log goes.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=References(soc2=("CC7.2",), iso27001=("A.8.15",)),
)
require_values(
    {"aws:keyspaces/table:Table": {"pointInTimeRecovery.status": ("ENABLED",)}},
    id="RSL-AWS-006",
    title="Services that are backed up only when they are asked are asked",
    why="Without backups, a mistake or an attack on the data is final.",
    fix="Switch point-in-time recovery on.",
    severity=Severity.HIGH,
    references=References(soc2=("A1.2",), iso27001=("A.8.13",)),
)
forbid_values(
    {
        "enablelogging": (False, "false"),
        "isloggingenabled": (False, "false"),
        "disablealllogs": (True, "true"),
        "flowlogsenabled": (False, "false"),
        "contactflowlogsenabled": (False, "false"),
        "publishcloudwatchmetricsenabled": (False, "false"),
        "querylogstatus": ("disabled",),
        "loglevel": ("off", "none", "disabled"),
        "logginglevel": ("off", "none"),
        "loggingconfiguration.level": ("off",),
        "defaultloglevel": ("disabled",),
        "fileaccessauditloglevel": ("disabled",),
        "fileshareaccessauditloglevel": ("disabled",),
        "cloudwatchlogoptions.logenabled": (False, "false"),
        "streamlogs": (False, "false"),
        **{
            f"{log}logs.enabled": (False, "false")
            for log in ("dagprocessing", "scheduler", "task", "webserver", "worker")
        },
        "systemtype": ("basic",),
    },
    id_="RSL-AWS-007",
    unless=("RSL-APIGATEWAY-001", "RSL-CLOUDTRAIL-002"),
    title="Logging of no service is switched off",
    why="Without a log, nobody sees what went wrong, or who did what.",
    fix="Leave the switch out, or choose a level that records errors and who did what.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=References(soc2=("CC7.2",), iso27001=("A.8.15",)),
)
forbid_values(
    {
        "managedactionsenabled": (False, "false"),
        "autominorversionupgrade": (False, "false"),
        "allowversionupgrade": (False, "false"),
    },
    id_="RSL-AWS-008",
    title="Updates of no service are switched off",
    why="What AWS mends in an engine reaches only those that take its updates.",
    fix="Leave the switch out, and name a maintenance window that suits.",
    severity=Severity.MEDIUM,
    references=References(soc2=("CC7.1",), iso27001=("A.8.8",)),
)
require_values(
    {
        "aws:dms/replicationInstance:ReplicationInstance": {"autoMinorVersionUpgrade": (True,)},
        "aws:mq/broker:Broker": {"autoMinorVersionUpgrade": (True,)},
    },
    id="RSL-AWS-009",
    title="Services that take updates only when they are asked are asked",
    why="What AWS mends in an engine reaches only those that take its updates.",
    fix="Set autoMinorVersionUpgrade to true, and name a maintenance window that suits.",
    severity=Severity.MEDIUM,
    references=References(security_hub=("DMS.6", "MQ.3"), soc2=("CC7.1",), iso27001=("A.8.8",)),
)
