"""Notifications of a program: a topic with mail and text messages behind it, and text messages to its own users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.core.context import StackContext
from components.core.iam import ANY, Statement, document
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import ENCRYPT, grant_key
from components.notifications.settings import Notifications

LOGGED_PERCENT = 100
"""Of text messages that arrived, whose delivery is logged; those that didn't arrive all are."""


@dataclass(frozen=True, kw_only=True)
class NotificationTopicArgs:
    """What the notifications need.

    Attributes:
        context: keys ``queues`` and ``logs``; the topic of critical alarms.
        settings: who gets what.
    """

    context: StackContext
    settings: Notifications


class NotificationTopic(pulumi.ComponentResource):
    """An encrypted topic of this account alone; with text messages, the account's preferences and logs of them.

    AWS has these preferences once for an account and Region.

    Attributes:
        arn: of the topic.
        log_group_names: of text messages that arrived, and that didn't; none where there are none.
    """

    arn: pulumi.Output[str]
    log_group_names: Sequence[str]

    def __init__(self, name: str, args: NotificationTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:notifications:NotificationTopic", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="notifications", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.topic_name = f"{self.environment.prefix}-{name.removeprefix(f'{self.environment.project}-')}"
        topic = sns.Topic(
            name,
            name=self.topic_name,
            kms_master_key_id=args.context.keys["queues"],
            tags=self.tags("notifications"),
            opts=self.child,
        )
        self.arn = topic.arn
        sns.TopicPolicy(name, arn=topic.arn, policy=self.policy(), opts=self.child)
        for address in dict.fromkeys(args.settings.emails):
            self.subscribe(f"{name}-{address}", topic.arn, "email", address)
        for number in dict.fromkeys(args.settings.phones):
            self.subscribe(f"{name}-{number}", topic.arn, "sms", number)
            self.subscribe(f"{name}-critical-{number}", args.context.topics["critical"], "sms", number)
        self.log_group_names = self.messages() if args.settings.has_messages else ()
        self.register_outputs({"arn": self.arn, "logGroupNames": self.log_group_names})

    def subscribe(self, name: str, topic: pulumi.Input[str], protocol: str, endpoint: str) -> None:
        """One recipient of a topic."""
        sns.TopicSubscription(name, topic=topic, protocol=protocol, endpoint=endpoint, opts=self.child)

    def policy(self) -> pulumi.Input[str]:
        """Publishing for the account, never without TLS."""
        topic = self.environment.arn("sns", self.topic_name)
        return document(
            Statement(
                sid="AccountPublishes",
                principals={"AWS": self.environment.account_root},
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

    def messages(self) -> Sequence[str]:
        """The account's preferences of text messages, and the logs of their delivery, whose names are AWS's.

        https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
        """
        settings, where = self.args.settings, self.environment
        sent = f"sns/{where.region}/{where.account_id}/DirectPublishToPhoneNumber"
        names = [sent, f"{sent}/Failure"]
        groups = [
            log_group(f"{self.name}-{role}", self.args.context, path, self.tags(f"messages-{role}"), self)
            for role, path in zip(("sent", "failed"), names, strict=True)
        ]
        role = ServiceRole(
            f"{self.name}-messages",
            ServiceRoleArgs(
                environment=where,
                service="sns.amazonaws.com",
                description="Logs what became of text messages",
                statements=[
                    Statement(
                        sid="WriteLogs",
                        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                        resources=[where.arn("logs", f"log-group:{path}:*") for path in names],
                    )
                ],
                tags=self.tags("messages"),
            ),
            self.child,
        )
        sns.SmsPreferences(
            self.name,
            default_sms_type="Transactional",
            default_sender_id=settings.sender or None,
            monthly_spend_limit=settings.monthly_usd,
            delivery_status_iam_role_arn=role.arn,
            delivery_status_success_sampling_rate=str(LOGGED_PERCENT),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*groups, role]),
        )
        return names

    def grant_publish(self) -> list[Statement]:
        """What a role needs to publish to the topic and, where programs may, to send text messages to numbers."""
        topic = self.environment.arn("sns", self.topic_name)
        statements = [
            Statement(sid="Publish", actions=["sns:Publish"], resources=[topic]),
            grant_key(self.args.context, ["queues"], "sns", sid="PublishWithKey", actions=ENCRYPT),
        ]
        if self.args.settings.messages:
            alarms = f"{self.environment.prefix}-alarms-*"
            statements += [
                Statement(
                    sid="SendMessages",
                    actions=["sns:Publish"],
                    resources=[ANY],
                    allow_any="numbers have no ARN; a topic that isn't the program's own has a policy or a denial",
                ),
                Statement(
                    sid="RaiseNoAlarms",
                    effect="Deny",
                    actions=["sns:Publish"],
                    resources=[self.environment.arn("sns", alarms)],
                ),
            ]
        return statements
