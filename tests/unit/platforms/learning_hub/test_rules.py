"""What the settings of Learning Hub may not say: every mistake of a stack is told at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.core.settings.problems import SettingsError
from tests.unit.platforms.conftest import settings_of

REAL = {"id": "210987654321"}
USER = "user-service"


def service(name, **about):
    return {"services": {"catalogue": {name: about}}}


BROKEN = [
    ("prod", {"database": {"multi_az": False}}, "database.multi_az: got false; valid: true in production"),
    ("prod", {"database": {"backup_retention_days": 6}}, "database.backup_retention_days: got 6; valid: 7 or more"),
    ("prod", {"database": {"read_replicas": []}}, "database.read_replicas: got none"),
    ("prod", {"database": {"master_password": "managed"}}, "can't be had with a managed master password"),
    ("prod", {"broker": {"deployment": "single"}}, 'broker.deployment: got "single"; valid: cluster in production'),
    ("prod", {"backup": {"monthly": {"enabled": False}}}, "backup.monthly.enabled: got false"),
    ("prod", {"backup": {"monthly": {"retention_days": 300}}}, "backup.monthly.retention_days: got 300"),
    ("prod", {"backup": {"daily": {"longest_days": 100}}}, "backup.daily.longest_days: got 100; valid: 365 or more"),
    ("prod", {"protection": {"protect": False}}, "protection.protect: got false; valid: true in production"),
    ("prod", {"cluster": {"groups": {"spot": {"capacity": "ON_DEMAND"}}}}, "cluster.groups: lacks a group of spot"),
    ("prod", {"cluster": {"service_cidr": "10.0.64.0/20"}}, "10.0.64.0/20 overlaps 10.0.0.0/16"),
    ("prod", {"cluster": {"service_cidr": "10.100.0.0/8"}}, "not an IPv4 range without host bits"),
    ("prod", {"cluster": {"service_cidr": "10.101.0.0/16"}}, "10.100.1.1 is not in the range of Services"),
    ("prod", service(USER, cluster_ip="10.100.1.2"), "10.100.1.2 is that of user-service"),
    ("prod", service(USER, cluster_ip="10.100.1"), "cluster_ip: got"),
    ("prod", service(USER, port=3002), "3002 is that of user-service"),
    ("prod", service(USER, port=None), "user-service.port: not given"),
    ("prod", service(USER, path="/users"), "user-service.path: got /users; valid: none"),
    ("prod", service("api-gateway", path=None), "api-gateway.path: got none; valid: a public path"),
    ("prod", service(USER, secrets=["postgres/nobody"]), "postgres/nobody is not there"),
    ("prod", service(USER, parameters=["user-service/size"]), "user-service/size is not there"),
    ("prod", {"services": {"catalogue": {"review-service": None}}}, "services.catalogue: lacks review-service"),
    ("prod", {"queues": {"queues": {"integrations": {"producers": []}}}}, "integrations takes no events"),
    (
        "prod",
        {"network": {"interface_endpoints": ["sqs", "events"]}},
        "lacks ssm, which auth-service calls without a way to the internet",
    ),
    ("prod", {"network": {"interface_endpoints": ["ssm"]}}, "lacks events, which enrollment-service calls"),
    ("prod", {"jenkins": {"trusted_role": ""}}, "jenkins.trusted_role: not given"),
    (
        "prod",
        {"jenkins": {"hosting": "host"}, "ingress": {"firewall": {"restricted_paths": {"/github-webhook": None}}}},
        "restricted_paths: lacks /github-webhook",
    ),
    ("prod", {"ingress": {"firewall": {"mode": "count"}}}, 'ingress.firewall.mode: got "count"'),
    (
        "prod",
        {"ingress": {"firewall": {"restricted_paths": {"/hooks": ["10.0.0.0/8"]}}}},
        "10.0.0.0/8: not a range of public addresses",
    ),
    ("prod", {"shield": {"advanced": True}}, "shield.approval: not given"),
    ("prod", {"dns": {"health_check": False}}, "dns.health_check: got false"),
    ("prod", {"dns": {"domain": None}}, "dns.domain: not given"),
    ("prod", {"account": REAL}, "dns.domain: got learninghub.example, which nobody owns"),
    ("staging", {"account": {"id": "123456789012"}}, "as in stack 'prod'"),
    ("prod", {"storage": {"buckets": {"media": None}}}, "storage.buckets: lacks media"),
    ("prod", {"broker": {"instance_type": "mq.t3.micro"}}, "broker.instance_type"),
    ("prod", {"cache": {"hit_percent": 100}}, "cache.hit_percent: got 100"),
    ("staging", {"storage": {"buckets": {"logs": None}}}, "storage.buckets: lacks logs"),
    ("staging", {"compose": {"instance_type": "t3.nano"}}, "compose.instance_type"),
    ("staging", {"compose": {"release": ""}}, "compose.release"),
]


def mistakes(stack, sections):
    with pytest.raises(SettingsError) as caught:
        settings_of("learning_hub", stack, {f"learninghub:{name}": value for name, value in sections.items()})
    return str(caught.value)


@pytest.mark.parametrize(("stack", "sections", "says"), BROKEN, ids=[says for _, _, says in BROKEN])
def test_what_breaks_a_rule_is_named_with_what_is_valid(stack, sections, says):
    assert says in mistakes(stack, sections)


def test_all_mistakes_come_at_once():
    said = mistakes(
        "prod", {"broker": {"deployment": "single"}, "database": {"multi_az": False}, "shield": {"advanced": True}}
    )
    assert "have 3 mistakes; nothing was changed" in said


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_stacks_as_they_are_break_none(stack):
    assert settings_of("learning_hub", stack).stack == stack


@settings(max_examples=15)
@given(st.integers(1, 255), st.integers(1, 255))
def test_an_address_passes_exactly_within_the_range_and_once(third, fourth):
    address = f"10.100.{third}.{fourth}"
    taken = {each.cluster_ip for each in settings_of("learning_hub", "prod").services.catalogue.values()} - {
        "10.100.1.1"
    }
    wanted = {"learninghub:services": {"catalogue": {USER: {"cluster_ip": address}}}}
    try:
        settings_of("learning_hub", "prod", wanted)
    except SettingsError:
        assert address in taken
    else:
        assert address not in taken
