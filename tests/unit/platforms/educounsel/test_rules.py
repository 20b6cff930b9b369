"""What Educounsel's settings may not say: every mistake is told at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.settings.problems import SettingsError
from platforms.educounsel.rules import BUDGET_USD
from tests.unit.platforms.conftest import settings_of

REAL = {"id": "210987654321"}
FILES = "/materi/files/*"
BROKEN = [
    ({"database": {"engine": "postgres", "version": "17"}}, 'database.engine: got "postgres"; valid: mysql'),
    ({"database": {"multi_az": False}}, "database.multi_az: got false; valid: true"),
    ({"database": {"logs": {"slow_queries": False}}}, "database.logs.slow_queries: got false"),
    ({"database": {"backup_retention_days": 6}}, "database.backup_retention_days: got 6; valid: 7 or more"),
    ({"database": {"insights": "standard"}}, "which db.t3.micro doesn't have"),
    ({"database": {"users": {"migration": None}}}, "database.users: lacks migration"),
    ({"cache": {"snapshot_retention_days": 1}}, "cache.snapshot_retention_days: got 1; valid: 0"),
    ({"cache": {"final_snapshot": True}}, "cache.final_snapshot: got true"),
    ({"cache": {"periodic_snapshots": {"enabled": True}}}, "cache.periodic_snapshots.enabled: got true"),
    ({"cache": {"max_memory_policy": "allkeys-lru"}}, "which drops jobs"),
    ({"cache": {"users": {"application": {"authentication": "iam"}}}}, "cache.users: lacks application"),
    ({"web": {"max_instances": 4}}, "web.max_instances: got 4; valid: 5"),
    ({"web": {"out_percent": 80}}, "web.out_percent: got 80; valid: 70"),
    ({"web": {"in_percent": 70}}, "not less than out_percent, 70"),
    ({"web": {"port": None}}, "web.port: got null"),
    ({"web": {"instance_type": "medium"}}, "web.instance_type"),
    ({"worker": {"max_instances": 3}}, "worker.max_instances: got 3; valid: 1 or 2"),
    ({"worker": {"port": 8443}}, "worker.port: got 8443; valid: null"),
    ({"ingress": {"idle_seconds": 59}}, "ingress.idle_seconds: got 59; valid: 60 or more"),
    ({"files": {"paths": {FILES: None}}}, f"files.paths: lacks {FILES}"),
    ({"files": {"paths": {FILES: {"signed": False}}}}, "downloads take signed URLs"),
    ({"files": {"paths": {"/static/*": {"days": 8}}}}, "days: got 8; valid: 7"),
    ({"files": {"signing_key": "second"}}, "files.signing_key: got second; valid: one of first"),
    ({"files": {"signing_keys": {"first": "-----BEGIN PRIVATE KEY-----\nAAAA\n"}}}, "not a public key in PEM"),
    ({"laravel": {"upload_mib": 9}}, "laravel.upload_mib: got 9; valid: 10 to 100"),
    ({"reminders": {"hour": 24}}, "reminders.hour: got 24; valid: 0 to 23"),
    ({"notifications": {"phones": ["0812"]}}, "E.164"),
    (
        {"cost": {"budget_usd": 152}},
        "got 152; valid: 151 or less, as the document says; where it has changed, BUDGET_USD in",
    ),
    ({"queues": {"queues": {"schedule": None}}}, "queues.queues: lacks schedule"),
    ({"secrets": {"external": {"openai-key": None}}}, "secrets.external: lacks openai-key"),
    ({"storage": {"buckets": {"releases": None}}}, "storage.buckets: lacks releases"),
    ({"storage": {"buckets": {"logs": {"deliveries": ["flow_logs"]}}}}, "logs.deliveries: lacks dns_queries"),
    ({"dns": {"domain": None}}, "dns.domain: not given"),
    ({"account": REAL}, "dns.domain: got educounsel.example, which nobody owns"),
    ({"account": REAL}, "notifications.phones: got +12065550100, an example"),
    ({"protection": {"protect": False}}, "protection.protect: got false"),
]


def mistakes(sections):
    with pytest.raises(SettingsError) as caught:
        settings_of("educounsel", "prod", {f"educounsel:{name}": value for name, value in sections.items()})
    return str(caught.value)


@pytest.mark.parametrize(("sections", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_what_breaks_a_rule_is_named_with_what_is_valid(sections, says):
    assert says in mistakes(sections)


def test_all_mistakes_come_at_once():
    said = mistakes({"web": {"port": None, "max_instances": 4}, "cost": {"budget_usd": 200}})
    assert "have 3 mistakes; nothing was changed" in said


def test_a_private_key_is_never_shown():
    secret = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n"
    assert "MIIEvQIBADANBg" not in mistakes({"files": {"signing_keys": {"first": secret}}})


def test_the_stack_as_it_is_breaks_none():
    settings = settings_of("educounsel", "prod")
    assert (settings.prefix, settings.files_host) == ("educounsel-prod", "files.educounsel.example")


@given(st.integers(1, 400))
def test_budgets_pass_exactly_up_to_the_documents(usd):
    try:
        settings_of("educounsel", "prod", {"educounsel:cost": {"budget_usd": usd}})
    except SettingsError:
        assert usd > BUDGET_USD
    else:
        assert usd <= BUDGET_USD
