"""Experiments of AWS Fault Injection Service."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import continuity
from guardrails.model.resource import Resource, paths_at


@control(
    id="RSL-FIS-001",
    title="Fault injection experiments have a stop condition",
    why="Without one, an experiment that harms users goes on until somebody notices.",
    fix="Name a CloudWatch alarm in stopConditions, with source aws:cloudwatch:alarm.",
    severity=Severity.MEDIUM,
    types=("aws:fis/experimentTemplate:ExperimentTemplate",),
    references=continuity(),
)
def experiment_stops(template: Resource, _: Context) -> Findings:
    sources = [template.get(path) for path in paths_at(template, "stopConditions[*].source")]
    if all(source == "none" for source in sources):
        yield Violation("no alarm stops it", "stopConditions")
