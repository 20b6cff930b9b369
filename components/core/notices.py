"""An event of an AWS service, as a sentence to the topic of one severity: EventBridge writes it without a function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import Severity, StackContext
from components.core.environment import ComponentTags


@dataclass(frozen=True, kw_only=True)
class EventNotice:
    """One kind of event that somebody must see.

    Attributes:
        pattern: of the event, as EventBridge matches it.
        paths: name -> where in the event its value is.
        message: what people read; ``<name>`` stands for the value. Names of people have no place in it: mail may leave
            the country.
    """

    pattern: Mapping[str, Any]
    paths: Mapping[str, str]
    message: str


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Makes the notices of one component.

    Attributes:
        context: topics and names.
        tags: of the component.
        parent: the component.
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    tags: ComponentTags
    parent: pulumi.Resource
    runbook: str

    def add(self, logical_name: str, severity: Severity, notice: EventNotice, *, name: str) -> None:
        """A rule, whose target is the topic of the severity.

        Args:
            logical_name: of both in the stack.
            severity: of the topic.
            notice: what it is about.
            name: of the rule in EventBridge.
        """
        child, prefix = pulumi.ResourceOptions(parent=self.parent), self.context.environment.prefix
        rule = cloudwatch.EventRule(
            logical_name,
            name=name,
            description=notice.message.partition(":")[0],
            event_pattern=json.dumps(notice.pattern),
            tags=self.tags(name.removeprefix(f"{prefix}-")),
            opts=child,
        )
        cloudwatch.EventTarget(
            logical_name,
            rule=rule.name,
            arn=self.context.topics[severity],
            input_transformer={
                "input_paths": dict(notice.paths),
                "input_template": json.dumps(f"{prefix}: {notice.message} See {self.runbook}."),
            },
            opts=child,
        )
