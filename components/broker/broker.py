"""RabbitMQ on Amazon MQ: three nodes in private subnets, AMQP over TLS, a login that nobody has typed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
from pulumi_aws import mq, secretsmanager
from pulumi_random import RandomPassword

from components.broker.definitions import VHOST, dead_letter_queue, definitions
from components.broker.settings import Broker as BrokerSettings
from components.core.alarms import Alarms
from components.core.context import Severity, StackContext
from components.core.iam import Statement
from components.encryption.grants import DECRYPT
from components.secrets.secret import Secret, SecretArgs, key_statement

PORT, CONSOLE_PORT = 5671, 443
"""TCP ports of AMQP over TLS, and of the management API."""
USER = "platform"
PASSWORD_LENGTH = 40
"""Letters and digits; Amazon MQ takes 12 to 250 characters, none of them a comma, colon or equals sign."""
PATH = "rabbitmq/application"
FULL_PERCENT, BUSY_PERCENT = 80, 80
DISK_MARGIN = 2
"""RabbitMQ stops taking messages at its limit of free disk: the alarm rings at so many times that."""
LONGEST_NAME = 50


@dataclass(frozen=True, kw_only=True)
class BrokerArgs:
    """What the broker needs.

    Attributes:
        context: key ``secrets``, topics, protection.
        settings: size, version, queues.
        subnet_ids: private ones, one in each zone.
        security_group_id: who may reach it.
        recovery_days: how long its deleted login can be restored.
    """

    context: StackContext
    settings: BrokerSettings
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    recovery_days: int = 30


class Broker(pulumi.ComponentResource):
    """The broker and its login. AWS encrypts its disks with a key of its own: RabbitMQ brokers take no other.

    Attributes:
        arn: of the broker.
        host: by which clients find whichever node answers: AMQP over TLS, port 5671.
        console_url: of the management API.
        secret: name and password, under ``rabbitmq/application``.
        definitions: exchanges, queues and dead letters as JSON, for the management API.
    """

    arn: pulumi.Output[str]
    host: pulumi.Output[str]
    console_url: pulumi.Output[str]
    secret: Secret
    definitions: str

    def __init__(self, name: str, args: BrokerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:broker:Broker", name, None, opts)
        self.name, self.args = name, args
        environment = args.context.environment
        self.tags = environment.tags(component="broker", data_class="personal")
        self.physical_name = environment.physical_name(name, LONGEST_NAME)
        self.child = pulumi.ResourceOptions(parent=self)
        self.definitions = json.dumps(definitions(args.settings.queues), separators=(",", ":"))
        password = RandomPassword(
            name, length=PASSWORD_LENGTH, special=False, opts=pulumi.ResourceOptions(parent=self)
        ).result
        made = self.broker(pulumi.Output.secret(password))
        self.arn = made.arn
        self.console_url = made.instances.apply(lambda nodes: str(nodes[0].console_url))
        self.host = self.console_url.apply(host_of)
        self.secret = self.login(pulumi.Output.secret(password))
        if args.settings.alarms:
            self.watch(made)
        self.register_outputs({"arn": self.arn, "host": self.host, "consoleUrl": self.console_url})

    def broker(self, password: pulumi.Output[str]) -> mq.Broker:
        """The nodes; one network address in front of them."""
        settings = self.args.settings
        clustered = settings.deployment == "cluster"
        return mq.Broker(
            self.name,
            broker_name=self.physical_name,
            engine_type="RabbitMQ",
            engine_version=settings.version,
            deployment_mode="CLUSTER_MULTI_AZ" if clustered else "SINGLE_INSTANCE",
            host_instance_type=settings.instance_type,
            storage_type="ebs",
            subnet_ids=list(self.args.subnet_ids) if clustered else [self.args.subnet_ids[0]],
            security_groups=[self.args.security_group_id],
            publicly_accessible=False,
            authentication_strategy="simple",
            auto_minor_version_upgrade=True,
            maintenance_window_start_time={
                "day_of_week": settings.maintenance.day,
                "time_of_day": settings.maintenance.time,
                "time_zone": "UTC",
            },
            users=[{"username": USER, "password": password}],
            tags=self.tags("broker"),
            opts=self.args.context.stateful(self),
        )

    def login(self, password: pulumi.Output[str]) -> Secret:
        """Name, password and address, as services read them."""
        secret = Secret(
            f"{self.name}-login",
            SecretArgs(
                context=self.args.context,
                path=PATH,
                description="Login of services to RabbitMQ",
                recovery_days=self.args.recovery_days,
                tags=self.tags("login"),
            ),
            self.child,
        )
        value = pulumi.Output.json_dumps(
            {"username": USER, "password": password, "host": self.host, "port": PORT, "vhost": VHOST}
        )
        secretsmanager.SecretVersion(
            f"{self.name}-login", secret_id=secret.arn, secret_string=pulumi.Output.secret(value), opts=self.child
        )
        return secret

    def grant_login(self) -> list[Statement]:
        """What a role needs to read the login."""
        arns = [self.secret.arn_pattern]
        return [
            Statement(
                sid="ReadBrokerLogin",
                actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                resources=arns,
            ),
            replace(key_statement(self.args.context, DECRYPT, arns), sid="DecryptBrokerLogin"),
        ]

    def watch(self, made: mq.Broker) -> None:
        """Its nodes and its queues, once it reports.

        https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-metrics.html
        """
        alarms = Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="broker", after=[made])
        broker = {"Broker": self.physical_name}

        def add(role: str, severity: Severity, text: str, **metric: Any) -> None:
            name = f"{self.physical_name}-{role}"
            alarms.add(f"{self.name}-{role}", severity, name=name, description=text, evaluation_periods=5, **metric)

        used = f"RabbitMQ has over {FULL_PERCENT} % of the memory at which it stops taking messages"
        add("memory", "critical", used, threshold=FULL_PERCENT, metric_queries=share(broker))
        space = f"RabbitMQ has less than {DISK_MARGIN} times the free disk at which it stops taking messages"
        add(
            "disk", "critical", space, threshold=DISK_MARGIN, comparison_operator="LessThanThreshold",
            metric_queries=ratio(broker, "RabbitMQDiskFree", "RabbitMQDiskFreeLimit"),
        )  # fmt: skip
        add(
            "cpu", "warning", f"RabbitMQ: CPU above {BUSY_PERCENT} % for 5 minutes", threshold=BUSY_PERCENT,
            **metric("SystemCpuUtilization", broker),
        )  # fmt: skip
        for name, about in self.args.settings.queues.items():
            role = name.replace(".", "-")
            dead = queue_of(broker, dead_letter_queue(name))
            add(f"{role}-dead-letters", "critical", f"{name}: messages failed too often", threshold=0,
                **metric("MessageCount", dead))  # fmt: skip
            waiting = f"{name}: more than {about.waiting_alarm} messages wait"
            add(f"{role}-depth", "warning", waiting, threshold=about.waiting_alarm,
                **metric("MessageReadyCount", queue_of(broker, name)))  # fmt: skip


def queue_of(broker: Mapping[str, str], name: str) -> dict[str, str]:
    """Dimensions of one queue's metrics."""
    return {**broker, "VirtualHost": VHOST, "Queue": name}


