"""What AWS adds inside an object that the program gives: a cluster's own security group, the VPC of its subnets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from offline.outputs.seeded_random import SeededRandom
from offline.wire.values import UNKNOWN

Added = Callable[[SeededRandom, Mapping[str, Any]], str | None]
"""Makes the value from random draws and from what follows from the resources that the inputs refer to."""


def pending(token: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Those objects before the resource exists: what AWS adds isn't known yet."""
    return _completed(token, outputs, lambda _name, _field, _make: UNKNOWN)


def kept(token: str, outputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Those objects with what AWS had added before."""

    def before(name: str, field: str, _: Added) -> str | None:
        was: Mapping[str, Any] = old.get(name) or {}
        return was.get(field)

    return _completed(token, outputs, before)


def added(token: str, outputs: Mapping[str, Any], rng: SeededRandom, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """Those objects of a resource that exists."""
    return _completed(token, outputs, lambda _name, _field, make: make(rng, inherited))


def _completed(
    token: str, outputs: Mapping[str, Any], value: Callable[[str, str, Added], str | None]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, fields in _WITHIN.get(token, {}).items():
        given = outputs.get(name)
        if isinstance(given, dict):
            made = {field: value(name, field, make) for field, make in fields.items()}
            found[name] = {field: each for field, each in made.items() if each is not None} | given
    return found


def _vpc(_: SeededRandom, inherited: Mapping[str, Any]) -> str | None:
    return inherited.get("vpcId")


def _always(text: str) -> Added:
    return lambda _rng, _inherited: text


_WITHIN: Final[Mapping[str, Mapping[str, Mapping[str, Added]]]] = {
    "aws:ec2/instance:Instance": {
        "rootBlockDevice": {"volumeId": lambda rng, _: f"vol-{rng.text('hex', 17, 'root')}"},
    },
    "aws:eks/cluster:Cluster": {
        "kubernetesNetworkConfig": {"ipFamily": _always("ipv4"), "serviceIpv4Cidr": _always("172.20.0.0/16")},
        "vpcConfig": {"clusterSecurityGroupId": lambda rng, _: f"sg-{rng.text('hex', 17, 'cluster')}", "vpcId": _vpc},
    },
    "aws:lambda/function:Function": {"vpcConfig": {"vpcId": _vpc}},
}
