"""Log groups and alarms: resource policies, retention periods and actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from guardrails.iam.sharing import services_act_for_us
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import logging, resource_access
from guardrails.model.regions import comes_from_aws
from guardrails.model.resource import Resource, Stack, origins, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.properties import require_value

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_LISTENERS = {
    "aws:route53/healthCheck:HealthCheck": "cloudwatchAlarmName",
    "aws:codedeploy/deploymentGroup:DeploymentGroup": "alarmConfiguration.alarms",
    "aws:ecs/service:Service": "alarms.alarmNames",
}
"""What acts on an alarm without being an action of it."""
_AUDIT = {
    "aws:cloudtrail/trail:Trail": "cloudWatchLogsGroupArn",
    "aws:ec2/flowLog:FlowLog": "logDestination",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "logDestinationConfigs[*]",
}
"""What writes logs that an investigation starts from, and where to."""

control(
    id="LP-CLOUDWATCH-001",
    title="CloudWatch Logs resource policies let services write for our own resources only",
    why="A service works for every customer of AWS; without a condition, others can have it write into these logs.",
    fix="Add a condition on aws:SourceArn or aws:SourceAccount to each statement for a service.",
    severity=Severity.MEDIUM,
    types=("aws:cloudwatch/logResourcePolicy:LogResourcePolicy",),
    references=resource_access(),
)(services_act_for_us)


def _days(default: int) -> Mapping[str, Any]:
    return {
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "default": default,
            "description": "How long logs are kept at least, in days.",
        }
    }


def _expires(group: Resource) -> bool:
    """Whether it has a retention of its own choice; the class DELIVERY keeps two days, whatever is said."""
    return group.get("logGroupClass") != "DELIVERY"


@control(
    id="RSL-CLOUDWATCH-001",
    title="Log groups have a retention period",
    why="Log groups without one keep personal data for ever, and every day of it is paid for.",
    fix="Set retentionInDays.",
    severity=Severity.LOW,
    types=(LOG_GROUP,),
    references=logging(checkov=("CKV_AWS_66",), indonesia=("UU PDP 16",)),
)
def log_group_has_retention(group: Resource, _: Context) -> Findings:
    if not group.number("retentionInDays", 0) and _expires(group):
        yield Violation("logs are kept for ever", "retentionInDays")


@control(
    id="RSL-CLOUDWATCH-002",
    title="Log groups have a long enough retention period",
    why="An intrusion is often noticed months later; what happened stands in the logs of that time.",
    fix="Set retentionInDays to minimumDays or more.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(LOG_GROUP,),
    parameters=_days(365),
    references=logging(checkov=("CKV_AWS_338",), security_hub=("CloudWatch.16",)),
)
def log_group_keeps_logs(group: Resource, context: Context) -> Findings:
    """Without a retention, or with 0, they are kept for ever; RSL-CLOUDWATCH-001 judges that."""
    days, least = group.number("retentionInDays", 0), context.parameters["minimumDays"]
    if 0 < days < least and _expires(group):
        yield Violation(f"logs are kept for {days} days, at least {least} are expected", "retentionInDays")


@control(
    id="RSL-CLOUDWATCH-003",
    title="Alarms have an action",
    why="An alarm without an action notifies nobody.",
    fix="Name a topic in alarmActions, or use the alarm in a composite alarm that has one.",
    severity=Severity.MEDIUM,
    types=(ALARM, COMPOSITE),
    scope=Scope.STACK,
    references=logging(security_hub=("CloudWatch.15",)),
)
def alarm_has_action(alarm: Resource, context: Context) -> Findings:
    path = "alarmActions"
    if alarm.raw(path) is UNKNOWN:
        if not comes_from_aws(alarm, path):
            yield UndeterminedError(path)
    elif not values_at(alarm, path) and not _is_heard(alarm, context.everything):
        yield Violation("it has no action", path)


_RULED = re.compile(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*[\"']?(?:arn:[^\s\"')]*:alarm:)?([^\"')]+?)[\"']?\s*\)")
"""An alarm that a composite alarm's rule names, by its name or ARN."""


def _is_heard(alarm: Resource, stack: Stack) -> bool:
    path = "alarmName" if alarm.type == COMPOSITE else "name"
    name = alarm.outputs.get(path) or alarm.raw(path)
    for composite in stack.of_type(COMPOSITE):
        named = _RULED.findall(str(composite.raw("alarmRule")))
        if alarm.urn in origins(composite, "alarmRule") or (isinstance(name, str) and name in named):
            return True
    return any(stack.referrers(alarm, [type_], path) for type_, path in _LISTENERS.items())


require_value(
    "actionsEnabled",
    (True,),
    default=True,
    id="RSL-CLOUDWATCH-004",
    title="Alarm actions are enabled",
    why="Actions that were disabled for maintenance and forgotten notify nobody.",
    fix="Remove actionsEnabled, or set it to true.",
    severity=Severity.MEDIUM,
    types=(ALARM, COMPOSITE),
    references=logging(checkov=("CKV_AWS_319",), security_hub=("CloudWatch.17",)),
)


@control(
    id="RSL-CLOUDWATCH-006",
    title="Audit log groups are retained when the stack is destroyed",
    why="Whoever destroys the stack, by mistake or not, must not destroy the record of it.",
    fix="Set skipDestroy or deletionProtectionEnabled to true, or the resource option protect.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(LOG_GROUP,),
    scope=Scope.STACK,
    parameters={
        "auditNames": {
            "type": "string",
            "default": r"(?i)cloudtrail|audit|flow-?logs?|aws-waf-logs|/aws/eks/.*/cluster$",
            "description": "A regular expression for the names of log groups that hold audit logs.",
        }
    },
    references=logging(),
)
def audit_log_is_kept(group: Resource, context: Context) -> Findings:
    if group.protect or not _is_audit_log(group, context):
        return
    if not group.get("skipDestroy") and not group.get("deletionProtectionEnabled"):
        yield Violation("it is deleted together with the stack", "skipDestroy")


def _is_audit_log(group: Resource, context: Context) -> bool:
    """By its name, or because a trail, a flow log or a web ACL writes to it."""
    name = group.raw("name") or group.raw("namePrefix")
    said = name if isinstance(name, str) else group.name
    writers = (context.everything.referrers(group, [type_], path) for type_, path in _AUDIT.items())
    return bool(re.search(context.parameters["auditNames"], said)) or any(writers)
