"""Where alarms go: one encrypted topic for each severity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import pulumi
from pulumi_aws import sns

from components.core.context import Severity
from components.core.environment import Environment
from components.core.iam import ANY, Statement, document

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
PUBLISHERS = ("backup", "budgets", "cloudwatch", "costalerts", "events.rds", "s3")
"""Services of the account that publish by themselves."""


@dataclass(frozen=True, kw_only=True)
class AlarmTopicsArgs:
    """What the topics need.

    Attributes:
        environment: whose alarms they carry.
        key_arn: the KMS key that encrypts the messages.
        recipients: severity -> e-mail addresses; each must confirm its subscription first.
        endpoints: severity -> HTTPS URLs, which confirm by themselves.
    """

    environment: Environment
    key_arn: pulumi.Input[str]
    recipients: Mapping[Severity, Sequence[str]]
    endpoints: Mapping[Severity, Sequence[str]] = field(default_factory=dict[Severity, Sequence[str]])


class AlarmTopics(pulumi.ComponentResource):
    """A topic for each severity, which only this account and its services may publish to.

    Attributes:
        arns: severity -> ARN of its topic.
    """

    arns: Mapping[Severity, pulumi.Output[str]]

    def __init__(self, name: str, args: AlarmTopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:observability:AlarmTopics", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="observability", data_class="internal")
        self.arns = {severity: self.topic(severity) for severity in SEVERITIES}
        self.register_outputs({"arns": self.arns})

    def topic(self, severity: Severity) -> pulumi.Output[str]:
        """The topic of one severity, its policy and its recipients."""
        child = pulumi.ResourceOptions(parent=self)
        topic = sns.Topic(
            f"{self.name}-{severity}",
            name=self.topic_name(severity),
            kms_master_key_id=self.args.key_arn,
            tags=self.tags(f"alarms-{severity}"),
            opts=child,
        )
        sns.TopicPolicy(f"{self.name}-{severity}", arn=topic.arn, policy=self.policy(severity), opts=child)
        for address in dict.fromkeys(self.args.recipients.get(severity, ())):
            sns.TopicSubscription(
                f"{self.name}-{severity}-{address}", topic=topic.arn, protocol="email", endpoint=address, opts=child
            )
        for url in dict.fromkeys(self.args.endpoints.get(severity, ())):
            sns.TopicSubscription(
                f"{self.name}-{severity}-{url}",
                topic=topic.arn,
                protocol="https",
                endpoint=url,
                endpoint_auto_confirms=True,
                opts=child,
            )
        return topic.arn

    def topic_name(self, severity: Severity) -> str:
        """Physical name, such as ``acme-prod-alarms-critical``."""
        return f"{self.args.environment.prefix}-alarms-{severity}"

    def policy(self, severity: Severity) -> pulumi.Input[str]:
        """Publishing for the account and its services, never without TLS."""
        environment = self.args.environment
        topic = environment.arn("sns", self.topic_name(severity))
        return document(
            Statement(
                sid="AccountPublishes",
                principals={"AWS": environment.account_root},
                actions=["sns:Publish"],
                resources=[topic],
            ),
            Statement(
                sid="ServicesPublishForAccount",
                principals={"Service": [f"{service}.amazonaws.com" for service in PUBLISHERS]},
                actions=["sns:Publish"],
                resources=[topic],
                conditions={"StringEquals": {"aws:SourceAccount": environment.account_id}},
            ),
            # EventBridge doesn't say for which account it acts: a condition would silence its rules.
            Statement(
                sid="EventsPublish",
                principals={"Service": "events.amazonaws.com"},
                actions=["sns:Publish"],
                resources=[topic],
            ),
            Statement(
                sid="DenyPlainTransport",
                effect="Deny",
                principals=ANY,
                actions=["sns:Publish"],
                resources=[topic],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
        )
