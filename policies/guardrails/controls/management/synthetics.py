"""CloudWatch Synthetics: canaries that run, on a supported runtime, and what they leave."""

from __future__ import annotations

from aws_facts.synthetics_runtimes import is_deprecated
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.references import Criteria, key_management, monitoring
from guardrails.model.regions import foreign_region, region_of
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import BUCKETS
from guardrails.shapes.destinations import LAW
from guardrails.shapes.properties import encrypt_with_customer_key, require_value

_CANARY = "aws:synthetics/canary:Canary"
_LOCATION = "artifactS3Location"

encrypt_with_customer_key(
    "ENC-SYNTHETICS-001",
    "Artifacts of canaries",
    _CANARY,
    "artifactConfig.s3Encryption.kmsKeyArn",
    key_management(),
)
encrypt_with_customer_key(
    "ENC-SYNTHETICS-002", "Environment variables of canaries", _CANARY, "kmsKeyArn", key_management()
)
require_value(
    "startCanary",
    (True,),
    default=False,
    id="RSL-SYNTHETICS-001",
    title="Canaries are started",
    why="A canary that was made but never started finds nothing, and its alarm has nothing to go by.",
    fix="Set startCanary to true.",
    severity=Severity.MEDIUM,
    types=(_CANARY,),
    references=monitoring(),
)


@control(
    id="RSL-SYNTHETICS-002",
    title="Canaries use a supported runtime",
    why="AWS makes no canary with a deprecated runtime: one that must be replaced can't be, and its browser is old.",
    fix="Set runtimeVersion to the newest runtime of its language.",
    severity=Severity.MEDIUM,
    types=(_CANARY,),
    references=Criteria(("CC7.1",), ("A.8.8",))(),
)
def runtime_is_supported(canary: Resource, _: Context) -> Findings:
    runtime = canary.text("runtimeVersion")
    if is_deprecated(runtime):
        yield Violation(f"{runtime} is deprecated", "runtimeVersion")


@control(
    id="RES-SYNTHETICS-001",
    title="Artifacts of canaries are in allowed regions",
    why="Screenshots, logs and reports show what the platform answers.",
    fix="Name a bucket of an allowed region in artifactS3Location.",
    severity=Severity.HIGH,
    types=(_CANARY,),
    scope=Scope.STACK,
    references=LAW,
)
def artifacts_stay(canary: Resource, context: Context) -> Findings:
    region = region_of(_bucket(canary, context.everything))
    if region is None:
        raise UndeterminedError(_LOCATION)
    if region not in context.parameters["allowedRegions"]:
        yield Violation(foreign_region(region, context), _LOCATION)


def _bucket(canary: Resource, stack: Stack) -> Resource:
    """The bucket of the stack that a canary writes to.

    Raises:
        UndeterminedError: it is none of the stack's.
    """
    location = canary.raw(_LOCATION)
    if location is UNKNOWN:
        found = stack.referred(canary, _LOCATION, BUCKETS)
    else:
        name = str(location).split("://")[-1].partition("/")[0]
        found = next((each for each in stack.of_type(*BUCKETS) if each.raw("bucket") == name), None)
    if found is None:
        raise UndeterminedError(_LOCATION)
    return found
