"""Saved queries of CloudWatch Logs Insights: what one asks the logs first when an alarm rings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import StackContext

API, PODS, TRAIL = "/aws/apigateway/*", "/aws/containerinsights/*/application", "/*/trail"
FLOWS, FIREWALL, SLOW = "/*/vpc-flow-logs", "aws-waf-logs-*", "/aws/rds/instance/*/slowquery"
FUNCTIONS, AUDIT = "/aws/lambda/*", "/aws/eks/*/cluster"


@dataclass(frozen=True)
class Query:
    """A question to logs.

    Attributes:
        name: in the console, below the stack's.
        asks: what the answer shows, for a person.
        logs: pattern of the names of the log groups that it is put to.
        text: in the query language, a command a line; 10,000 characters at most.
    """

    name: str
    asks: str
    logs: str
    text: str

    def groups(self, there: Iterable[str]) -> list[str]:
        """Those that there are; CloudWatch puts a query to 50 of them at most."""
        return sorted(name for name in there if fnmatchcase(name, self.logs))


QUERIES: tuple[Query, ...] = (
    Query(
        "slow-requests",
        "Which routes are slow, and whether it is the service or the way to it",
        API,
        """
        filter ispresent(milliseconds)
        stats count(*) as requests, pct(milliseconds, 50) as p50, pct(milliseconds, 95) as p95,
            pct(serviceMilliseconds, 95) as serviceP95 by method, route
        sort p95 desc
        limit 25
        """,
    ),
    Query(
        "failed-requests",
        "Which routes answer 5xx, since when, and whether the service or the gateway says so",
        API,
        """
        filter status >= 500
        stats count(*) as failures, earliest(@timestamp) as since, latest(@timestamp) as last
            by route, status, serviceStatus, error
        sort failures desc
        limit 50
        """,
    ),
    Query(
        "refused-requests",
        "Who is refused by the API, and by what: key, throttling, web ACL",
        API,
        """
        filter status >= 400 and status < 500
        stats count(*) as refusals by sourceIp, route, status, error, firewall
        sort refusals desc
        limit 50
        """,
    ),
    Query(
        "pod-errors",
        "What pods say that goes wrong, by service",
        PODS,
        """
        filter log like /(?i)(error|exception|fatal|panic|traceback)/
        stats count(*) as errors, latest(@timestamp) as last, latest(log) as example
            by kubernetes.namespace_name, kubernetes.container_name
        sort errors desc
        limit 50
        """,
    ),
    Query(
        "pod-log",
        "What one pod said: put its name into the filter",
        PODS,
        """
        fields @timestamp, kubernetes.pod_name, log
        filter kubernetes.pod_name like /NAME/
        sort @timestamp desc
        limit 500
        """,
    ),
    Query(
        "function-errors",
        "Which functions fail, a rotation of passwords among them, and how",
        FUNCTIONS,
        """
        filter level in ["ERROR", "CRITICAL"] or (type = "platform.report" and record.status != "success")
        stats count(*) as failures, latest(@timestamp) as last, latest(@message) as example by @log
        sort failures desc
        limit 50
        """,
    ),
    Query(
        "rejected-flows",
        "Which connections security groups and network ACLs reject",
        FLOWS,
        """
        filter action = "REJECT"
        stats sum(packets) as refused, latest(@timestamp) as last by srcAddr, dstAddr, dstPort, protocol
        sort refused desc
        limit 50
        """,
    ),
    Query(
        "firewall-blocks",
        "What the web ACLs block, by rule and place",
        FIREWALL,
        """
        filter action = "BLOCK"
        stats count(*) as blocked, count_distinct(httpRequest.clientIp) as addresses, latest(@timestamp) as last
            by terminatingRuleId, httpRequest.country, httpRequest.uri
        sort blocked desc
        limit 50
        """,
    ),
    Query(
        "slow-statements",
        "Which MySQL statements take longest, and how many rows they read",
        SLOW,
        """
        parse @message /Query_time: (?<seconds>\\S+)\\s+Lock_time: (?<locked>\\S+)/
        parse @message /Rows_sent: (?<sent>\\d+)\\s+Rows_examined: (?<examined>\\d+)/
        filter ispresent(seconds)
        fields @timestamp, seconds, locked, sent, examined, @message
        sort seconds desc
        limit 50
        """,
    ),
    Query(
        "root-user",
        "What the root user did",
        TRAIL,
        """
        filter userIdentity.type = "Root" and eventType != "AwsServiceEvent"
        fields @timestamp, eventSource, eventName, sourceIPAddress, userAgent, errorCode
        sort @timestamp desc
        limit 100
        """,
    ),
    Query(
        "denied-calls",
        "Whose calls AWS refuses: a permission that is missing, or somebody who tries",
        TRAIL,
        """
        filter errorCode like /AccessDenied|UnauthorizedOperation/
        stats count(*) as refused, latest(@timestamp) as last
            by userIdentity.arn, eventSource, eventName, sourceIPAddress
        sort refused desc
        limit 50
        """,
    ),
    Query(
        "changes",
        "Who changed what: the calls that don't only read, but for those of services",
        TRAIL,
        """
        filter eventName not like /^(Get|List|Describe|Head|Lookup|BatchGet|Assume|Decrypt|Encrypt|Generate)/
        filter userIdentity.type != "AWSService" and not ispresent(errorCode)
        fields @timestamp, userIdentity.arn, eventSource, eventName, sourceIPAddress
        sort @timestamp desc
        limit 200
        """,
    ),
    Query(
        "failed-rotations",
        "Which secrets could not be replaced",
        TRAIL,
        """
        filter eventSource = "secretsmanager.amazonaws.com" and eventName in ["RotationFailed", "RotationAbandoned"]
        fields @timestamp, eventName, @message
        sort @timestamp desc
        limit 50
        """,
    ),
    Query(
        "cluster-changes",
        "Who changed what in the clusters, by the Kubernetes API's audit log",
        AUDIT,
        """
        filter @logStream like /^kube-apiserver-audit/ and verb in ["create", "update", "patch", "delete"]
        filter user.username not like /^system:/
        fields @timestamp, user.username, verb, objectRef.resource, objectRef.namespace, objectRef.name
        sort @timestamp desc
        limit 100
        """,
    ),
)
"""Fields are those of the logs: the access log's of `components.edge.api_logs`, else AWS's
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html)."""


class SavedQueries(pulumi.ComponentResource):
    """Each query that there are logs for, in a folder of the stack's name.

    Attributes:
        names: of the queries, such as ``acme-prod/slow-requests``.
    """

    names: Sequence[str]

    def __init__(
        self,
        name: str,
        context: StackContext,
        queries: Sequence[Query] = QUERIES,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:observability:SavedQueries", name, None, opts)
        folder = context.environment.prefix
        self.names = []
        for query in queries:
            if groups := query.groups(context.log_groups):
                self.names.append(f"{folder}/{query.name}")
                cloudwatch.QueryDefinition(
                    f"{name}-{query.name}",
                    name=self.names[-1],
                    log_group_names=groups,
                    query_string=written(query.text),
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({"names": self.names})


def written(text: str) -> str:
    """A query as CloudWatch takes it: commands, which begin a line here, separated by pipes."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    margin = len(text.strip("\n")) - len(text.strip("\n").lstrip(" "))
    joined = ""
    for line in lines:
        continues = line.startswith(" " * (margin + 1))
        joined += ("" if not joined else " " if continues else "\n| ") + line.strip()
    return joined
