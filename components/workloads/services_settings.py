"""The catalogue of microservices, which repositories, deployments and routes follow."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.edge.names import PATHS, SERVICE_NAMES, PublicPath, ServiceName
from components.queues.settings import QUEUE_NAMES, QueueName
from components.streams.settings import StreamName

Kind = Literal["api", "worker", "web"]
BucketKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
"""What the program calls a bucket."""
StreamConsumer = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]

SERVED_PATHS = f"{PATHS}. / itself is the front end's"

HOUR = r"(1?\d|2[0-3])"
CRON = re.compile(
    rf"[1-5]?\d (\*|\*/[1-9]|{HOUR}(,{HOUR})*) (\*|[1-9]|[12]\d|3[01]) (\*|[1-9]|1[0-2]) (\*|[0-6](-[0-6])?)"
)
CRON_VALID = "minute hour day month weekday in the stack's time zone, once an hour at most, such as 30 1 * * *"


def address(text: str) -> str:
    """Let an IPv4 address pass.

    Raises:
        ValueError: it is none.
    """
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise ValueError("not an IPv4 address") from None


def cron(expression: str) -> str:
    """Let the time of a job pass, in the form of Kubernetes, which has no year and no ``?``.

    Raises:
        ValueError: it is none.
    """
    if not CRON.fullmatch(expression):
        raise ValueError("not a cron expression with one minute")
    return expression


ClusterIp = Annotated[str, AfterValidator(address)]
Cron = Annotated[str, AfterValidator(cron)]


def uses(doc: str, valid: str) -> Any:
    """Declare what a service uses: its role may do that, and nothing else."""
    return setting((), doc, About(valid=valid))


class Service(Section):
    """One microservice."""

    kind: Kind = setting(
        "api",
        "api: answers programs; web: serves pages; worker: takes messages, and no requests",
        one_of(get_args(Kind)),
    )
    port: int | None = setting(
        None,
        "TCP port on which its pods take TLS; network.service_port where there is none",
        About(unit="TCP port", valid="the port that the security groups let pass, or none"),
        ge=1,
        le=65535,
    )
    cluster_ip: ClusterIp | None = setting(
        None,
        "address of its Service in the cluster; Kubernetes chooses where there is none. Callers use its name",
        About(valid="an address of the cluster's service_cidr, such as 10.100.0.10"),
    )
    path: PublicPath | None = setting(
        None,
        "where the public reaches it: requests whose path begins so; nobody but other services where there is none",
        About(valid=SERVED_PATHS),
    )
    schedule: Cron | None = setting(
        None,
        "a worker that starts at these times, does its job and ends; one that always runs where there is none",
        About(valid=CRON_VALID),
    )
    sends: tuple[QueueName, ...] = uses("queues that it sends to", f"queues of the program: {QUEUE_NAMES}")
    receives: tuple[QueueName, ...] = uses("queues whose messages it works on", "queues of the program")
    publishes: tuple[StreamName, ...] = uses("data streams that it writes events to", "streams of the program")
    consumes: tuple[StreamConsumer, ...] = uses(
        "consumers of data streams that it is, with enhanced fan-out", "STREAM/CONSUMER, such as events/notifications"
    )
    reads: tuple[BucketKey, ...] = uses("buckets whose objects it reads", "buckets of the program")
    writes: tuple[BucketKey, ...] = uses("buckets whose objects it writes and deletes", "buckets of the program")
    secrets: tuple[str, ...] = uses(
        "secrets that it finds as files, such as mysql/application", "mysql/, redis/ or external/ and a name"
    )
    parameters: tuple[str, ...] = uses(
        "parameters that it reads, such as time-zone or, of its own, NAME/page-size",
        "parameters of the program: those under its own name, and those without a '/'",
    )
    files: tuple[str, ...] = uses("folders of the shared file system that it mounts", "access points of the program")
    cache: bool = switch("it uses the cache, logging in with its role", on=False)
    partners: bool = switch("it calls others over the internet, by HTTPS alone", on=False)


class Services(Section):
    """The microservices, the same in every stack but for a trial."""

    catalogue: dict[ServiceName, Service] = setting(
        {},
        "name -> service",
        About(valid=f"names of {SERVICE_NAMES}"),
    )

    @property
    def public(self) -> dict[str, str]:
        """Service -> path, of those that the public reaches."""
        return {name: service.path for name, service in self.catalogue.items() if service.path is not None}
