"""X-Ray in one stack: what is sampled, the group of its traces, insights into them, and the key that encrypts them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import xray

from components.core.context import StackContext
from components.core.notices import EventNotice, Notices
from components.tracing.settings import Tracing as TracingSettings

ANNOTATION = "environment"
"""By which X-Ray finds the traces of a stack; the CloudWatch agent writes it on every span (see ``agent.py``)."""
LOWEST_PRIORITY = 9999
"""Rules that somebody adds for single services, paths or hosts go before; X-Ray's own default rule comes after."""


def insight(group: str) -> EventNotice:
    """An insight of a group, while it lasts.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-console-insights.html
    """
    return EventNotice(
        pattern={
            "source": ["aws.xray"],
            "detail-type": ["AWS X-Ray Insight Update"],
            "detail": {"GroupName": [group], "State": ["ACTIVE"]},
        },
        paths={"group": "$.detail.GroupName", "id": "$.detail.InsightId"},
        message="X-Ray sees more failures than usual in <group>: insight <id>.",
    )


@dataclass(frozen=True, kw_only=True)
class TracingArgs:
    """What tracing needs.

    Attributes:
        settings: what is sampled; whether there are insights; whose the key is.
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    settings: TracingSettings
    runbook: str


class Tracing(pulumi.ComponentResource):
    """X-Ray is there without it, encrypted with a key of AWS's, and traces 5 % of the requests.

    X-Ray keeps the key's setting when the component is gone
    (https://www.pulumi.com/registry/packages/aws/api-docs/xray/encryptionconfig).

    Attributes:
        group_arn: of the group of the stack's traces.
    """

    group_arn: pulumi.Output[str]

    def __init__(self, name: str, args: TracingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:tracing:Tracing", name, None, opts)
        self.name = name
        self.settings = args.settings
        self.context = args.context
        self.tags = args.context.environment.tags(component="observability", data_class="internal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.sampling()
        self.group_arn = self.group().arn
        if args.settings.insights:
            add = Notices(context=args.context, tags=self.tags, parent=self, runbook=args.runbook).add
            prefix = args.context.environment.prefix
            add(f"{name}-insight", "warning", insight(prefix), name=f"{prefix}-insight")
        if args.settings.encryption == "stack":
            xray.EncryptionConfig(name, type="KMS", key_id=args.context.keys["telemetry"], opts=self.child)
        self.register_outputs({"groupArn": self.group_arn})

    def sampling(self) -> None:
        """How many requests are traced, where no rule of a higher priority says else."""
        xray.SamplingRule(
            self.name,
            rule_name=self.context.environment.prefix,
            priority=LOWEST_PRIORITY,
            fixed_rate=self.settings.sampling_percent / 100,
            reservoir_size=self.settings.reservoir,
            service_name="*",
            service_type="*",
            host="*",
            http_method="*",
            url_path="*",
            resource_arn="*",
            version=1,
            tags=self.tags("sampling"),
            opts=self.child,
        )

    def group(self) -> xray.Group:
        """The traces that a service of this environment took part in."""
        environment = self.context.environment
        return xray.Group(
            self.name,
            group_name=environment.prefix,
            filter_expression=f'annotation.{ANNOTATION} = "{environment.name}"',
            insights_configuration={
                "insights_enabled": self.settings.insights,
                "notifications_enabled": self.settings.insights,
            },
            tags=self.tags("traces"),
            opts=self.child,
        )
