"""What EpicVibe's settings may not say: every mistake of a stack is told at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.settings.problems import SettingsError
from platforms.epicvibe.rules import TASKS
from tests.unit.platforms.conftest import settings_of

REAL = {"id": "210987654321"}
BROKEN = [
    ("staging", {"database": {"engine": "mysql", "version": "8.4"}}, 'database.engine: got "mysql"; valid: postgres'),
    ("staging", {"database": {"multi_az": False}}, "database.multi_az: got false; valid: true"),
    ("staging", {"database": {"backup_retention_days": 6}}, "database.backup_retention_days: got 6; valid: 7 or more"),
    ("staging", {"database": {"read_replicas": ["a"]}}, "can't be had with a managed master password"),
    ("staging", {"database": {"max_allocated_gib": 21}}, "got 21 with 20 allocated"),
    ("production", {"database": {"read_replicas": []}}, "database.read_replicas: got none"),
    ("production", {"protection": {"protect": False}}, "protection.protect: got false; valid: true in production"),
    ("production", {"web": {"min_tasks": 1}}, "web.min_tasks: got 1; valid: 2 to 10 in production"),
    ("staging", {"worker": {"max_tasks": 3}}, "worker.max_tasks: got 3; valid: 1 to 2 in staging"),
    ("staging", {"web": {"port": None}}, "web.port: got null"),
    ("staging", {"worker": {"port": 8443}}, "worker.port: got 8443; valid: null"),
    ("staging", {"storage": {"buckets": {"static": None}}}, "storage.buckets: lacks static"),
    (
        "staging",
        {"storage": {"buckets": {"logs": {"deliveries": ["flow_logs"]}}}},
        "logs.deliveries: lacks dns_queries",
    ),
    ("staging", {"queues": {"queues": {"tasks": None}}}, "queues.queues: lacks tasks"),
    ("staging", {"ingress": {"firewall": {"mode": "count"}}}, "ingress.firewall.mode"),
    ("staging", {"ingress": {"alarms": {"enabled": False}}}, "ingress.alarms.enabled: got false"),
    ("staging", {"dns": {"domain": None}}, "dns.domain: not given"),
    ("staging", {"dns": {"public_host": "www.example.org"}}, "dns.public_host: www.example.org is outside the zone"),
    ("staging", {"account": REAL}, "dns.domain: got staging.epicvibe.example, which nobody owns"),
    ("staging", {"account": REAL}, "deployment.repository: got example/epicvibe-infrastructure, an example"),
    ("staging", {"backup": {"daily": {"retention_days": 5, "shortest_days": 5}}}, "backup.daily.retention_days: got 5"),
    ("staging", {"account": {"id": "123456789012"}}, "as in stack 'production'"),
    ("staging", {"site": {"enabled": True}}, "site.repository"),
    ("staging", {"tracing": {"collector": "-"}}, "tracing.collector"),
    ("staging", {"queues": {"queues": {"mails": {}}}}, "queues.mails: nothing may use it; valid: tasks alone"),
    ("staging", {"storage": {"buckets": {"static": {"services": True}}}}, "static.services: got true, and nothing"),
    ("staging", {"web": {"variables": {"DATABASE_LOGIN": "x"}}}, "variables.DATABASE_LOGIN: is given by the program"),
    ("production", {"network": {"cidr": "10.30.0.0/24"}}, "network.cidr: 10.30.0.0/24 has no room"),
    ("production", {"network": {"zones": ["us-east-1a", "us-east-1b"]}}, "network.zones[0]: got us-east-1a; valid: ap"),
    ("staging", {"network": {"zones": ["ap-southeast-3a"]}}, "network.zones: got 1; valid: 2 or more"),
    ("staging", {"network": {"tiers": {"public": {"route": "internet"}}}}, "network.tiers: lacks private, data"),
    ("staging", {"storage": {"buckets": {"static": {"key": "nokey"}}}}, 'static.key: got "nokey"; valid: objects'),
    ("staging", {"storage": {"buckets": {"media": {"key": "SSE-S3"}}}}, 'media.key: got "SSE-S3"; valid: a key of'),
    ("staging", {"secrets": {"external": {"payment-gateway": None}}}, "secrets.external: lacks payment-gateway"),
    ("staging", {"database": {"users": {"application": None}}}, "database.users: lacks application"),
    ("production", {"observability": {"recipients": {"critical": []}}}, "recipients.critical: got nobody"),
]


def mistakes(stack, sections):
    with pytest.raises(SettingsError) as caught:
        settings_of("epicvibe", stack, {f"epicvibe:{name}": value for name, value in sections.items()})
    return str(caught.value)


@pytest.mark.parametrize(("stack", "sections", "says"), BROKEN, ids=[says for _, _, says in BROKEN])
def test_what_breaks_a_rule_is_named_with_what_is_valid(stack, sections, says):
    assert says in mistakes(stack, sections)


def test_all_mistakes_come_at_once():
    said = mistakes("staging", {"web": {"port": None, "max_tasks": 5}, "database": {"multi_az": False}})
    assert "have 3 mistakes; nothing was changed" in said


@pytest.mark.parametrize("stack", ["production", "staging"])
def test_the_stacks_as_they_are_break_none(stack):
    assert settings_of("epicvibe", stack).stack == stack


@given(st.sampled_from(["production", "staging"]), st.integers(1, 20), st.integers(1, 20))
def test_tasks_pass_exactly_within_the_bounds_of_the_kind(stack, least, most):
    low, high = TASKS[stack]
    fits = low <= least <= most <= high
    try:
        settings_of("epicvibe", stack, {"epicvibe:web": {"min_tasks": least, "max_tasks": most}})
    except SettingsError:
        assert not fits
    else:
        assert fits


def test_media_are_for_the_site_and_the_image_for_the_account():
    settings = settings_of("epicvibe", "staging")
    assert settings.storage.cors_origins == ("https://staging.epicvibe.example",)
    assert settings.web.image == "444455556666.dkr.ecr.ap-southeast-3.amazonaws.com/epicvibe/application:release-1"
