"""AWS Config: that it records everything, how long it keeps that, what judges it, and where it delivers."""

from __future__ import annotations

from collections.abc import Collection

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import monitoring
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import BUCKETS
from guardrails.shapes.destinations import keep
from guardrails.shapes.presence import require_one

_RECORDER = "aws:cfg/recorder:Recorder"
_RECORDER_STATUS = "aws:cfg/recorderStatus:RecorderStatus"
_RETENTION = "aws:cfg/retentionConfiguration:RetentionConfiguration"
_RULES = (
    "aws:cfg/conformancePack:ConformancePack",
    "aws:cfg/organizationConformancePack:OrganizationConformancePack",
    "aws:cfg/organizationCustomPolicyRule:OrganizationCustomPolicyRule",
    "aws:cfg/organizationCustomRule:OrganizationCustomRule",
    "aws:cfg/organizationManagedRule:OrganizationManagedRule",
    "aws:cfg/rule:Rule",
)
require_one(
    "RSL-CONFIG-002",
    "AWS Config",
    _RECORDER,
    "What a resource looked like, and who changed it when, stands in AWS Config.",
    monitoring(security_hub=("Config.1",)),
)


@control(
    id="RSL-CONFIG-001",
    title="AWS Config records all resource types",
    why="What is not recorded can't be told afterwards, and no rule judges it.",
    fix="Set recordingGroup.allSupported and includeGlobalResourceTypes to true, and add an "
    "aws:cfg/recorderStatus:RecorderStatus with isEnabled true; leave out types of mayBeLeftOut only, with "
    "the strategy EXCLUSION_BY_RESOURCE_TYPES.",
    severity=Severity.MEDIUM,
    types=(_RECORDER, _RECORDER_STATUS),
    scope=Scope.STACK,
    parameters={
        "mayBeLeftOut": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [
                "AWS::Config::ConformancePackCompliance",
                "AWS::Config::ResourceCompliance",
                "AWS::EC2::NetworkInterface",
                "AWS::SSM::AssociationCompliance",
                "AWS::SSM::PatchCompliance",
            ],
            "description": "The resource types that a recorder may leave out: what other records tell, or say often.",
        }
    },
    references=monitoring(checkov=("CKV2_AWS_45", "CKV2_AWS_48"), security_hub=("Config.1",)),
)
def recorder_records_everything(resource: Resource, context: Context) -> Findings:
    if resource.type == _RECORDER_STATUS:
        if not resource.get("isEnabled"):
            yield Violation("it is off", "isEnabled")
        return
    yield from _gaps(resource, context.parameters["mayBeLeftOut"])
    if not named_by(resource, context.everything, (_RECORDER_STATUS,), "name", (_RECORDER,)):
        yield Violation("no recorder status enables it")


def _gaps(recorder: Resource, may_be_left_out: Collection[str]) -> Findings:
    """What the recorder leaves out; by the strategy that it names, and by allSupported where it names none."""
    group = "recordingGroup"
    recorder.get(group)
    strategies = values_at(recorder, f"{group}.recordingStrategies[*].useOnly")
    if UNKNOWN in strategies:
        yield UndeterminedError(f"{group}.recordingStrategies")
    elif "EXCLUSION_BY_RESOURCE_TYPES" in strategies:
        path = f"{group}.exclusionByResourceTypes"
        excluded = values_at(recorder, f"{path}[*].resourceTypes[*]")
        if UNKNOWN in excluded:
            yield UndeterminedError(path)
        missing = sorted({str(each) for each in excluded if each is not UNKNOWN} - set(may_be_left_out))
        if missing:
            yield Violation(f"it leaves out {', '.join(missing)}", path)
    elif "INCLUSION_BY_RESOURCE_TYPES" in strategies or not recorder.get(f"{group}.allSupported", True):
        yield Violation("it records some resource types only", f"{group}.allSupported")
    elif not recorder.get(f"{group}.includeGlobalResourceTypes"):
        yield Violation("identities and other global resources are left out", f"{group}.includeGlobalResourceTypes")


@control(
    id="RSL-CONFIG-003",
    title="AWS Config keeps its history long enough",
    why="Who looks into an incident asks what a resource was like years ago.",
    fix="Set retentionPeriodInDays to minimumDays or more; without a retention configuration, AWS keeps seven years.",
    severity=Severity.MEDIUM,
    types=(_RETENTION,),
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 30,
            "default": 365,
            "description": "How long the history of resources is kept at least, in days.",
        }
    },
    references=monitoring(),
)
def history_is_kept(retention: Resource, context: Context) -> Findings:
    days, least = retention.number("retentionPeriodInDays", 0), context.parameters["minimumDays"]
    if days < least:
        yield Violation(f"history is kept for {days:g} days, at least {least:g} are expected", "retentionPeriodInDays")


@control(
    id="RSL-CONFIG-004",
    title="AWS Config evaluates rules",
    why="A record that nothing judges shows a fault to nobody.",
    fix="Add an aws:cfg/conformancePack:ConformancePack, or rules.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(_RECORDER,),
    scope=Scope.STACK,
    references=monitoring(),
)
def something_judges_the_record(_recorder: Resource, context: Context) -> Findings:
    if not context.everything.of_type(*_RULES):
        yield Violation("the stack has neither a conformance pack nor a rule")


keep(
    "RES-CONFIG-001",
    "AWS Config delivers to allowed regions",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    "s3BucketName",
    targets=BUCKETS,
)
keep(
    "RES-CONFIG-002",
    "AWS Config aggregates from and to allowed regions",
    (
        "aws:cfg/configurationAggregator:ConfigurationAggregator",
        "aws:cfg/aggregateAuthorization:AggregateAuthorization",
    ),
    "accountAggregationSource.regions[*]",
    "organizationAggregationSource.regions[*]",
    "authorizedAwsRegion",
)
