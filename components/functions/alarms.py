"""Alarms of a function: it fails, it is refused, it nears its time-out."""

from __future__ import annotations

from typing import Any

import pulumi

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.environment import DataClass

FAILED_PERCENT = 5
"""Of a busy function, that many may fail; of one that runs now and then, each failure is more than that."""
NEARLY_ALL = 0.9
"""Of the time after which Lambda ends it."""
PERIOD_SECONDS = 300


def function_alarms(  # noqa: PLR0913, PLR0917 - of one function
    name: str,
    context: StackContext,
    function: str,
    component: str,
    data_class: DataClass,
    timeout_seconds: int,
    parent: pulumi.Resource,
) -> None:
    """What is watched of every function, whatever calls it.

    A dead letter that Lambda couldn't deliver counts as a failure: the event is lost
    (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html).

    Args:
        name: logical name of the function.
        context: topics and names.
        function: its name in Lambda.
        component: the component it works for, as a tag.
        data_class: as a tag.
        timeout_seconds: after which Lambda ends it.
        parent: the component.
    """
    tags = context.environment.tags(component=component, data_class=data_class)
    made = Alarms(context=context, tags=tags, parent=parent, runbook="functions")

    def add(role: str, text: str, above: float, **metric: Any) -> None:
        made.add(
            f"{name}-{role}",
            "warning",
            name=f"{function}-{role}",
            description=f"{function}: {text}",
            evaluation_periods=1,
            threshold=above,
            **metric,
        )

    def metric(identity: str, metric_name: str) -> dict[str, Any]:
        return {
            "id": identity,
            "metric": {
                "namespace": "AWS/Lambda",
                "metric_name": metric_name,
                "dimensions": {"FunctionName": function},
                "period": PERIOD_SECONDS,
                "stat": "Sum",
            },
            "return_data": False,
        }

    add(
        "failures",
        f"over {FAILED_PERCENT} % of its runs failed within 5 minutes",
        FAILED_PERCENT,
        metric_queries=[
            {
                "id": "share",
                "expression": "100 * SUM([errors, lost]) / SUM([runs, lost])",
                "label": "failed, per cent",
                "return_data": True,
            },
            metric("errors", "Errors"),
            metric("lost", "DeadLetterErrors"),
            metric("runs", "Invocations"),
        ],
    )
    own = {"namespace": "AWS/Lambda", "dimensions": {"FunctionName": function}, "period": PERIOD_SECONDS}
    add(
        "throttled",
        "Lambda refused to run it: too many run at once",
        0,
        metric_name="Throttles",
        statistic="Sum",
        **own,
    )
    add(
        "duration",
        f"a run took over {NEARLY_ALL:.0%} of its {timeout_seconds} seconds",
        NEARLY_ALL * timeout_seconds * 1000,
        metric_name="Duration",
        statistic="Maximum",
        **own,
    )
