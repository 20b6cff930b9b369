"""EC2 instances: what describes one, by itself or through a launch template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guardrails.model.control import Context
from guardrails.model.regions import region_of
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UndeterminedError

INSTANCE = "aws:ec2/instance:Instance"
SPOT_REQUEST = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
SPOT_FLEET = "aws:ec2/spotFleetRequest:SpotFleetRequest"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
INSTANCES = (INSTANCE, SPOT_REQUEST)
LAUNCH_TEMPLATES = (TEMPLATE, CONFIGURATION)
"""What instances are started from."""
WITH_METADATA = (*INSTANCES, *LAUNCH_TEMPLATES)
DESCRIBES_INSTANCES = (*INSTANCES, SPOT_FLEET, *LAUNCH_TEMPLATES)


def descriptions(resource: Resource) -> list[str]:
    """Where the resource describes instances: what to put before a property's name."""
    if resource.type == SPOT_FLEET:
        return [f"{path}." for path in paths_at(resource, "launchSpecifications[*]")]
    return [""]


def template_of(resource: Resource, path: str = "launchTemplate") -> Resource | None:
    """The launch template of this stack that a resource starts instances from; None when it names none.

    Raises:
        UndeterminedError: the template is not of this stack, or which one is not known yet.
    """
    if not resource.has(path):
        return None
    resource.get(path)
    if resource.stack is None:
        raise UndeterminedError(path)
    names = [f"{path}.{name}" for name in ("id", "name", "launchTemplateId", "launchTemplateName")]
    found = (resource.stack.referred(resource, name, (TEMPLATE,)) for name in names if resource.has(name))
    template = next((each for each in found if each), None)
    if template is None:
        raise UndeterminedError(path)
    return template


def setting(instance: Resource, path: str) -> Any:
    """What an instance has at ``path``: its own value, else its launch template's; None when neither says.

    Raises:
        UndeterminedError: see `template_of`, or the value is not known yet.
    """
    value = instance.get(path)
    if value is None and instance.type in INSTANCES:
        template = template_of(instance)
        value = template.get(path) if template else None
    return value


def disks(instance: Resource) -> Iterator[str]:
    """The path of every EBS disk that the resource describes; the root disk also where nothing is said of it."""
    if instance.type == TEMPLATE:
        for mapping in paths_at(instance, "blockDeviceMappings[*]"):
            if instance.has(f"{mapping}.ebs") and not instance.has(f"{mapping}.noDevice"):
                yield f"{mapping}.ebs"
        return
    for prefix in descriptions(instance):
        if instance.type == SPOT_FLEET:
            yield from paths_at(instance, f"{prefix}rootBlockDevices[*]") or [f"{prefix}rootBlockDevices[0]"]
        else:
            yield "rootBlockDevice"
        disks_ = paths_at(instance, f"{prefix}ebsBlockDevices[*]")
        yield from (disk for disk in disks_ if not instance.has(f"{disk}.noDevice"))


def account_default(resource: Resource, context: Context, type_: str, path: str) -> Resource | None:
    """The account's setting of ``type_`` in the resource's region, where this stack makes it.

    Raises:
        UndeterminedError: about ``path``, when the stack is not in view yet.
    """
    if context.stack is None:
        raise UndeterminedError(path)
    region = region_of(resource)
    return next((each for each in context.stack.of_type(type_) if region_of(each) == region), None)
