"""Required tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.controls.governance.aws.regions import PROVIDER
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.regions import provider_value
from guardrails.model.resource import Resource, Stack, values_at
from guardrails.model.tags import tag_of
from guardrails.model.values import UndeterminedError

_GROUP = "aws:autoscaling/group:Group"
_GROUP_TAG = "aws:autoscaling/tag:Tag"
_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_MIXED = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"
_TEMPLATE_PATHS = (
    "launchTemplate.id",
    "launchTemplate.name",
    f"{_MIXED}.launchTemplateId",
    f"{_MIXED}.launchTemplateName",
)
_inventory = Criteria(("CC6.1",), ("A.5.9", "A.5.12"))


@control(
    id="RSL-TAGGING-001",
    title="Resources have the required tags",
    why="Whom to call, what it is for and who pays: in an incident there is no time to find out.",
    fix="Add the tags to the resource or to the provider's default tags; case matters.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=("aws:*",),
    scope=Scope.STACK,
    parameters={
        "requiredTags": {
            "type": "object",
            "default": {"Environment": ".", "Owner": "."},
            "description": "The names of tags, each with a regular expression that its value matches.",
        }
    },
    references=_inventory(),
)
def resource_has_tags(resource: Resource, context: Context) -> Findings:
    """Taggable is what has tags, or for what the provider answers with tagsAll; RSL-TAGGING-003 is for groups."""
    if resource.type == _GROUP or not (resource.has("tags") or "tagsAll" in resource.outputs):
        return
    for name, pattern in context.parameters["requiredTags"].items():
        try:
            value = tag_of(resource, name)
        except UndeterminedError as unknown:
            yield unknown
            continue
        if value is None:
            yield Violation(f"{name} is missing", "tags")
        elif not re.search(pattern, value):
            yield Violation(f"{name} does not match {pattern}", "tags")


@control(
    id="RSL-TAGGING-002",
    title="Providers have default tags",
    why="Default tags also reach resources that are added later.",
    fix="Set defaultTags.tags on the provider, with a tag for each of requiredTags.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(PROVIDER,),
    parameters={
        "requiredTags": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["Owner", "Environment", "CostCentre", "DataClass"],
            "description": "The names of tags; case, - and _ don't matter.",
        }
    },
    references=_inventory(),
)
def provider_adds_tags(provider: Resource, context: Context) -> Findings:
    found = provider_value(provider, "defaultTags") if provider.has("defaultTags") else None
    added: Mapping[str, Any] = (found.get("tags") if isinstance(found, dict) else None) or {}
    names = set(map(_plain, added))
    for name in context.parameters["requiredTags"]:
        if _plain(name) not in names:
            yield Violation(f"{name} is not among its default tags", "defaultTags")


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace("center", "centre")


@control(
    id="RSL-TAGGING-003",
    title="Auto Scaling groups propagate their tags to instances",
    why="Instances are launched automatically; untagged ones have no owner.",
    fix="Set propagateAtLaunch to true in each of tags, or tag instances in the launch template's tagSpecifications.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_GROUP,),
    scope=Scope.STACK,
    references=_inventory(checkov=("CKV_AWS_153",)),
)
def tags_reach_instances(group: Resource, context: Context) -> Findings:
    paths = [f"tags[{index}].propagateAtLaunch" for index in range(len(group.items("tags")))]
    kept = [path for path in paths if not group.get(path)]
    if paths and not kept:
        return
    stack = context.everything
    if stack.referrers(group, [_GROUP_TAG], "autoscalingGroupName") or any(_tags_of_templates(group, stack)):
        return
    yield Violation("it is not propagated at launch" if kept else "there are none", kept[0] if kept else "tags")


def _tags_of_templates(group: Resource, stack: Stack) -> Iterator[bool]:
    """Whether each launch template that the group names, of this stack, tags instances."""
    for path in filter(group.has, _TEMPLATE_PATHS):
        template = stack.referred(group, path, (_LAUNCH_TEMPLATE,))
        if template:
            yield "instance" in values_at(template, "tagSpecifications[*].resourceType")
