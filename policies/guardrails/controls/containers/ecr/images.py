"""Container images: the registries that workloads run from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.documents import json_text
from guardrails.model.regions import foreign_region, trusted_accounts
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.destinations import LAW

_REPOSITORY = "aws:ecr/repository:Repository"
_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_FUNCTION = "aws:lambda/function:Function"
_OTHERS = (
    "aws:apprunner/service:Service",
    "aws:batch/jobDefinition:JobDefinition",
    "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
    "aws:emrserverless/application:Application",
    "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
)
_IMAGE_OF_OTHERS = frozenset({"image", "imageidentifier", "imageuri", "containeruri"})
_IN_POD = re.compile(r"(?:^|\.)(?:initContainers|containers|ephemeralContainers)\[\d+\]\.image$")
_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/.+"
)


@control(
    id="RES-ECR-004",
    title="Containers run images from ECR in an allowed region and account",
    why="An image from elsewhere is chosen by others, and to get it a node must reach the internet or another region.",
    fix="Push the image to an ECR repository of the region, or cache its registry there (pull-through cache).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(
        "kubernetes:apps/*",
        "kubernetes:batch/*",
        "kubernetes:extensions/*",
        "kubernetes:core/v1:Pod*",
        "kubernetes:core/v1:ReplicationController*",
        "kubernetes:core/v1:List",
        _TASK,
        _FUNCTION,
        *_OTHERS,
    ),
    parameters={
        "allowedImages": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "What the names of other permitted images begin with, such as registry.k8s.io/.",
        }
    },
    references=LAW,
)
def image_is_ours(resource: Resource, context: Context) -> Findings:
    allowed = tuple(context.parameters["allowedImages"])
    for path, image in _images(resource):
        if image is UNKNOWN:
            yield from _unknown(resource, path)
        elif not str(image).startswith(allowed or ("\0",)):
            why = _why_not_ours(str(image), resource, context)
            if why:
                yield Violation(why, path)


def _unknown(resource: Resource, path: str) -> Findings:
    try:
        if not resource.refers_to(path, (_REPOSITORY,)):
            yield UndeterminedError(path)
    except UndeterminedError as unknown:
        yield unknown


def _images(resource: Resource) -> Iterator[tuple[str, Any]]:
    """The path and name of every image; `UNKNOWN` for one that is not known yet."""
    if resource.type == _FUNCTION:
        if resource.has("imageUri"):
            yield "imageUri", resource.raw("imageUri")
    elif resource.type == _TASK:
        yield from _images_of_task(resource)
    elif resource.type in _OTHERS:
        yield from ((path, value) for path, name, value in resource.named_leaves if name in _IMAGE_OF_OTHERS)
    else:
        yield from ((path, leaf) for path, leaf in resource.plain_leaves if _may_be_image(path, leaf))


def _may_be_image(path: str, leaf: Any) -> bool:
    return bool(_IN_POD.search(path)) or (leaf is UNKNOWN and path.endswith(("spec", "ontainers", "template")))


def _images_of_task(task: Resource) -> Iterator[tuple[str, Any]]:
    path = "containerDefinitions"
    definitions = task.raw(path)
    if definitions is UNKNOWN:
        yield path, UNKNOWN
        return
    containers = json_text(definitions) if isinstance(definitions, str) else None  # LP-AWS-014 says if none can be read
    if isinstance(containers, list):
        yield from ((path, each["image"]) for each in containers if isinstance(each, dict) and "image" in each)


def _why_not_ours(image: str, resource: Resource, context: Context) -> str:
    found = _ECR.fullmatch(image)
    if found is None:
        registry = image.partition("/")[0] if re.match(r"[^/]+[.:][^/]*/|localhost/", image) else "docker.io"
        return f"the image comes from {registry}"
    if found["region"] not in context.parameters["allowedRegions"]:
        return foreign_region(found["region"], context)
    trusted = trusted_accounts(resource, context)
    if trusted and found["account"] not in trusted:
        return f"account {found['account']} is not an allowed one"
    return ""
