"""How many availability zones the subnets of a resource span."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrails.model.control import Context, Findings, Violation
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.subnet_tiers import SUBNET


def minimum_zones(default: int) -> Mapping[str, Mapping[str, Any]]:
    """The parameter of a control on zones."""
    description = "The number of availability zones that must be spanned."
    about = {"type": "integer", "minimum": 1, "maximum": 6, "default": default, "description": description}
    return {"minimumZones": about}


def too_few_zones(resource: Resource, path: str, context: Context) -> Findings:
    """Whether the subnets at ``path`` span fewer zones than ``minimumZones``; each unknown one may add a zone."""
    least = context.parameters["minimumZones"]
    known_names = {name for name in values_at(resource, path) if name is not UNKNOWN}
    stated = len(known_names) + values_at(resource, path).count(UNKNOWN)
    subnets = list(dict.fromkeys(all_named(context.everything, resource, path, (SUBNET,))))
    zones = [subnet.raw("availabilityZone") or subnet.raw("availabilityZoneId") for subnet in subnets]
    known = {zone for zone in zones if isinstance(zone, str)}
    most = len(known) + max(stated, len(subnets)) - sum(isinstance(zone, str) for zone in zones)
    is_open = resource.raw(path) is UNKNOWN and not subnets  # it may be any number of subnets
    if most < least and not is_open:
        yield Violation(f"it spans {most} of {least} zones", path)
    elif len(known) < least:
        yield UndeterminedError(path)
