"""Saved queries, by the fields that the logs have and the commands that CloudWatch Logs Insights knows."""

import re
from dataclasses import replace

import pytest

from components.core.context import StackContext
from components.core.log_group import log_group
from components.edge.api_logs import FIELDS
from components.observability import queries
from components.observability.queries import QUERIES, SavedQueries, written
from tests.recording import record

SYSTEM = {"@message", "@timestamp", "@ingestionTime", "@logStream", "@log"}
TRAIL_EVENT = {
    *("eventVersion", "eventTime", "eventSource", "eventName", "eventType", "awsRegion", "sourceIPAddress"),
    *("userAgent", "errorCode", "errorMessage", "userIdentity.type", "userIdentity.arn"),
}
FIELDS_OF = {
    queries.API: set(FIELDS),
    # The container's line, and what the agent adds to it.
    queries.PODS: {"log", *(f"kubernetes.{each}_name" for each in ("pod", "container", "namespace"))},
    queries.TRAIL: TRAIL_EVENT,
    queries.FLOWS: {
        *("accountId", "endTime", "interfaceId", "logStatus", "startTime", "version", "action", "bytes"),
        *("dstAddr", "dstPort", "packets", "protocol", "srcAddr", "srcPort"),
    },
    queries.FIREWALL: {
        *("action", "terminatingRuleId", "webaclId"),
        *(f"httpRequest.{each}" for each in ("clientIp", "country", "uri", "httpMethod")),
    },
    queries.SLOW: set(),
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    queries.FUNCTIONS: {"level", "message", "requestId", "type", "record.status"},
    queries.AUDIT: {
        *("verb", "user.username", "objectRef.resource", "objectRef.namespace", "objectRef.name"),
    },
}
"""Pattern of log groups -> fields of its events, besides those of every event
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html)."""
COMMANDS = {"display", "fields", "filter", "stats", "sort", "limit", "parse", "dedup"}
FUNCTIONS = {"count", "count_distinct", "sum", "pct", "earliest", "latest", "ispresent"}
WORDS = {"as", "by", "and", "or", "not", "in", "like", "desc", "asc"}
TOKEN = re.compile(r'"[^"]*"|/(?:\\.|[^/\\])+/|[@A-Za-z][\w.]*|\d+(?:\.\d+)?|[<>!=]=?|[(),*\[\]|]|\s+')
PATHS = [
    "/aws/apigateway/acme-prod",
    "/aws/containerinsights/acme-prod/application",
    "/aws/containerinsights/acme-prod-data/application",
    "/aws/containerinsights/acme-prod/performance",
    "/acme/prod/trail",
    "/acme/prod/vpc-flow-logs",
    "/aws/lambda/acme-prod-rotate-users",
]


def commands(text):
    """The commands of a query, each as a list of its words.

    Raises:
        AssertionError: something in it is no word of the language.
    """
    tokens = TOKEN.findall(text)
    assert "".join(tokens) == text, text
    found = [[]]
    for token in tokens:
        if token == "|":
            found.append([])
        elif token.strip():
            found[-1].append(token)
    return found


def mistakes(text, fields):
    """What CloudWatch wouldn't know in a query of logs with these fields."""
    known = {*fields, *SYSTEM}
    for command, *words in commands(text):
        if command not in COMMANDS:
            yield f"no command {command}"
            continue
        if command == "limit" and not (len(words) == 1 and words[0].isdigit() and int(words[0]) <= 10000):
            yield f"limit {words}"
        named = {words[at + 1] for at, word in enumerate(words[:-1]) if word == "as"}
        if command == "parse":
            known |= set(re.findall(r"\(\?<(\w+)>", " ".join(words)))
        for word, following in zip(words, [*words[1:], ""], strict=True):
            kind, valid = ("function", FUNCTIONS) if following == "(" else ("field", known | named | WORDS)
            if re.match(r"[@A-Za-z]", word) and word not in valid | WORDS:
                yield f"no {kind} {word}"
        if command == "stats":  # what it doesn't name is gone
            known = {*named, *words[words.index("by") + 1 :]} if "by" in words else named
        known |= named
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        yield "brackets"


@pytest.mark.requirement("SMILE-OBS-14")
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_query_has_commands_functions_and_fields_that_there_are(query):
    text = written(query.text)
    assert list(mistakes(text, FIELDS_OF[query.logs])) == []
    assert len(text) <= 10000
    assert query.asks


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("where status = 1", "no command where"),
        ("filter code = 1", "no field code"),
        ("stats median(status)", "no function median"),
        ("stats count(*) as n by route | sort status", "no field status"),
        ("limit 10001", "limit ['10001']"),
        ("filter (status = 1", "brackets"),
    ],
)
def test_the_check_finds_what_is_wrong(text, mistake):
    assert mistake in list(mistakes(text, {"status", "route"}))


def test_names_of_queries_differ():
    assert len({query.name for query in QUERIES}) == len(QUERIES)


@pytest.fixture(scope="module")
def saved(foundation_of):
    def program():
        context = foundation_of()
        assert isinstance(context, StackContext)
        context.log_groups.extend(PATHS)
        return SavedQueries("smile", context).names

    return record(program)


def test_a_query_is_put_to_all_log_groups_of_its_kind_that_there_are(saved):
    made = saved.of("cloudwatch/queryDefinition:QueryDefinition")
    assert made["smile-pod-errors"]["logGroupNames"] == [
        "/aws/containerinsights/acme-prod-data/application",
        "/aws/containerinsights/acme-prod/application",
    ]
    assert made["smile-pod-errors"]["name"] == "smile-prod/pod-errors"


def test_a_query_without_logs_is_not_saved(saved):
    assert "smile-prod/slow-statements" not in saved.result
    assert "smile-prod/rejected-flows" in saved.result


def test_log_groups_of_components_are_known_to_queries(foundation_of):
    made = []

    def program():
        context = replace(foundation_of(), log_groups=made)
        log_group("a", context, "/acme/prod/trail", {}, None)

    record(program)
    assert made == ["/acme/prod/trail"]


def test_commands_are_separated_by_pipes_and_lines_that_are_set_in_go_on():
    text = """
        stats count(*)
            by a
        limit 5
        """
    assert written(text) == "stats count(*) by a\n| limit 5"
