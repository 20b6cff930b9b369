"""GuardDuty: that it is on, and which protection plans are."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, first_that
from guardrails.model.references import monitoring
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource
from guardrails.shapes.presence import require_one
from guardrails.shapes.properties import require_value

_DETECTOR = "aws:guardduty/detector:Detector"
_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
_ON = "ENABLED"
require_one(
    "RSL-GUARDDUTY-006",
    "GuardDuty",
    _DETECTOR,
    "It finds stolen credentials and mining machines in records that nobody reads.",
    monitoring(security_hub=("GuardDuty.1",)),
)

require_value(
    "enable",
    (True,),
    default=True,
    id="RSL-GUARDDUTY-001",
    title="Detectors of GuardDuty are switched on",
    why="A detector that is suspended finds nothing.",
    fix="Remove enable, or set it to true.",
    severity=Severity.HIGH,
    types=(_DETECTOR,),
    references=monitoring(checkov=("CKV_AWS_238", "CKV2_AWS_3"), security_hub=("GuardDuty.1",)),
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
    "GuardDuty reads the audit logs of Kubernetes",
    "A break-in into a cluster goes on through its API.",
    "GuardDuty.5",
    ("EKS_AUDIT_LOGS",),
    "datasources.kubernetes.auditLogs.enable",
)
_require_feature(
    "RSL-GUARDDUTY-003",
    "GuardDuty watches logins to databases",
    "Passwords that are tried out, or used from elsewhere, show at the login.",
    "GuardDuty.9",
    ("RDS_LOGIN_EVENTS",),
)
_require_feature(
    "RSL-GUARDDUTY-004",
    "GuardDuty watches access to objects",
    "Data is stolen from buckets by reading it, which no management event tells.",
    "GuardDuty.10",
    ("S3_DATA_EVENTS",),
    "datasources.s3Logs.enable",
)
_require_feature(
    "RSL-GUARDDUTY-005",
    "GuardDuty watches what runs",
    "What a program does in a container or on an instance is seen there only.",
    "GuardDuty.11",
    ("RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"),
)
