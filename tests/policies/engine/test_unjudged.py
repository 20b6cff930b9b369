"""Types that no control is written for are named once, with their counts, unless somebody reviewed them."""

import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.engine.packs import PACKS, load_controls
from guardrails.engine.unjudged import reviewed, unjudged
from guardrails.testing.judging import InProcess
from guardrails.testing.requests import analyze_request, stack_request
from offline.schema.catalogue import resource_tokens

PROVIDER = {"properties": {"region": "ap-southeast-3", "allowedAccountIds": '["123456789012"]'}}
QUEUE = {"type": "aws:sqs/queue:Queue", "name": "queue", "properties": {}, "provider": PROVIDER}
PIPES = [{"type": "aws:pipes/pipe:Pipe", "name": name, "properties": {}, "provider": PROVIDER} for name in "ab"]
ALIAS = {"type": "aws:kms/alias:Alias", "name": "alias", "properties": {}, "provider": PROVIDER}
PART = {"type": "smile:network:Network", "name": "part", "properties": {}}


def said(resources, pack="all", **settings):
    analyzer = InProcess(PACKS[pack])
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig["settings"].properties.update(settings)
    analyzer.Configure(request)
    for resource in resources:
        analyzer.Analyze(analyze_request(resource))
    found = analyzer.AnalyzeStack(stack_request(resources)).diagnostics
    return [each for each in found if each.policyName == "settings"]


def test_a_type_without_a_control_is_said_once_with_its_count():
    (one,) = said([QUEUE, *PIPES, ALIAS, PART])
    assert one.message.startswith("no control is written for 1 types of 2 resources")
    assert "aws:pipes/pipe:Pipe (2)." in one.message
    assert (one.enforcementLevel, one.urn) == (proto.ADVISORY, "")


@pytest.mark.parametrize(("level", "expected"), [("disabled", []), ("mandatory", [proto.MANDATORY])])
def test_the_operator_sets_what_it_means(level, expected):
    assert [each.enforcementLevel for each in said([QUEUE, *PIPES], unjudged=level)] == expected


def test_nothing_is_said_where_each_type_is_judged_or_reviewed():
    assert said([QUEUE, ALIAS, PART]) == []


def test_a_family_alone_says_nothing_of_it():
    assert said([QUEUE, *PIPES], pack="resilience") == []


def test_a_reviewed_type_exists_has_a_reason_and_no_control():
    known = set(resource_tokens("aws"))
    named = {type_ for control in load_controls().values() for type_ in control.types}
    for type_, reason in reviewed().items():
        assert type_ in known or not type_.startswith("aws:"), f"{type_} doesn't exist"
        assert type_ not in named, f"{type_} has a control: take it out"
        assert len(reason.split()) > 1
    assert list(reviewed()) == sorted(reviewed(), key=str.lower)
    assert unjudged([]) == {}
