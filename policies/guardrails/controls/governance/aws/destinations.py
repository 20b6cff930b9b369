"""Where data is sent in words that are no ARN: names of Regions, and profiles of models."""

from __future__ import annotations

import re

from guardrails.model.arn import is_region
from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.regions import comes_from_aws, foreign_region
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name
from guardrails.shapes.every_service import forbid_values

_LAW = References(iso27001=("A.5.14", "A.5.31"), indonesia=("PP 71/2019 20", "UU PDP 56"))
_NO_DATA = (
    "aws:arczonalshift/", "aws:cfg/aggregateAuthorization:", "aws:cfg/configurationAggregator:",
    "aws:cloudwatch/dashboard:", "aws:ec2/vpcIpam", "aws:organizations/", "aws:route53/healthCheck:",
    "aws:route53/record:", "aws:uxc/",
)  # fmt: skip
"""Types whose Regions say where something is looked at or counted, not where data goes."""
_OPT_IN = "aws:account/region:Region"
_CHOICE = re.compile(
    r"(?:^|[.\"])(?:Statement|Conditions|Mappings|Rules|[aA]llowedValues|Fn::Equals|tags(?:All)?)\b|^__"
)
"""Where a Region is compared with, or may be chosen: statements of policies, parameters and conditions of templates."""


@control(
    id="RES-AWS-010",
    title="Every Region that a property names is allowed",
    why="A Region's bare name as a destination, a replica, a backup or a witness takes data there.",
    fix="Name an allowed Region, or leave the property out.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_LAW,
)
def named_regions_are_allowed(resource: Resource, context: Context) -> Findings:
    """Values that are a Region's name, at any depth and in documents; RES-AWS-002 asks about the resource's own.

    An account that opts in to a Region may hold data there; one that it opts out of is none.
    """
    if resource.type.startswith(_NO_DATA) or resource.type in context.parameters["globalExceptions"]:
        return
    if resource.type == _OPT_IN and resource.raw("enabled") is False:
        return
    allowed = context.parameters["allowedRegions"]
    for path, value in resource.every_leaf:
        if path in ("region", "id") or _CHOICE.search(path):
            continue
        if value is UNKNOWN and "egion" in property_name(path) and not comes_from_aws(resource, path):
            yield UndeterminedError(path)
        elif isinstance(value, str) and "-" in value:
            names = re.split(r"[\s,;|]+", value.strip())
            foreign = [name for name in names if name not in allowed] if all(map(is_region, names)) else []
            yield from (Violation(foreign_region(name, context), path) for name in foreign)


_GEOGRAPHY = r"(?P<geography>us|us-gov|eu|apac|jp|au|ca|in|sa|global)"
_PROFILE = re.compile(rf"(?:^|/){_GEOGRAPHY}\.[a-z0-9-]+\.[a-z0-9]")
_VENDORS = (
    "ai21|amazon|anthropic|cohere|deepseek|google|guardrail|luma|meta|minimax|mistral|moonshot|nvidia|openai|qwen"
    "|stability|twelvelabs|writer|zai"
)
_PROFILE_ANYWHERE = re.compile(rf"(?:^|[/\s\"'=,:]){_GEOGRAPHY}\.(?:{_VENDORS})\.[a-z0-9]")
_OF_MODELS = ("aws:bedrock/", "aws:bedrockfoundation/", "aws:bedrockmodel/", "aws:lex/", "aws:sagemaker/")


@control(
    id="RES-AWS-012",
    title="No model is used through a cross-Region inference profile",
    why="A profile of a geography answers prompts in any of its Regions.",
    fix="Name the model itself where the Region has it, or a profile of an allowed Region.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_LAW,
)
def models_answer_here(resource: Resource, _: Context) -> Findings:
    """Ids of system-defined inference profiles begin with their geography: apac., global., us. and others."""
    is_about_models = resource.type.startswith(_OF_MODELS)
    for path, value in resource.every_leaf:
        if value is UNKNOWN:
            if is_about_models and "odel" in path.rpartition(".")[2]:
                yield UndeterminedError(path)
        elif isinstance(value, str) and "Statement" not in path:
            pattern = _PROFILE if is_about_models and "odel" in path else _PROFILE_ANYWHERE
            if found := pattern.search(value):
                yield Violation(f"inference profiles of {found['geography']} answer in other Regions", path)


forbid_values(
    {"optin": (True, "true"), "assign": ("optin",)},
    id_="RES-AWS-014",
    unless=(),
    title="No service shares data with AWS for its own use",
    why="What AWS takes to improve its services it may store in other Regions.",
    fix="Set optIn to false; in a policy for opting out of AI services, assign optOut.",
    severity=Severity.MEDIUM,
    references=_LAW,
)
