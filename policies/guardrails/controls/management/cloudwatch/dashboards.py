"""Dashboards: whether CloudWatch takes them, and where what they show is from."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import monitoring
from guardrails.model.regions import comes_from_aws, why_not_kept
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN
from guardrails.shapes.destinations import LAW

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
BODY = "dashboardBody"


@control(
    id="RSL-CLOUDWATCH-020",
    title="Dashboards are valid",
    why="CloudWatch refuses an invalid body halfway through a deployment, or shows an empty graph when it is needed.",
    fix="Write dashboardBody as the Dashboard Body Structure in the CloudWatch API Reference says.",
    severity=Severity.LOW,
    types=(DASHBOARD,),
    references=monitoring(),
)
def dashboard_is_valid(dashboard: Resource, _: Context) -> Findings:
    if _is_open(dashboard):
        return
    from aws_facts.dashboard_body import parsed  # few stacks have dashboards, and its models take a while

    try:
        parsed(dashboard.text(BODY))
    except ValueError as error:
        yield Violation(str(error), BODY)


@control(
    id="RES-CLOUDWATCH-020",
    title="Dashboards show metrics, logs and alarms of allowed regions and accounts",
    why="A widget shows rows of logs to whoever opens the dashboard; data of the platform stays in known accounts.",
    fix="Name an allowed region in region, and leave accountId out, of each widget and metric in dashboardBody.",
    severity=Severity.HIGH,
    types=(DASHBOARD,),
    references=LAW,
)
def dashboard_shows_own_data(dashboard: Resource, context: Context) -> Findings:
    """RSL-CLOUDWATCH-020 judges a body that nobody can read."""
    if _is_open(dashboard):
        return
    from aws_facts.dashboard_body import parsed, places

    try:
        found = dict(places(parsed(dashboard.text(BODY))))
    except ValueError:
        return
    for path, value in found.items():
        arn = f"arn:aws:cloudwatch::{value}:dashboard" if path.endswith("accountId") else value
        if why := why_not_kept(arn, dashboard, context):
            yield Violation(f"{why} ({path})", BODY)


def _is_open(dashboard: Resource) -> bool:
    """Whether its text waits for ids of this stack's resources: an update judges it once it has them."""
    return dashboard.raw(BODY) is UNKNOWN and comes_from_aws(dashboard, BODY)
