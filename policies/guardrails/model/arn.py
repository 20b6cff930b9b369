"""ARNs and host names of AWS in any text, and the regions they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_REGION = (
    r"(?:[a-z]{2}(?:-(?:gov|iso[a-z]?))?|eusc-[a-z]{2})"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d"
)
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9*-]*):(?P<account>[0-9*]*|aws):"
    r"(?P<resource>[^\s\"'\\]+)"
)
_HOST = re.compile(
    r"(?<![a-z0-9_.-])(?:[a-z0-9_-]+\.)*"
    r"(?:amazonaws\.(?:com|eu)|on\.aws|api\.aws|sagemaker\.aws|amazoncognito\.com|awsapprunner\.com"
    r"|elasticbeanstalk\.com|amazonlightsail\.com)|com\.amazonaws\.[a-z0-9.-]+",
    re.IGNORECASE,
)
_REGION_IN_HOST = re.compile(rf"(?<![a-z0-9]){_REGION}(?![a-z0-9])")
_ZONE = re.compile(rf"(?P<region>{_REGION})(?:-[a-z]+-\d)?[a-z]")
_ZONE_ID = re.compile(r"[a-z]{2,4}(?:n|s|e|w|c|ne|nw|se|sw)\d-(?:[a-z]+\d-)?az\d")
_DIRECTIONS = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}


@dataclass(frozen=True)
class Arn:
    """An Amazon Resource Name; region and account are empty for global services."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: str) -> Arn | None:
    """The ARN that ``text`` is, or None."""
    found = _ARN.fullmatch(text)
    return Arn(**found.groupdict()) if found else None


def arns_in(text: str) -> Iterator[Arn]:
    """Every ARN in a text, such as a JSON document."""
    if "arn:" in text:
        for found in _ARN.finditer(text):
            yield Arn(**found.groupdict())


def regions_of_hosts(text: str) -> set[str]:
    """The regions that AWS host names and endpoint service names in ``text`` lie in."""
    if "aws" not in text and "elasticbeanstalk" not in text and "amazon" not in text:
        return set()
    return {region for host in _HOST.findall(text) for region in _REGION_IN_HOST.findall(host)}


def is_region(text: str) -> bool:
    """Whether it is the name of a region, such as ``ap-southeast-3``."""
    return re.fullmatch(_REGION, text) is not None


def region_of_zone(zone: str) -> str | None:
    """The region of an availability zone's name, ``ap-southeast-3a`` (local zones included); None for another text."""
    found = _ZONE.fullmatch(zone)
    return found["region"] if found else None


def is_zone_id(text: str) -> bool:
    """Whether it is an availability zone's id, such as ``apse3-az1``."""
    return _ZONE_ID.fullmatch(text) is not None


def zone_id_prefix(region: str) -> str:
    """What the zone ids of a region start with: ``apse3-`` for ``ap-southeast-3``."""
    *area, direction, number = region.split("-")
    return f"{''.join(area)}{_DIRECTIONS.get(direction, direction[0])}{number}-"
