"""Networks that lookups know and the cloud doesn't hold: the default VPC of a region, or one that another stack made.

An id tells the zone of what it names, so that `getSubnets` and then `getSubnet` of each id agree.
"""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from offline.cloud.store import Stored
from offline.outputs import resource_outputs
from offline.outputs.identifiers import Place
from offline.outputs.seeded_random import SeededRandom, is_looked_up, looked_up_id
from offline.schema.catalogue import resource_type

VPC: Final = "aws:ec2/vpc:Vpc"
_ZONES: Final = "abc"
_PREFIXES: Final = {
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/routeTable:RouteTable": "rtb",
}


def default_vpc(place: Place) -> str:
    """The id of the VPC that AWS makes in each region of each account."""
    return looked_up_id("vpc", place.account, place.region, "default")


def given(type_: str, id_: str, place: Place) -> dict[str, Any]:
    """What is settled of a looked-up resource by its id."""
    if not is_looked_up(id_):
        return {}
    if type_ == VPC:
        return {"cidrBlock": "172.31.0.0/16", "enableDnsSupport": True, "enableDnsHostnames": True}
    if type_ not in _PREFIXES:
        return {}
    index = _zone(id_)
    placed = {"availabilityZone": f"{place.region}{_ZONES[index]}", "cidrBlock": f"172.31.{index * 16}.0/20"}
    zoned = "availabilityZone" in resource_type(type_).outputs
    return {"vpcId": default_vpc(place), **(placed if zoned else {})}


def parts(type_: str, vpc: str, place: Place) -> list[Stored]:
    """What such a VPC has of a type: a subnet in each zone, one of anything else."""
    prefix, kind = _PREFIXES.get(type_), resource_type(type_)
    if prefix is None or not is_looked_up(vpc):
        return []
    found: list[Stored] = []
    for index in range(len(_ZONES) if "availabilityZone" in kind.outputs else 1):
        seeds = (looked_up_id(prefix, vpc, attempt) for attempt in count())
        id_ = next(seed for seed in seeds if _zone(seed) == index)
        inputs = {**given(type_, id_, place), "vpcId": vpc}
        _, made = resource_outputs.create(kind, inputs, place, SeededRandom(id_), {"id": id_})
        found.append(Stored(0, place.account, place.region, type_, id_, "", inputs, made))
    return found


def _zone(id_: str) -> int:
    return int(id_[-5:], 16) % len(_ZONES)
