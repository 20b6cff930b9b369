"""Every kind of resource that is watched: without one of its alarms it is a violation, with all of them it is none."""

import pytest

from guardrails.controls.management.cloudwatch.resource_alarms import WATCHED
from guardrails.model.values import parse_path

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CONTROL = "RSL-CLOUDWATCH-007"


def named(path, value):
    """Outputs that have a value at a path, whose lists have one element."""
    first, _, rest = path.partition("[*]")
    inner = value if not rest and "[*]" not in path else named(rest.lstrip("."), value) if rest else value
    for step in reversed(parse_path(first)):
        inner = {step: [inner] if "[*]" in path else inner}
    return inner


def stack(type_, wanted, metrics):
    subject = {"type": type_, "name": "subject", "properties": {}, "outputs": named(wanted.value, "acme-1")}
    alarms = [
        {
            "type": ALARM,
            "name": metric,
            "properties": {
                "namespace": wanted.namespaces[-1],
                "metricName": metric,
                "dimensions": {wanted.dimensions[0]: "acme-1-0001-001" if wanted.nodes else "acme-1"},
            },
        }
        for metric in metrics
    ]
    return {"resources": [subject, *alarms]}


@pytest.mark.requirement("SMILE-OBS-03")
@pytest.mark.parametrize("type_", WATCHED)
def test_every_kind_of_resource_needs_each_of_its_alarms(judge, type_):
    wanted = WATCHED[type_]
    for choice in (0, -1):
        metrics = [group[choice] for group in wanted.metrics]
        assert judge(CONTROL, stack(type_, wanted, metrics)).diagnostics == ()
        for missing in metrics:
            others = [metric for metric in metrics if metric != missing]
            (message,) = judge(CONTROL, stack(type_, wanted, others)).violations
            assert missing in message
