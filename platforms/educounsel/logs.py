"""The logs of Educounsel: what instances and the database write, what is counted of it, and what one asks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.core.context import StackContext
from components.core.log_group import log_group
from components.database.database import Database
from components.observability.log_metrics import LogMetric, LogMetrics
from components.observability.queries import Query, SavedQueries
from platforms.educounsel.settings import NAME

METRICS = "Educounsel"
"""Namespace of what instances measure, and of what is counted of logs."""
SHARED = "/srv/educounsel/storage/logs"
FILES: Mapping[str, tuple[str, ...]] = {
    "application": (f"{SHARED}/laravel.log",),
    "error": (f"{SHARED}/php-error.log", "/var/log/nginx/error.log"),
    "access": ("/var/log/nginx/access.log",),
}
"""Kind of log -> the files on an instance; the fourth kind, slow statements, is the database's (EDU-OBS-01)."""
COUNTED: Mapping[str, LogMetric] = {
    "page-views": LogMetric(name="PageViews", pattern='{ $.message = "page-view" }'),
    "analytics": LogMetric(name="AnalyticsRequests", pattern='{ $.message = "analytics" }'),
    "jobs": LogMetric(
        name="JobsCompleted", pattern='{ $.message = "job-completed" }', dimensions={"Job": "$.context.job"}
    ),
    "api-latency": LogMetric(
        name="ApiLatency",
        pattern='{ $.message = "api-call" && $.context.milliseconds = * }',
        value="$.context.milliseconds",
        unit="Milliseconds",
        dimensions={"Api": "$.context.api"},
    ),
}
"""Records of the application's log, in JSON -> what becomes of them (EDU-OBS-04)."""
QUERIES: Sequence[Query] = (
    Query(
        "application-log",
        "What the application said: choose the dates, put a level and a word into the filters",
        f"/{NAME}/*/application",
        """
        fields @timestamp, level_name, message, context.exception.message
        filter level_name in ["ERROR", "WARNING", "INFO"]
        filter @message like /KEYWORD/
        sort @timestamp desc
        limit 500
        """,
    ),
    Query(
        "errors",
        "What PHP and nginx couldn't do, by the hour",
        f"/{NAME}/*/error",
        """
        filter @message like /KEYWORD/
        stats count(*) as errors, latest(@message) as example by bin(1h)
        sort errors desc
        limit 100
        """,
    ),
    Query(
        "requests",
        "Which pages are asked for, and how long they take",
        f"/{NAME}/*/access",
        """
        filter status >= 200
        stats count(*) as requests, pct(seconds, 50) as p50, pct(seconds, 95) as p95, pct(seconds, 99) as p99
            by method, path, status
        sort requests desc
        limit 50
        """,
    ),
    Query(
        "slow-statements",
        "Which statements take longest, and how many rows they read",
        "/aws/rds/instance/*/slowquery",
        """
        parse @message /Query_time: (?<seconds>\\S+)\\s+Lock_time: (?<locked>\\S+)/
        parse @message /Rows_sent: (?<sent>\\d+)\\s+Rows_examined: (?<examined>\\d+)/
        filter ispresent(seconds)
        fields @timestamp, seconds, locked, sent, examined, @message
        sort seconds desc
        limit 50
        """,
    ),
)
"""Filters by date, level and word, for each kind of log (EDU-OBS-03)."""


class Logs(pulumi.ComponentResource):
    """The log groups, and what is made of them.

    Attributes:
        of_instances: names of those that instances write to.
        shown: names of those that administrators see.
    """

    of_instances: list[str]
    shown: list[str]

    def __init__(self, context: StackContext, database: Database, opts: pulumi.ResourceOptions) -> None:
        super().__init__("educounsel:logs:Logs", NAME, None, opts)
        environment = context.environment
        tags = environment.tags(component="logs", data_class="personal")
        child = pulumi.ResourceOptions(parent=self)
        self.paths = {kind: f"/{NAME}/{environment.name}/{kind}" for kind in FILES}
        groups = {
            kind: log_group(f"{NAME}-{kind}", context, path, tags(f"log-{kind}"), self)
            for kind, path in self.paths.items()
        }
        slow = [name for name in database.log_group_names if name.endswith("/slowquery")]
        self.of_instances = list(self.paths.values())
        self.shown = [*self.of_instances, *slow]
        LogMetrics(NAME, groups["application"], METRICS, COUNTED, child)
        SavedQueries(NAME, context, QUERIES, child)
        self.register_outputs({})

    @property
    def files(self) -> dict[str, str]:
        """Path of a log file -> name of its log group."""
        return {path: self.paths[kind] for kind, paths in FILES.items() for path in paths}
