"""What every component stands on, made by one call."""

import pulumi
import pytest

from components.core.declared import UndeclaredError
from components.stack.settings import ProgramSettings
from components.stack.stack import configured_region, stack_of
from tests.recording import record

ACME = ProgramSettings(
    stack="dev",
    account={"id": "123456789012"},
    tags={"owner": "shipping", "extra": {"CostCentre": "7"}},
    protection={"protect": False},
    observability={"log_retention_days": 60, "recipients": {"warning": ["team@example.org"]}},
)


def made(**more):
    def program():
        stack = stack_of("acme", ACME, region="eu-west-1", **more)
        return {"keys": set(stack.context.keys), "context": stack.context}

    return record(program)


def test_the_provider_is_for_one_account_and_tags_everything():
    (provider,) = (each.inputs for each in made().resources if each.type == "pulumi:providers:aws")
    assert (provider["region"], provider["allowedAccountIds"]) == ("eu-west-1", '["123456789012"]')
    for tag in ('"Project": "acme"', '"Environment": "dev"', '"Owner": "shipping"', '"CostCentre": "7"'):
        assert tag in provider["defaultTags"]


def test_keys_are_those_that_were_asked_for():
    recording = made(keys=("logs", "queues"))
    assert recording.result["keys"] == {"logs", "queues"}
    assert len(recording.of("kms/key:Key")) == 2
    assert len(made().of("kms/key:Key")) > 5


def test_a_key_of_no_class_is_refused_with_those_that_there_are():
    said = r"no class of data 'secret' is declared for keys= of stack_of, did you mean secrets\?; declared: database, "
    with pytest.raises(UndeclaredError, match=said):
        made(keys=("queues", "secret"))


def test_a_key_that_a_component_needs_is_asked_for_where_it_is_declared():
    said = "no encryption key 'queues' is declared in keys= of stack_of; declared: logs"
    with pytest.raises(UndeclaredError, match=said):  # of the alarms' topics
        made(keys=("logs",))
    keys = made(keys=("logs", "queues")).result["context"].keys
    with pytest.raises(UndeclaredError, match="no encryption key 'database' is declared in keys= of stack_of"):
        keys["database"]


def test_the_context_says_what_the_settings_say():
    recording = made()
    context = recording.result["context"]
    assert (context.log_retention_days, context.time_zone, context.protection.protect) == (60, "UTC", False)
    assert set(context.topics) == {"critical", "warning"}
    assert recording.one("sns/topicSubscription:TopicSubscription")["endpoint"] == "team@example.org"
    assert recording.one("iam/policy:Policy")["name"] == "acme-dev-boundary"


def test_another_region_is_refused_with_those_that_there_are(monkeypatch):
    monkeypatch.setattr(pulumi.Config, "require", lambda *_: "eu-west-9")
    with pytest.raises(pulumi.RunError, match=r"aws:region: got eu-west-9; valid: af-south-1, "):
        configured_region()
