"""Settings of a service on EC2 instances: their size, how many there are, when some come and go."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from aws_facts.ec2_types import TYPES, is_x86
from components.core.settings.field import About, setting, switch
from components.core.settings.section import Section

INSTANCE_TYPE = r"^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|([0-9]{1,2})?xlarge)$"
LIFETIMES = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html"
MOST_INSTANCES = 100


def runs_the_image(instance_type: str) -> str:
    """Let a type pass that aws_facts knows, with the processors that the image is for.

    Raises:
        ValueError: no instance would be launched.
    """
    if instance_type not in TYPES:
        raise ValueError("which aws_facts/ec2_types.py doesn't have")
    if not is_x86(instance_type):
        raise ValueError("which has Arm processors, and the image is for x86-64")
    return instance_type


InstanceType = Annotated[str, StringConstraints(pattern=INSTANCE_TYPE, max_length=30), AfterValidator(runs_the_image)]


class Fleet(Section):
    """One service: as many equal instances as there is work."""

    instance_type: InstanceType = setting(
        "t3.medium",
        "size of an instance, of x86-64 processors",
        About(valid="a type of EC2 with x86-64 processors, such as t3.medium"),
    )
    volume_gib: int = setting(20, "size of an instance's disk", About(unit="GiB", valid="8 to 1000"), ge=8, le=1000)
    min_instances: int = setting(
        2,
        "instances that there always are, spread over the zones",
        About(unit="instances", valid=f"1 to {MOST_INSTANCES}"),
        ge=1,
        le=MOST_INSTANCES,
    )
    max_instances: int = setting(
        5,
        "instances that there can be under load",
        About(unit="instances", valid=f"min_instances to {MOST_INSTANCES}"),
        ge=1,
        le=MOST_INSTANCES,
        validate_default=True,
    )
    out_percent: int = setting(
        70, "CPU, on average, above which instances are added", About(unit="%", valid="10 to 95"), ge=10, le=95
    )
    out_instances: int = setting(3, "how many are added at once", About(unit="instances", valid="1 to 20"), ge=1, le=20)
    in_percent: int = setting(
        30,
        "CPU, on average, below which one instance goes",
        About(unit="%", valid="5 to 90, and less than out_percent"),
        ge=5,
        le=90,
        validate_default=True,
    )
    cool_down_seconds: int = setting(
        300,
        "after one has gone before the next may, and in which a new one counts for no average",
        About(unit="seconds", valid="60 to 3600"),
        ge=60,
        le=3600,
    )
    lifetime_days: int = setting(
        30,
        "after which an instance is replaced, so that none lives on with what went wrong in it",
        About(unit="days", valid="1 to 90", source=LIFETIMES),
        ge=1,
        le=90,
    )
    boot_seconds: int = setting(
        600,
        "that an instance has from its start until it must pass health checks",
        About(unit="seconds", valid="60 to 3600"),
        ge=60,
        le=3600,
    )
    port: int | None = setting(
        8443,
        "on which an instance takes TLS; null: it takes no requests",
        About(unit="TCP port", valid="443 to 65535, or null"),
        ge=443,
        le=65535,
    )
    health_path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/-]*$", max_length=255)] = setting(
        "/health", "what a load balancer asks for, to be answered with 200", About(valid="a path, such as /health")
    )
    health_seconds: int = setting(
        30, "time between two of these checks", About(unit="seconds", valid="5 to 300"), ge=5, le=300
    )
    stop_seconds: int = setting(
        60,
        "how long requests under way may take once an instance is taken out",
        About(unit="seconds", valid="0 to 3600"),
        ge=0,
        le=3600,
    )
    alarms: bool = switch("too few instances, failing checks, full memory and disks raise alarms", on=True)

    @field_validator("max_instances")
    @classmethod
    def most_is_not_less(cls, most: int, info: ValidationInfo) -> int:
        """Let a maximum pass that is no less than the minimum.

        Raises:
            ValueError: it is.
        """
        if most < info.data.get("min_instances", 0):
            raise ValueError(f"less than min_instances, {info.data['min_instances']}")
        return most

    @field_validator("in_percent")
    @classmethod
    def they_dont_come_and_go(cls, share: int, info: ValidationInfo) -> int:
        """Let a lower threshold pass that is below the upper one.

        Raises:
            ValueError: instances would come and go for ever.
        """
        if share >= info.data.get("out_percent", 100):
            raise ValueError(f"not less than out_percent, {info.data['out_percent']}")
        return share

    @property
    def tls_port(self) -> int:
        """The port on which requests come.

        Raises:
            ValueError: there is none.
        """
        if self.port is None:
            raise ValueError("port: none, and requests come to the service")
        return self.port
