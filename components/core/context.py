"""What every component stands on: the environment, its keys, how it is protected, where its alarms go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

from components.core.code_signing import CodeSigning
from components.core.declared import Declared
from components.core.environment import Environment
from components.core.protection import Protection

Severity = Literal["critical", "warning"]
"""Of an alarm: users are affected or data is at risk; or that will come if nobody acts."""


Incident = Literal["cache", "cluster", "database", "edge"]
"""What fails together."""


@dataclass(frozen=True, kw_only=True)
class WatchedMetric:
    """A metric that an alarm watches: what dashboards show, and composite alarms are made of.

    Attributes:
        component: the type of the component, such as ``platform:queues:MessageQueues``.
        name: of the alarm in CloudWatch.
        arn: of the alarm, known before it is there.
        severity: of the topic that it notifies.
        description: what is wrong when it rings.
        incident: what fails together with it, and is one page; None where it pages by itself.
        alarm: the alarm in the program, for what must come after it.
        metric: arguments of ``aws.cloudwatch.MetricAlarm``: the metric, its threshold and how long it is watched.
    """

    component: str
    name: str
    arn: str
    severity: Severity
    description: str
    metric: Mapping[str, Any]
    incident: Incident | None = None
    alarm: pulumi.Resource | None = None


@dataclass(frozen=True, kw_only=True)
class AuditLog:
    """A log group that says who got in and what they did: it is worth keeping for longer than CloudWatch keeps it.

    Attributes:
        name: logical name of the log group.
        path: its name in AWS.
        group: the log group in the program.
    """

    name: str
    path: str
    group: pulumi.Resource


@dataclass(frozen=True, kw_only=True)
class StackContext:
    """What the components of one stack share.

    Attributes:
        environment: account, Region, names and tags.
        keys: class of data -> ARN of its KMS key.
        protection: what keeps stateful resources from being deleted.
        log_retention_days: how long CloudWatch Logs keeps what they write.
        topics: ARN of the topic that each severity of alarm goes to.
        time_zone: of schedules, as the IANA database calls it.
        code_signing: how the code of functions is signed; None where it isn't.
        reserve_concurrency: each function keeps its share of the account's concurrent executions for itself.
        owner: who answers for the stack, as each alarm says.
        runbooks: path or URL of the folder of runbooks, one page for each that alarms name.
        pages_incidents: critical alarms of one incident only inform; a composite alarm of them all pages once. Whoever
            sets it makes those (``components.observability.composite_alarms``).
        watched: what the components made so far have alarms on; each adds its own.
        composites: ARNs of the composite alarms that they made.
        log_groups: names of the log groups that they made, as far as they are known before.
        audit_logs: those among them that an archive copies (``components.audit.log_archive``).
    """

    environment: Environment
    keys: Mapping[str, pulumi.Input[str]]
    protection: Protection
    log_retention_days: int
    topics: Mapping[Severity, pulumi.Input[str]]
    time_zone: str = "UTC"
    code_signing: CodeSigning | None = None
    reserve_concurrency: bool = False
    owner: str = ""
    runbooks: str = "docs/runbooks"
    pages_incidents: bool = False
    watched: list[WatchedMetric] = field(default_factory=list[WatchedMetric])
    composites: list[str] = field(default_factory=list[str])
    log_groups: list[str] = field(default_factory=list[str])
    audit_logs: list[AuditLog] = field(default_factory=list[AuditLog])

    def __post_init__(self) -> None:
        if not isinstance(self.keys, Declared):
            object.__setattr__(self, "keys", Declared("encryption key", self.keys))
        object.__setattr__(self, "topics", Declared("alarm topic", {**self.topics}))

    @property
    def empties_on_destroy(self) -> bool:
        """Whether buckets and vaults are deleted with all that is in them: AWS deletes none that isn't empty."""
        return not self.protection.protect

    def stateful(self, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a resource that holds data: kept from deletion as the stack says."""
        return pulumi.ResourceOptions(
            parent=parent, protect=self.protection.protect, retain_on_delete=self.protection.retain_on_delete
        )
