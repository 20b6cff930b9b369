"""GuardDuty: that it is on, and which protection plans are."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, each, first_that
from guardrails.model.references import monitoring
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, paths_at
from guardrails.shapes.presence import require_one
from guardrails.shapes.properties import require_value, written

_DETECTOR = "aws:guardduty/detector:Detector"
_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
_ON = "ENABLED"
require_one(
    "RSL-GUARDDUTY-006",
    "GuardDuty",
    _DETECTOR,
    "It detects stolen credentials and cryptomining in logs that nobody reads.",
    monitoring(security_hub=("GuardDuty.1",)),
)

require_value(
    "enable",
    (True,),
    default=True,
    id="RSL-GUARDDUTY-001",
    title="GuardDuty detectors are enabled",
    why="A suspended detector detects nothing.",
    fix="Remove enable, or set it to true.",
    severity=Severity.HIGH,
    types=(_DETECTOR,),
    references=monitoring(checkov=("CKV_AWS_238", "CKV2_AWS_3"), security_hub=("GuardDuty.1",)),
)


_NAMED = frozenset(
    {"EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS", "RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"}
)


def _require_feature(id_: str, title: str, why: str, security_hub: str, names: tuple[str, ...], *inline: str) -> None:
    """A control that each detector has one of the features ``names`` on, as a resource of its own or ``inline``."""

    def check(resource: Resource, context: Context) -> Findings:
        if resource.type == _FEATURE:
            if resource.get("name") in names and resource.get("status") != _ON:
                yield Violation("it is off", "status")
            return

        def is_on(feature: Resource) -> bool:
            return all_hold(lambda: feature.get("name") in names, lambda: feature.get("status") == _ON)

        features = named_by(resource, context.everything, (_FEATURE,), "detectorId", (_DETECTOR,))
        if all_hold(
            lambda: not any(resource.get(path) for path in inline),
            lambda: first_that(features, is_on) is None,
        ):
            yield Violation(f"no feature {' or '.join(names)} is {_ON}")

    control(
        id=id_,
        title=title,
        why=why,
        fix=f"Add an {_FEATURE} with name {names[0]} and status {_ON} for the detector.",
        severity=Severity.MEDIUM,
        level=Level.ADVISORY,
        types=(_DETECTOR, _FEATURE),
        scope=Scope.STACK,
        references=monitoring(security_hub=(security_hub,)),
    )(check)


_require_feature(
    "RSL-GUARDDUTY-002",
    "GuardDuty EKS Protection is on",
    "Intruders move through a cluster by its API server.",
    "GuardDuty.5",
    ("EKS_AUDIT_LOGS",),
    "datasources.kubernetes.auditLogs.enable",
)
_require_feature(
    "RSL-GUARDDUTY-003",
    "GuardDuty RDS Protection is on",
    "Brute-force attempts and stolen credentials show in login activity.",
    "GuardDuty.9",
    ("RDS_LOGIN_EVENTS",),
)
_require_feature(
    "RSL-GUARDDUTY-004",
    "GuardDuty S3 Protection is on",
    "Exfiltration from buckets shows in data events only, not in management events.",
    "GuardDuty.10",
    ("S3_DATA_EVENTS",),
    "datasources.s3Logs.enable",
)
_require_feature(
    "RSL-GUARDDUTY-005",
    "GuardDuty Runtime Monitoring is on",
    "Processes in containers and on instances are visible to a runtime agent only.",
    "GuardDuty.11",
    ("RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"),
)

_SWITCHES = {
    _FEATURE: (("status", "DISABLED"),),
    "aws:guardduty/memberDetectorFeature:MemberDetectorFeature": (("status", "DISABLED"),),
    "aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature": (("autoEnable", "NONE"),),
    "aws:guardduty/organizationConfiguration:OrganizationConfiguration": (("autoEnableOrganizationMembers", "NONE"),),
    _DETECTOR: (("datasources.malwareProtection.scanEc2InstanceWithFindings.ebsVolumes.enable", False),),
}
"""Where features are switched off, and how."""


@control(
    id="RSL-GUARDDUTY-007",
    title="GuardDuty has no feature switched off",
    why="What is switched off by name detects nothing, in accounts that join later as well.",
    fix="Remove the resource, or set status to ENABLED (in an organisation: autoEnable to ALL).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=tuple(_SWITCHES),
    references=monitoring(security_hub=("GuardDuty.6", "GuardDuty.8")),
)
def nothing_is_switched_off(resource: Resource, _: Context) -> Findings:
    """Features that no other control is about; those are judged by their names."""

    def judge(place: tuple[str, object]) -> Findings:
        path, off = place
        for where in paths_at(resource, path):
            if resource.get(where) == off:
                yield Violation(f"it is {written(off)}", where)

    if resource.type != _FEATURE or resource.text("name") not in _NAMED:
        yield from each(_SWITCHES[resource.type], judge)


@control(
    id="RSL-GUARDDUTY-008",
    title="GuardDuty filters archive named findings only",
    why="A filter on nothing but the severity hides what nobody has seen yet.",
    fix="Name what is known to be harmless in findingCriteria (type, resource, address), or set action to NOOP.",
    severity=Severity.MEDIUM,
    types=("aws:guardduty/filter:Filter",),
    references=monitoring(),
)
def filter_is_narrow(filter_: Resource, _: Context) -> Findings:
    fields = [filter_.get(path) for path in paths_at(filter_, "findingCriteria.criterions[*].field")]
    if filter_.get("action") == "ARCHIVE" and all(field == "severity" for field in fields):
        yield Violation("it archives findings whatever they are about", "findingCriteria")
