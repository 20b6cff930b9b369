"""What the settings of the PDF ETL may not say: every mistake of a stack is told at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.settings.problems import SettingsError
from tests.unit.platforms.conftest import settings_of
from tests.unit.platforms.pdfetl.conftest import STACKS

TODAY = datetime.now(UTC).date()
CONSENT = {"reason": "no model in the country", "owner": "data owner", "until": str(TODAY + timedelta(days=200))}
BROKEN = [
    ("dev", {"phases": {"tracking": False}}, "phases.tracking: got false; valid: true with processing"),
    ("dev", {"embedding": {"region": "ap-southeast-1"}}, "embedding.region: got ap-southeast-1"),
    (
        "dev",
        {"embedding": {"region": "us-east-1", "elsewhere": {**CONSENT, "until": ""}}},
        "embedding.region: got us-east-1",
    ),
    ("dev", {"embedding": {"inference_models": ["apac.amazon.nova-lite-v1:0"]}}, "an inference profile"),
    ("dev", {"embedding": {"model": "apac.amazon.titan-embed-text-v2:0"}}, "embedding.model"),
    ("dev", {"embedding": {"thousand_tokens_usd": "free"}}, "embedding.thousand_tokens_usd"),
    ("dev", {"processing": {"timeout_seconds": 901}}, "processing.timeout_seconds: got 901"),
    ("dev", {"processing": {"concurrency": 1}}, "processing.concurrency: got 1"),
    ("dev", {"queues": {"queues": {"documents": None}}}, "queues.queues: lacks documents"),
    ("dev", {"queues": {"queues": {"documents": {"visibility_seconds": 5399}}}}, "5400 or more"),
    ("dev", {"queues": {"queues": {"documents": {"producers": []}}}}, "documents.producers: lacks events"),
    ("dev", {"storage": {"buckets": {"parts": None}}}, "storage.buckets: lacks parts"),
    ("dev", {"storage": {"buckets": {"parts": {"retention": "forever"}}}}, "parts.retention"),
    ("dev", {"storage": {"buckets": {"outputs": {"key": "logs"}}}}, "outputs.key: got logs"),
    ("dev", {"storage": {"buckets": {"outputs": {"transitions": {"STANDARD_IA": 60}}}}}, "got 60; valid: 30"),
    ("dev", {"storage": {"buckets": {"logs": {"deliveries": []}}}}, "logs.deliveries: lacks distribution_logs"),
    ("dev", {"files": {"paths": {"/text/*": {"days": 2}}}}, "got 2; valid: 1"),
    ("dev", {"files": {"paths": {"/text/*": {"signed": False}}}}, "signed: got false"),
    ("dev", {"dns": {"domain": None}}, "dns.domain: not given"),
    ("dev", {"account": {"id": "999988887777"}}, "which nobody owns"),
    ("prod", {"processing": {"largest_mib": 1025}}, "processing.largest_mib: got 1025; valid: 1024 or less"),
    ("prod", {"large_documents": {"disk_gib": 21, "largest_mib": 10753}}, "got 10753; valid: 10752 or less"),
    ("prod", {"large_documents": {"largest_mib": 200}}, "more than processing.largest_mib, 200"),
    ("prod", {"large_documents": {"memory_mib": 1024}}, "large_documents.memory_mib: got 1024"),
    ("prod", {"large_documents": {"concurrency": 0}}, "large_documents.concurrency: got 0"),
    ("prod", {"network": {"tiers": {"private": {"route": "none"}}}}, "private.route: got none; valid: private with"),
    ("prod", {"storage": {"buckets": {"logs": {"deliveries": ["distribution_logs"]}}}}, "lacks flow_logs, dns_queries"),
    ("prod", {"protection": {"deletion_protection": False}}, "true in production"),
]


def mistakes(stack, sections):
    with pytest.raises(SettingsError) as caught:
        settings_of("pdfetl", stack, {f"pdfetl:{name}": value for name, value in sections.items()})
    return str(caught.value)


@pytest.mark.parametrize(("stack", "sections", "says"), BROKEN, ids=[says for _, _, says in BROKEN])
def test_what_breaks_a_rule_is_named_with_what_is_valid(stack, sections, says):
    assert says in mistakes(stack, sections)


def test_all_mistakes_come_at_once():
    said = mistakes("dev", {"phases": {"tracking": False}, "embedding": {"region": "us-east-1"}})
    assert "have 2 mistakes; nothing was changed" in said


@pytest.mark.parametrize("stack", STACKS)
def test_the_stacks_as_they_are_break_none(stack):
    assert settings_of("pdfetl", stack).stack == stack


def test_a_model_elsewhere_takes_the_data_owners_consent():
    embedding = {"region": "ap-southeast-1", "elsewhere": CONSENT}
    assert settings_of("pdfetl", "dev", {"pdfetl:embedding": embedding}).embedding.region == "ap-southeast-1"


@pytest.mark.parametrize("until", ["2020-01-01", str(TODAY + timedelta(days=370)), "2028-02-30"])
def test_a_consent_that_ended_or_ends_in_more_than_a_year_is_none(until):
    embedding = {"region": "ap-southeast-1", "elsewhere": {**CONSENT, "until": until}}
    assert f"embedding.elsewhere.until: got {until}; valid: a day from" in mistakes("dev", {"embedding": embedding})


@given(st.integers(60, 900), st.integers(360, 43_200))
def test_messages_are_hidden_for_six_runs_exactly_or_longer(timeout, visibility):
    changes = {
        "pdfetl:processing": {"timeout_seconds": timeout},
        "pdfetl:queues": {"queues": {"documents": {"visibility_seconds": visibility}}},
    }
    try:
        settings_of("pdfetl", "dev", changes)
    except SettingsError:
        assert visibility < 6 * timeout
    else:
        assert visibility >= 6 * timeout
