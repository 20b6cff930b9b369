"""Notifications: who gets what, who may send, what text messages may cost."""

import json

import pytest

from components.core.settings.problems import SettingsError
from components.notifications.notification_topic import NotificationTopic, NotificationTopicArgs
from components.notifications.settings import Notifications
from tests.recording import record

PHONE, TOPIC = "+12065550100", "arn:aws:sns:ap-southeast-3:123456789012:smile-prod-notifications"
SUBSCRIPTION = "sns/topicSubscription:TopicSubscription"


@pytest.fixture(scope="module")
def topic_of(context):
    """Record a topic."""

    def make(**settings):
        def program():
            topic = NotificationTopic(
                "smile-notifications", NotificationTopicArgs(context=context, settings=Notifications(**settings))
            )
            return {"grants": [each.as_dict() for each in topic.grant_publish()], "logs": list(topic.log_group_names)}

        return record(program)

    return make


def test_a_topic_is_encrypted_and_this_accounts_alone(topic_of):
    made = topic_of(emails=["team@example.org", "team@example.org"])
    assert made.one("sns/topic:Topic")["kmsMasterKeyId"].rpartition("/")[2] == "queues"
    statements = {
        each["Sid"]: each for each in json.loads(made.one("sns/topicPolicy:TopicPolicy")["policy"])["Statement"]
    }
    assert set(statements) == {"AccountPublishes", "DenyPlainTransport"}
    assert statements["AccountPublishes"]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert [(each["protocol"], each["endpoint"]) for each in made.of(SUBSCRIPTION).values()] == [
        ("email", "team@example.org")
    ]


def test_without_text_messages_the_accounts_preferences_are_left_alone(topic_of):
    made = topic_of(emails=["team@example.org"])
    assert not made.of("sns/smsPreferences:SmsPreferences")
    assert made.result["logs"] == []


def test_phones_get_notices_and_critical_alarms_and_their_delivery_is_logged(topic_of):
    made = topic_of(phones=[PHONE], monthly_usd=5, sender="Smile")
    assert {(each["topic"].rpartition("-")[2], each["protocol"]) for each in made.of(SUBSCRIPTION).values()} == {
        ("notifications", "sms"),
        ("critical", "sms"),
    }
    preferences = made.one("sns/smsPreferences:SmsPreferences")
    assert (preferences["monthlySpendLimit"], preferences["defaultSenderId"]) == (5, "Smile")
    groups = made.of("cloudwatch/logGroup:LogGroup")
    assert {each["name"] for each in groups.values()} == set(made.result["logs"])
    assert all(each["kmsKeyId"] for each in groups.values())
    written = made.permissions("smile-notifications-messages")["WriteLogs"]["Resource"]
    assert written == [f"arn:aws:logs:ap-southeast-3:123456789012:log-group:{name}:*" for name in made.result["logs"]]


def test_a_role_publishes_to_the_topic_and_sends_to_numbers_only_where_programs_may(topic_of):
    closed = {each["Sid"]: each for each in topic_of(phones=[PHONE]).result["grants"]}
    assert set(closed) == {"Publish", "PublishWithKey"}
    assert closed["Publish"]["Resource"] == [TOPIC]
    opened = {each["Sid"]: each for each in topic_of(messages=True).result["grants"]}
    assert opened["SendMessages"]["Resource"] == ["*"]
    assert (opened["RaiseNoAlarms"]["Effect"], opened["RaiseNoAlarms"]["Resource"]) == (
        "Deny",
        ["arn:aws:sns:ap-southeast-3:123456789012:smile-prod-alarms-*"],
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"phones": ["081234567890"]}, "E.164"),
        ({"sender": "1234"}, "one a letter"),
        ({"sender": "TwelveLetter"}, "up to 11"),
        ({"monthly_usd": 0}, "1 to 10000"),
        ({"emails": ["nobody"]}, "e-mail addresses"),
    ],
)
def test_settings_say_what_is_wrong_with_them(changes, says):
    with pytest.raises(SettingsError) as caught:
        Notifications(**changes)
    assert says in str(caught.value)
