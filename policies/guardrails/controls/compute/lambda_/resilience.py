"""Lambda functions: runtimes, concurrency, dead-letter queues and tracing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from aws_facts.lambda_runtimes import RUNTIME_SUPPORT_ENDS
from guardrails.controls.compute.lambda_.access import FUNCTION
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import first_that
from guardrails.model.references import continuity
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, values_at
from guardrails.network.zones import minimum_zones, too_few_zones
from guardrails.shapes.properties import require_value

_ON_FAILURE = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"


@control(
    id="RSL-LAMBDA-001",
    title="Functions use a supported runtime",
    why="A runtime past its support gets no more fixes, and some months later its functions can't be changed any more.",
    fix="Set runtime to a newer version of the language.",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    parameters={
        "unsupportedRuntimes": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "More runtimes that must not be used, such as nodejs22.x.",
        }
    },
    references=References(checkov=("CKV_AWS_363",), security_hub=("Lambda.2",), soc2=("CC7.1",), iso27001=("A.8.8",)),
)
def runtime_is_supported(function: Resource, context: Context) -> Findings:
    """An image brings its own runtime; scanning the image tells its age."""
    runtime = function.text("runtime")
    ended = RUNTIME_SUPPORT_ENDS.get(runtime, date.max)
    if runtime in context.parameters["unsupportedRuntimes"]:
        yield Violation(f"{runtime} is not one that may be used", "runtime")
    elif ended < datetime.now(UTC).date():
        yield Violation(f"support of {runtime} has ended", "runtime")


@control(
    id="RSL-LAMBDA-002",
    title="Functions have a dead-letter queue or an on-failure destination",
    why="After two retries, an event that nobody could process is dropped without a trace.",
    fix="Set deadLetterConfig.targetArn to a queue or topic, or add a FunctionEventInvokeConfig with onFailure.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(FUNCTION,),
    scope=Scope.STACK,
    references=continuity(checkov=("CKV_AWS_116",)),
)
def failures_are_kept(function: Resource, context: Context) -> Findings:
    if function.has("deadLetterConfig.targetArn"):  # known or not, one is named
        return
    if not first_that(
        named_by(function, context.everything, (_ON_FAILURE,), "functionName", (FUNCTION,)),
        lambda config: config.has("destinationConfig.onFailure.destination"),
    ):
        yield Violation("it names neither a dead-letter queue nor a destination", "deadLetterConfig")


@control(
    id="RSL-LAMBDA-003",
    title="Functions have reserved concurrency",
    why="All functions of an account share one limit: without a share of its own, one that runs wild stops the others.",
    fix="Set reservedConcurrentExecutions.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(FUNCTION,),
    references=continuity(checkov=("CKV_AWS_115",)),
)
def concurrency_is_reserved(function: Resource, _: Context) -> Findings:
    if function.number("reservedConcurrentExecutions", -1) < 0:
        yield Violation("it shares the account's concurrency", "reservedConcurrentExecutions")


require_value(
    "tracingConfig.mode",
    ("Active",),
    default="PassThrough",
    id="RSL-LAMBDA-004",
    title="Functions have X-Ray tracing",
    why="Only a trace shows where a slow or failed request lost its time.",
    fix="Set tracingConfig.mode to Active.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(FUNCTION,),
    references=References(
        checkov=("CKV_AWS_50",), security_hub=("Lambda.7",), soc2=("CC7.2",), iso27001=("A.8.15", "A.8.16")
    ),
)


@control(
    id="RSL-LAMBDA-005",
    title="Functions in a VPC span several Availability Zones",
    why="A function in one zone is gone with it.",
    fix="Name a subnet of each zone in vpcConfig.subnetIds.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(FUNCTION,),
    scope=Scope.STACK,
    parameters=minimum_zones(2),
    references=continuity(security_hub=("Lambda.5",)),
)
def function_spans_zones(function: Resource, context: Context) -> Findings:
    if values_at(function, "vpcConfig.subnetIds"):
        yield from too_few_zones(function, "vpcConfig.subnetIds", context)


require_value(
    "policies.untrustedArtifactOnDeployment",
    ("Enforce",),
    default="Warn",
    id="LP-LAMBDA-008",
    title="Code that nobody signed is not deployed",
    why="With Warn, a signature that is missing or wrong is a line in a log, and the code runs.",
    fix="Set policies.untrustedArtifactOnDeployment to Enforce.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:lambda/codeSigningConfig:CodeSigningConfig",),
    references=References(soc2=("CC8.1",), iso27001=("A.8.28",)),
)
