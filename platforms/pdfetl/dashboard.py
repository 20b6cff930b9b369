"""The dashboard: what waits, what runs, what fails, and what large documents do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.core.context import StackContext
from components.observability.dashboards import DashboardsArgs
from components.observability.graphs import Graph, row
from components.pipeline.task_machine import TaskMachine

SIGNALS: Mapping[str, Sequence[str]] = {
    "Documents": ("lost", "age", "depth", "dead-letters"),
    "Runs": ("failures", "throttled", "duration"),
    "Large documents": ("failed",),
}
"""Heading -> the last part of alarms' names."""
EXECUTIONS = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")


def shown(context: StackContext, machine: TaskMachine | None) -> DashboardsArgs:
    """What alarms watch and, where there are tasks, how many were begun and how long they took."""
    if machine is None:
        signals = {heading: names for heading, names in SIGNALS.items() if heading != "Large documents"}
        return DashboardsArgs(context=context, layers={}, signals=signals, source="platforms/pdfetl")
    of_machine = {"StateMachineArn": machine.arn}
    begun = [row("AWS/States", name, of_machine, stat="Sum") for name in EXECUTIONS]
    took = [row("AWS/States", "ExecutionTime", of_machine, stat="Maximum")]
    graphs = [
        Graph(title="Executions", rows=begun, unit="executions"),
        Graph(title="Longest execution, waits included", rows=took, unit="ms"),
    ]
    return DashboardsArgs(
        context=context, layers={}, signals=SIGNALS, graphs={"Large documents": graphs}, source="platforms/pdfetl"
    )
