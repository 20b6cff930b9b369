"""What each service may do, and what it is told of its surroundings (LH-EXT-06); no secret is among that."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi

from components.core.iam import Statement
from components.workloads.services_settings import Service
from platforms.learning_hub.data import Data
from platforms.learning_hub.edge import Edge

READERS = ("course-service", "review-service")
"""Who reads from the database's reader (LH-DATA-02)."""
PUBLISHERS = ("certificate-service", "enrollment-service", "payment-service")
"""Who puts events on the bus."""
MAILER = "notification-service"
"""Who sends mail, alone."""
BROKER = "rabbitmq/application"


def statements(data: Data, edge: Edge, services: Mapping[str, Service]) -> dict[str, list[Statement]]:
    """What the role of each may do, and nothing else.

    Raises:
        UndeclaredError: one uses a bucket, queue, secret or parameter that isn't there.
    """
    return {
        name: [
            *data.secrets.grant_read(*(path for path in service.secrets if path != BROKER)),
            *(data.broker.grant_login() if BROKER in service.secrets else ()),
            *data.parameters.grant_read(*service.parameters),
            *(data.cache.grant_connect("application") if service.cache else ()),
            *data.storage.grant_read(*service.reads),
            *data.storage.grant_write(*service.writes),
            *data.queues.grant_receive(*service.receives),
            *(data.events.grant_publish() if name in PUBLISHERS else ()),
            *(edge.mail.grant_send() if name == MAILER else ()),
        ]
        for name, service in services.items()
    }


def variables(data: Data, edge: Edge, services: Mapping[str, Service]) -> dict[str, dict[str, pulumi.Input[str]]]:
    """Where everything is that a service uses."""
    return {name: {**variables_of(data, name, service), **mail(edge, name)} for name, service in services.items()}


def variables_of(data: Data, name: str, service: Service) -> dict[str, pulumi.Input[str]]:
    """Where the stores are that one service uses."""
    found: dict[str, pulumi.Input[str]] = {"DATABASE_HOST": data.database.address}
    if name in READERS:
        readers = data.database.replica_addresses.values()
        found["DATABASE_READERS"] = pulumi.Output.all(*readers).apply(",".join)
    if service.cache:
        found |= {"CACHE_HOST": data.cache.endpoint, "CACHE_USER": data.cache.users["application"]}
    if BROKER in service.secrets:
        found["BROKER_HOST"] = data.broker.host
    if name in PUBLISHERS:
        found |= {"EVENT_BUS": data.events.name, "EVENT_SOURCE": data.events.source}
    if service.reads or service.writes:
        found["MEDIA_BUCKET"] = data.storage.bucket_name("media")
    if service.parameters:
        found["PARAMETERS"] = ",".join(data.parameters.physical_name(each) for each in service.parameters)
    return found


def mail(edge: Edge, name: str) -> dict[str, pulumi.Input[str]]:
    """How mail is sent, for the one service that does."""
    if name != MAILER:
        return {}
    sent = edge.mail
    return {
        "MAIL_FROM": sent.sender,
        "MAIL_CONFIGURATION_SET": sent.configuration_set,
        "MAIL_TEMPLATES": json.dumps(sent.template_names),
    }
