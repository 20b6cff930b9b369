"""What the account spends: a budget with alerts, anomalies of a service's cost, tags that bills can be read by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import budgets, costexplorer

from components.core.context import Severity, StackContext
from components.cost.settings import Cost

TAGS = ("Project", "Environment", "Owner", "Component", "DataClass", "ManagedBy")
"""Keys that every resource carries."""


@dataclass(frozen=True, kw_only=True)
class CostMonitoringArgs:
    """What the monitoring of costs needs.

    Attributes:
        settings: the limit, and who activates what.
        project: value of the tag ``Project``, which a budget by tags filters by.
    """

    context: StackContext
    settings: Cost
    project: str


class CostMonitoring(pulumi.ComponentResource):
    """The account's budget and anomalies, told to the alarm topics.

    AWS Budgets and Cost Explorer have one endpoint for all Regions, in us-east-1. What they hold is sums of money.

    Attributes:
        budget_name: such as ``acme-prod``.
    """

    budget_name: pulumi.Output[str]

    def __init__(self, name: str, args: CostMonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cost:CostMonitoring", name, None, opts)
        self.name = name
        self.args = args
        self.settings = args.settings
        self.topics = args.context.topics
        self.tags = args.context.environment.tags(component="cost", data_class="internal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.budget_name = self.budget()
        if self.settings.anomaly_monitor == "stack":
            self.anomalies()
        if self.settings.cost_allocation_tags == "stack":
            for key in TAGS:
                costexplorer.CostAllocationTag(f"{name}-{key.lower()}", tag_key=key, status="Active", opts=self.child)
        self.register_outputs({"budgetName": self.budget_name})

    def budget(self) -> pulumi.Output[str]:
        """A month's limit, and who is told at what part of it."""
        settings = self.settings
        return budgets.Budget(
            self.name,
            name=self.args.context.environment.prefix,
            budget_type="COST",
            limit_amount=str(settings.budget_usd),
            limit_unit="USD",
            time_unit="MONTHLY",
            cost_filters=self.filters(),
            notifications=[
                self.notification("ACTUAL", settings.warn_percent, "warning"),
                self.notification("ACTUAL", settings.alert_percent, "critical"),
                self.notification("FORECASTED", settings.forecast_percent, "warning"),
            ],
            tags=self.tags("budget"),
            opts=self.child,
        ).name

    def filters(self) -> Sequence[Any]:
        """Which costs count. A filter by tags counts only what has a tag, once the paying account activated it."""
        if self.settings.scope == "account":
            return []
        tags: Mapping[str, str] = {"Project": self.args.project, "Environment": self.args.context.environment.name}
        return [{"name": "TagKeyValue", "values": [f"user:{key}${value}"]} for key, value in tags.items()]

    def notification(self, kind: str, percent: int, severity: Severity) -> Any:
        """One topic, and whoever else is written to, above a percentage of the limit."""
        return {
            "notification_type": kind,
            "comparison_operator": "GREATER_THAN",
            "threshold": percent,
            "threshold_type": "PERCENTAGE",
            "subscriber_sns_topic_arns": [self.topics[severity]],
            "subscriber_email_addresses": list(self.settings.recipients),
        }

    def anomalies(self) -> None:
        """What a service costs more than it did, told at once: AWS tells topics in no other rhythm."""
        prefix = self.args.context.environment.prefix
        monitor = costexplorer.AnomalyMonitor(
            self.name,
            name=f"{prefix}-services",
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
            tags=self.tags("services"),
            opts=self.child,
        )
        costexplorer.AnomalySubscription(
            self.name,
            name=f"{prefix}-services",
            frequency="IMMEDIATE",
            monitor_arn_lists=[monitor.arn],
            subscribers=[{"type": "SNS", "address": self.topics["warning"]}],
            threshold_expression={
                "dimension": {
                    "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "match_options": ["GREATER_THAN_OR_EQUAL"],
                    "values": [str(self.settings.anomaly_usd)],
                }
            },
            tags=self.tags("anomalies"),
            opts=self.child,
        )