def metric(name: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    """One metric of the broker, a figure a minute."""
    return {
        "namespace": "AWS/AmazonMQ",
        "metric_name": name,
        "dimensions": dimensions,
        "statistic": "Maximum",
        "period": 60,
    }


def ratio(broker: Mapping[str, str], upper: str, lower: str, factor: int = 1) -> list[dict[str, Any]]:
    """One metric as a multiple of another."""
    parts = {"upper": upper, "lower": lower}
    return [
        {"id": "ratio", "expression": f"{factor} * upper / lower", "label": f"{upper} / {lower}", "return_data": True},
        *(
            {
                "id": part,
                "metric": {
                    "namespace": "AWS/AmazonMQ",
                    "metric_name": name,
                    "dimensions": dict(broker),
                    "stat": "Maximum",
                    "period": 60,
                },
            }
            for part, name in parts.items()
        ),
    ]


def share(broker: Mapping[str, str]) -> list[dict[str, Any]]:
    """Memory in use, in % of what RabbitMQ may use."""
    return ratio(broker, "RabbitMQMemUsed", "RabbitMQMemLimit", 100)


def host_of(url: str) -> str:
    """The host of an address such as ``https://b-1234.mq.eu-west-1.on.aws``."""
    return url.partition("//")[2].partition("/")[0].partition(":")[0]
