"""Logs that services deliver through CloudWatch's log delivery: a source, a destination, and what joins them."""

from __future__ import annotations

from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, Stack

_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
_DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery"


def delivers_logs(resource: Resource, stack: Stack) -> bool:
    """Whether logs of the resource are delivered.

    Raises:
        UndeterminedError: none are known to be, and a source or a delivery is of something not known yet.
    """
    sources = named_by(resource, stack, (_SOURCE,), "resourceArn", (resource.type,))
    return any(named_by(source, stack, (_DELIVERY,), "deliverySourceName", (_SOURCE,)) for source in sources)
