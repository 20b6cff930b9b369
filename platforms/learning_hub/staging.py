"""Staging: all services on one host, in Docker Compose, with their stores beside them (LH-CICD-04)."""

from __future__ import annotations

import json

import pulumi

from components.broker.definitions import definitions
from components.hosts.compose import ComposeHost, ComposeHostArgs, ComposeService
from components.secrets.parameters import Parameters, ParametersArgs
from platforms.learning_hub.base import Base
from platforms.learning_hub.data import images_of, storage_of
from platforms.learning_hub.operations import cost, network_logs
from platforms.learning_hub.settings import GATEWAY, NAME, Settings

STORES = {
    "postgres": "public.ecr.aws/docker/library/postgres:15",
    "redis": "public.ecr.aws/docker/library/redis:7",
    "rabbitmq": "public.ecr.aws/docker/library/rabbitmq:4.2-management",
}
"""The versions of production's stores."""
RELEASE = "release"


def staging(base: Base) -> None:
    """The host, and where its images and its records are."""
    settings = base.settings
    storage, images = storage_of(base), images_of(base)
    network_logs(base, storage)
    parameters = Parameters(
        NAME, ParametersArgs(context=base.context, values={RELEASE: settings.compose.release}), base.options()
    )
    host = ComposeHost(
        f"{NAME}-compose",
        ComposeHostArgs(
            context=base.context,
            settings=settings.compose,
            services=services(settings),
            registry=next(iter(images.urls.values())).partition("/")[0],
            repository_arns=list(images.repository_arns.values()),
            release_parameter=parameters.physical_name(RELEASE),
            stores=STORES,
            definitions=json.dumps(definitions(settings.broker.queues), separators=(",", ":")),
            subnet_id=base.subnet_ids("private")[0],
            security_group_ids=[base.network.security_group_ids["compose"]],
            image_id=base.host_image(),
            log_bucket=storage.bucket_name("logs"),
        ),
        # It fetches its packages in its first minutes, and its sessions are recorded from the first one on.
        base.options(base.network, storage, parameters),
    )
    cost(base)
    pulumi.export("host", host.host.instance_id)


def services(settings: Settings) -> dict[str, ComposeService]:
    """The services of production, each on its port; the gateway's is forwarded by sessions."""
    found: dict[str, ComposeService] = {}
    for name, service in settings.services.catalogue.items():
        variables = {"DATABASE_HOST": "postgres"}
        if service.cache:
            variables["CACHE_HOST"] = "redis"
        if any(path.startswith("rabbitmq/") for path in service.secrets):
            variables["BROKER_HOST"] = "rabbitmq"
        found[name] = ComposeService(port=service.port or 443, variables=variables, is_public=name == GATEWAY)
    return found
