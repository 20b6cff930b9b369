"""What AWS refuses before anything is changed, in the words of its errors."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from offline.cloud.relations import BLOCKS, CHECKED_ARNS, REFERENCE, UNIQUE, not_found, taken
from offline.cloud.sizes import SIZES
from offline.cloud.store import Cloud, Stored
from offline.outputs.identifiers import Place, own_name
from offline.outputs.seeded_random import is_looked_up
from offline.schema.catalogue import ResourceType

_SHORTEST_REFERENCE, _LONGEST_REFERENCE = 3, 512  # characters of a name, id or ARN
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_VPC: Final = "aws:ec2/vpc:Vpc"
_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_BLOCKS_OF_A_SUBNET: Final = range(16, 29)  # prefix lengths that AWS allows
_THREE_ZONES: Final = frozenset({"ap-southeast-3"})
_SECONDARY: Final = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"


class RefusedError(Exception):
    """AWS would refuse the operation: its error code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"api error {code}: {message}")
        self.code = code


class InUseRefusedError(RefusedError):
    """AWS would refuse a deletion because something uses the resource."""


def strings(value: Any) -> Iterator[str]:
    """Every string inside a value, at any depth; keys of maps are not among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def mentions(inputs: Mapping[str, Any]) -> frozenset[str]:
    """Strings in the inputs that may refer to another resource; tags and documents do not."""
    referring = {name: value for name, value in inputs.items() if name not in {"tags", "tagsAll", "region"}}
    return frozenset(
        text
        for text in strings(referring)
        if _SHORTEST_REFERENCE <= len(text) <= _LONGEST_REFERENCE and not text.startswith("{")
    )


def handles(kind: ResourceType, id_: str, outputs: Mapping[str, Any]) -> frozenset[str]:
    """Values by which others refer to the resource: id, ARN, URL, name."""
    values = [id_, outputs.get("arn"), outputs.get("url"), outputs.get("keyId"), own_name(kind, outputs)]
    return frozenset(value for value in values if isinstance(value, str) and value)


def parts(id_: str, outputs: Mapping[str, Any]) -> frozenset[str]:
    """Ids in the outputs that AWS made along with the resource."""
    return frozenset(text for text in strings(dict(outputs)) if text != id_ and REFERENCE.fullmatch(text))


def claims(
    kind: ResourceType, id_: str, outputs: Mapping[str, Any], place: Place, cloud: Cloud
) -> tuple[tuple[str, str], ...]:
    """What only this resource may hold: its id where that is its own name, and names listed as unique."""
    scope = f"{place.account}/{place.region}/{kind.token}"
    unique = UNIQUE.get(kind.token)
    if unique is not None:
        if outputs.get(unique.property) is None:
            return ()
        bounds = "/".join(str(outputs.get(bound, "")) for bound in unique.within)
        where = kind.token if unique.everywhere else f"{scope}/{bounds}"
        return ((f"{where}#{unique.property}", str(outputs[unique.property])),)
    name = own_name(kind, outputs)
    is_setting_of_another = any(other.type != kind.token for other in cloud.named(place.account, id_))
    return ((f"{scope}#id", id_),) if name and name in id_ and not is_setting_of_another else ()


def refuse_taken(kind: ResourceType, held: tuple[tuple[str, str], ...], cloud: Cloud, but: int = 0) -> None:
    """Raises RefusedError when another resource holds one of `held`; `but` is the number of the resource itself."""
    for scope, value in held:
        holder = cloud.holder(scope, value)
        if holder is None or holder.number == but:
            continue
        if (unique := UNIQUE.get(kind.token)) is not None:
            raise RefusedError(unique.code, unique.message.format(value=value))
        raise RefusedError(*taken(kind.token, value))


def refuse_dangling(inputs: Mapping[str, Any], place: Place, cloud: Cloud) -> None:
    """Raises RefusedError when the inputs refer to something that does not exist in the account."""
    for text in sorted(mentions(inputs)):
        if REFERENCE.fullmatch(text):
            family = text.rsplit("-", 1)[0]
        elif (arn := CHECKED_ARNS.fullmatch(text)) is not None and arn["account"] == place.account:
            family = arn["service"]
        else:
            continue
        if not is_looked_up(text) and not cloud.named(place.account, text) and not cloud.has_part(place.account, text):
            raise RefusedError(*not_found(family, text))


def refuse_network(kind: ResourceType, inputs: Mapping[str, Any], place: Place, cloud: Cloud, but: int = 0) -> None:
    """Raises RefusedError for what the network does not allow: addresses, zones, groups of another VPC."""
    zone = inputs.get("availabilityZone")
    if isinstance(zone, str) and zone and not _is_zone_of(place.region, zone):
        raise RefusedError(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. It is not an availability zone of "
            f"{place.region}, such as {', '.join(place.region + letter for letter in 'abc')}.",
        )
    if kind.token == _SUBNET:
        _refuse_subnet(inputs, place, cloud, but)
    _refuse_foreign_groups(inputs, place, cloud)


def _is_zone_of(region: str, zone: str) -> bool:
    letters = "abc" if region in _THREE_ZONES else "abcdefgh"
    return zone.startswith(f"{region}-") or (zone[:-1] == region and zone[-1] in letters)


def _refuse_subnet(inputs: Mapping[str, Any], place: Place, cloud: Cloud, but: int) -> None:
    block = inputs.get("cidrBlock")
    vpc = cloud.find(place.account, _VPC, str(inputs.get("vpcId")))
    if not isinstance(block, str):
        return
    try:
        network = ipaddress.ip_network(block)
    except ValueError as error:
        raise RefusedError(
            "InvalidParameterValue", f"Value ({block}) for parameter cidrBlock is invalid. {error}"
        ) from None
    if network.prefixlen not in _BLOCKS_OF_A_SUBNET:
        raise RefusedError("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
    if vpc is None:
        return
    if not any(network.subnet_of(home) for home in _blocks(vpc, place, cloud)):  # type: ignore[arg-type]
        raise RefusedError("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
    for other in cloud.of_type(place.account, place.region, _SUBNET):
        theirs = other.inputs.get("cidrBlock")
        if other.number == but or other.inputs.get("vpcId") != vpc.id or not isinstance(theirs, str):
            continue
        if network.overlaps(ipaddress.ip_network(theirs)):
            raise RefusedError(
                "InvalidSubnet.Conflict", f"The CIDR '{block}' conflicts with another subnet ({other.id}: {theirs})"
            )


def _blocks(vpc: Stored, place: Place, cloud: Cloud) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    added = cloud.of_type(place.account, place.region, _SECONDARY)
    own = (block.inputs.get("cidrBlock") for block in added if block.inputs.get("vpcId") == vpc.id)
    blocks = [vpc.outputs.get("cidrBlock"), *own]
    return [ipaddress.ip_network(block) for block in blocks if isinstance(block, str)]


def _refuse_foreign_groups(inputs: Mapping[str, Any], place: Place, cloud: Cloud) -> None:
    """Security groups and subnets that are named together must be of one VPC."""
    groups: dict[str, Stored] = {}
    homes: dict[str, str] = {}
    for text in sorted(mentions({name: value for name, value in inputs.items() if name not in {"ingress", "egress"}})):
        if not text.startswith(("sg-", "subnet-")):
            continue
        for found in cloud.named(place.account, text):
            vpc = str(found.inputs.get("vpcId", ""))
            if found.type == _GROUP and vpc:
                groups[text] = found
            elif found.type == _SUBNET:
                homes[text] = vpc
    for id_, group in groups.items():
        for subnet, vpc in homes.items():
            if group.inputs.get("vpcId") != vpc:
                raise RefusedError(
                    "InvalidParameter",
                    f"Security group {id_} and subnet {subnet} belong to different networks "
                    f"({group.inputs.get('vpcId')} and {vpc}).",
                )


def blockers(resource: Stored, cloud: Cloud) -> list[Stored]:
    """Resources because of which AWS refuses to delete this one."""
    block = BLOCKS.get(resource.type)
    if block is None or resource.inputs.get("forceDestroy") is True:
        return []
    known = {resource.id, *handles_of(resource)}
    return [user for user in cloud.users(resource) if _uses(user, block.users, known)]


def handles_of(resource: Stored) -> set[str]:
    """Id, ARN and URL of a stored resource."""
    return {value for name in ("arn", "url", "name", "keyId") if isinstance(value := resource.outputs.get(name), str)}


def _uses(user: Stored, listed: tuple[str, ...], known: set[str]) -> bool:
    for entry in listed:
        type_, _, prop = entry.partition("#")
        if user.type == type_:
            where = {prop: user.inputs.get(prop)} if prop else user.inputs
            return any(text in known for text in mentions(where))
    return False


def refuse_shrinking(resource: Stored, inputs: Mapping[str, Any]) -> None:
    """Raises RefusedError when the resource is to have less storage than it has, which AWS never takes away."""
    limit = SIZES.get(resource.type)
    if limit is None:
        return
    has, wanted = resource.outputs.get(limit.property), inputs.get(limit.property)
    if isinstance(has, int | float) and isinstance(wanted, int | float) and wanted < has:
        raise RefusedError(limit.code, limit.message.format(has=f"{has:g}", wanted=f"{wanted:g}"))


def refuse_protected(resource: Stored) -> None:
    """Raises RefusedError when the resource's own deletion protection is on."""
    on = resource.outputs
    if any(
        on.get(switch) is True
        for switch in ("deletionProtection", "enableDeletionProtection", "deletionProtectionEnabled")
    ):
        raise RefusedError(
            "OperationNotPermitted",
            f"{resource.id} cannot be deleted because deletion protection is enabled; switch it off first",
        )


def refuse_in_use(resource: Stored, users: list[Stored]) -> None:
    """Raises RefusedError that names what still uses the resource."""
    block = BLOCKS.get(resource.type)
    if block is not None and users:
        listed = ", ".join(f"{user.type.rsplit(':', 1)[-1]} {user.id}" for user in users[:3])
        name = resource.outputs.get("name", resource.id)
        raise InUseRefusedError(block.code, block.message.format(id=resource.id, name=name, user=f"in use by {listed}"))
