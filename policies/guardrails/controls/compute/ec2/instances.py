"""EC2 instances: their volumes, public IP addresses and instance profiles."""

from __future__ import annotations

from functools import partial

from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import AT_REST, network_boundary
from guardrails.model.relations import named
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.services.instances import (
    DESCRIBES_INSTANCES,
    INSTANCES,
    LAUNCH_TEMPLATES,
    SPOT_FLEET,
    TEMPLATE,
    account_default,
    descriptions,
    disks,
    setting,
    template_of,
)
from guardrails.shapes.properties import require_value

_BY_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
_DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"
_crypto = partial(References, checkov=("CKV_AWS_8",), soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",))


def _is_true(value: object) -> bool:
    """The provider writes some switches of launch templates as text."""
    return str(value).lower() == "true"


@control(
    id="ENC-EC2-001",
    title="Volumes of instances are encrypted",
    why=AT_REST,
    fix="Set encrypted to true in rootBlockDevice and in each of ebsBlockDevices.",
    severity=Severity.HIGH,
    types=(*INSTANCES, SPOT_FLEET),
    references=_crypto(security_hub=("EC2.3",)),
)
def instance_disks_are_encrypted(instance: Resource, context: Context) -> Findings:
    """What a disk is made from may be encrypted, as its launch template's disks, or all new ones of the region."""

    def judge(disk: str) -> Findings:
        if disk == "rootBlockDevice" and not instance.has(disk):
            template = template_of(instance)
            if template and list(disks(template)):  # judged there
                return
        yield from _disk(instance, disk, context)

    yield from each(disks(instance), judge)


@control(
    id="ENC-EC2-002",
    title="Launch templates and launch configurations encrypt every volume",
    why=AT_REST,
    fix="Set ebs.encrypted to true in each of blockDeviceMappings (in a launch configuration: encrypted in "
    "rootBlockDevice and ebsBlockDevices), the root disk included.",
    severity=Severity.HIGH,
    types=LAUNCH_TEMPLATES,
    references=_crypto(security_hub=("EC2.181",)),
)
def template_disks_are_encrypted(blueprint: Resource, context: Context) -> Findings:
    found = list(disks(blueprint))
    path = "blockDeviceMappings"
    if not found and not _is_encrypted_by_default(blueprint, context, path):
        yield Violation("no volume is described, so the AMI decides whether the root volume is encrypted", path)
    yield from each(found, lambda disk: _disk(blueprint, disk, context))


def _disk(instance: Resource, disk: str, context: Context) -> Findings:
    path = f"{disk}.encrypted"
    stated = instance.get(path)
    if stated is None and (instance.has(f"{disk}.snapshotId") or _is_encrypted_by_default(instance, context, path)):
        return
    if not _is_true(stated):
        yield Violation("the volume is not encrypted", path)


def _is_encrypted_by_default(instance: Resource, context: Context, path: str) -> bool:
    default = account_default(instance, context, _BY_DEFAULT, path)
    return default is not None and bool(default.get("enabled", True))


_ADDRESS = ("aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation")


@control(
    id="LP-EC2-001",
    title="Instances have no public IP address",
    why="What has a public address is one wrong rule away from the whole internet.",
    fix="Set associatePublicIpAddress to false, use a private subnet, and reach the instance through Session Manager.",
    severity=Severity.HIGH,
    types=(*DESCRIBES_INSTANCES, *_ADDRESS),
    references=network_boundary(checkov=("CKV_AWS_88",), security_hub=("EC2.9", "EC2.25", "AutoScaling.5")),
)
def machine_is_not_public(resource: Resource, context: Context) -> Findings:
    """By its own setting, its network interfaces', its subnet's, or an Elastic IP, which others take by allocation."""
    if resource.type in _ADDRESS:
        for path in ("instance", "instanceId", "networkInterface", "networkInterfaceId"):
            if resource.has(path):
                yield Violation("it assigns a public IP address", path)
        return
    for path in _address_settings(resource):
        if _is_true(resource.get(path)):
            yield Violation("it requests a public IP address", path)
    if resource.type in INSTANCES and resource.get("associatePublicIpAddress") is None:
        yield from _by_subnet(resource, context)


def _address_settings(instance: Resource) -> list[str]:
    if instance.type == TEMPLATE:
        names = ("associatePublicIpAddress", "associateCarrierIpAddress")
        return [path for name in names for path in paths_at(instance, f"networkInterfaces[*].{name}")]
    return [f"{prefix}associatePublicIpAddress" for prefix in descriptions(instance)]


def _by_subnet(instance: Resource, context: Context) -> Findings:
    if not instance.has("subnetId"):
        return
    if context.stack is None:
        raise UndeterminedError("subnetId")
    subnet = named(context.stack, instance, "subnetId", (SUBNET, _DEFAULT_SUBNET))
    if subnet and subnet.get("mapPublicIpOnLaunch", subnet.type == _DEFAULT_SUBNET):
        yield Violation(f"subnet {subnet.name} assigns it a public IP address", "subnetId")


_SHARING = {
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": "block-all-sharing",
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess": "block-new-sharing",
}
"""What shuts public sharing off altogether; of images, AWS offers no more than that."""


@control(
    id="LP-EC2-006",
    title="Block public access is on for EBS snapshots and AMIs",
    why="A public snapshot is a copy of a disk that anybody may read.",
    fix="Set state to block-all-sharing (of images: block-new-sharing).",
    severity=Severity.HIGH,
    types=tuple(_SHARING),
    references=References(security_hub=("EC2.1", "EC2.182"), soc2=("CC6.1",), iso27001=("A.5.15", "A.8.3")),
)
def public_sharing_is_blocked(block: Resource, _: Context) -> Findings:
    state, expected = block.get("state"), _SHARING[block.type]
    if state != expected:
        yield Violation(f"{state or 'not set'}, expected {expected}", "state")


require_value(
    "sourceDestCheck",
    (True,),
    default=True,
    id="LP-EC2-007",
    title="Instances have source/destination checking enabled",
    why="Without the check, an instance can pass on the traffic of others, around the routes that were planned.",
    fix="Leave sourceDestCheck out, and use a NAT gateway or a firewall endpoint to pass on traffic.",
    severity=Severity.MEDIUM,
    types=("aws:ec2/networkInterface:NetworkInterface", *INSTANCES),
    references=network_boundary(security_hub=("EC2.180",)),
)


@control(
    id="LP-EC2-008",
    title="Instances have an instance profile",
    why="Without one, programs on the instance get long-lived keys from somewhere, and Session Manager can't reach it.",
    fix="Set iamInstanceProfile.",
    severity=Severity.LOW,
    types=INSTANCES,
    scope=Scope.STACK,
    references=References(checkov=("CKV2_AWS_41",), soc2=("CC6.1",), iso27001=("A.5.15",)),
)
def instance_has_profile(instance: Resource, _: Context) -> Findings:
    if instance.has("iamInstanceProfile"):  # known or not, one is named
        return
    if not setting(instance, "iamInstanceProfile"):
        yield Violation("no instance profile is named", "iamInstanceProfile")
