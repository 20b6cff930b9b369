"""Who changed what drifted, as far as CloudTrail has it: its event history of 90 days, read only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from itertools import islice
from typing import Any, cast

from aws_facts.regions import GLOBAL_REGION
from report.drift import Blame, Difference

MOST = 20
"""Resources that are asked for: CloudTrail answers two requests a second
(https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html)."""
EVENTS = 150
"""Of one name that are looked through: three pages; reads are among them."""
GLOBAL_TYPES = ("aws:cloudfront/", "aws:iam/", "aws:route53/")
"""Their calls are recorded in us-east-1 alone
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events)."""
ClientOf = Callable[[str, str], Any]


def blamed(
    differences: Sequence[Difference], client_of: ClientOf, region: str
) -> tuple[Mapping[str, Blame], Sequence[str]]:
    """Who it was, by URN, and what couldn't be told.

    Args:
        differences: the gravest first.
        client_of: service, Region -> client of botocore.
        region: of the stack.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    drifted = [each for each in differences if each.kind != "pending" and each.step.id]
    found, notes = dict[str, Blame](), list[str]()
    try:
        for each in drifted[:MOST]:
            trail = client_of("cloudtrail", region_of(each, region))
            if blame := next((it for name in names(each) for it in changes(trail, name)), None):
                found[each.step.urn] = blame
    except (BotoCoreError, ClientError) as error:
        return found, [f"CloudTrail can't be asked who it was: {error}"]
    if unknown := len(drifted[:MOST]) - len(found):
        notes.append(f"CloudTrail has no change of {unknown} of them by name within 90 days")
    if len(drifted) > MOST:
        notes.append(f"CloudTrail was asked for the gravest {MOST} of {len(drifted)}")
    return found, notes


def region_of(difference: Difference, region: str) -> str:
    """Where CloudTrail has what was done to a resource."""
    if difference.step.type.startswith(GLOBAL_TYPES):
        return GLOBAL_REGION
    return str((difference.step.before or {}).get("region") or region)


def names(difference: Difference) -> list[str]:
    """By which CloudTrail may know a resource: that differs by service."""
    return list(dict.fromkeys(filter(None, (difference.step.id, difference.arn))))


def changes(trail: Any, name: str) -> Iterator[Blame]:
    """The calls that changed something of this name, the latest first."""
    pages = trail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}]
    )
    events = (event for page in pages for event in page["Events"])
    for event in islice(events, EVENTS):
        record = cast("dict[str, Any]", json.loads(event.get("CloudTrailEvent") or "{}"))
        if event.get("ReadOnly") == "true" or record.get("errorCode"):
            continue
        identity = record.get("userIdentity") or {}
        who = identity.get("arn") or identity.get("invokedBy") or event.get("Username") or "nobody that it names"
        when = event["EventTime"].astimezone(UTC).isoformat(timespec="seconds")
        yield Blame(who=who, event=event["EventName"], when=when)
