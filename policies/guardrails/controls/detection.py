"""Services that watch an account: GuardDuty, AWS Config, Macie, and that they, and a trail, are there at all."""

from __future__ import annotations

from guardrails.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.decide import all_hold, first_that
from guardrails.presence import require_one
from guardrails.references import monitoring
from guardrails.relations import named_by
from guardrails.resource import Resource
from guardrails.rules import require_value
from guardrails.trails import TRAIL

_DETECTOR = "aws:guardduty/detector:Detector"
_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
_RECORDER = "aws:cfg/recorder:Recorder"
_RECORDER_STATUS = "aws:cfg/recorderStatus:RecorderStatus"
_MACIE = "aws:macie2/account:Account"
_ON = "ENABLED"


require_one(
    "RSL-CLOUDTRAIL-010",
    "CloudTrail",
    TRAIL,
    "Who did what in the account stands in a trail, and nowhere else for longer than 90 days.",
    monitoring(security_hub=("CloudTrail.3",)),
)
require_one(
    "RSL-GUARDDUTY-006",
    "GuardDuty",
    _DETECTOR,
    "It finds stolen credentials and mining machines in records that nobody reads.",
    monitoring(security_hub=("GuardDuty.1",)),
)
require_one(
    "RSL-CONFIG-002",
    "AWS Config",
    _RECORDER,
    "What a resource looked like, and who changed it when, stands in AWS Config.",
    monitoring(security_hub=("Config.1",)),
)
require_one(
    "RSL-MACIE-002",
    "Macie",
    _MACIE,
    "It finds personal data in buckets that were not meant for it.",
    References(security_hub=("Macie.1",), soc2=monitoring.soc2, iso27001=monitoring.iso27001, indonesia=("UU PDP 35",)),
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


@control(
    id="RSL-CONFIG-001",
    title="AWS Config records every kind of resource, and is switched on",
    why="What is not recorded can't be told afterwards, and no rule judges it.",
    fix="Set recordingGroup.allSupported and includeGlobalResourceTypes to true, and add an "
    "aws:cfg/recorderStatus:RecorderStatus with isEnabled true.",
    severity=Severity.MEDIUM,
    types=(_RECORDER, _RECORDER_STATUS),
    scope=Scope.STACK,
    references=monitoring(checkov=("CKV2_AWS_45", "CKV2_AWS_48"), security_hub=("Config.1",)),
)
def recorder_records_everything(resource: Resource, context: Context) -> Findings:
    if resource.type == _RECORDER_STATUS:
        if not resource.get("isEnabled"):
            yield Violation("it is off", "isEnabled")
        return
    group = "recordingGroup"
    if not resource.get(f"{group}.allSupported", True):
        yield Violation("it records some kinds only", f"{group}.allSupported")
    elif not resource.get(f"{group}.includeGlobalResourceTypes"):
        yield Violation("identities and other global resources are left out", f"{group}.includeGlobalResourceTypes")
    if not named_by(resource, context.everything, (_RECORDER_STATUS,), "name", (_RECORDER,)):
        yield Violation("nothing switches it on")


require_value(
    "status",
    (_ON,),
    default=_ON,
    id="RSL-MACIE-001",
    title="Macie is switched on",
    why="It finds personal data in buckets that were not meant for it; paused, it finds nothing.",
    fix="Remove status, or set it to ENABLED.",
    severity=Severity.MEDIUM,
    types=(_MACIE,),
    references=References(
        security_hub=("Macie.1",), soc2=monitoring.soc2, iso27001=monitoring.iso27001, indonesia=("UU PDP 35",)
    ),
)
