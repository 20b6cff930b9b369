"""RabbitMQ: who reaches it, who logs in, where failed messages end, and what rings."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.broker.broker import Broker, BrokerArgs, host_of
from components.broker.definitions import DEAD, EVENTS, dead_letter_queue, definitions
from components.broker.settings import Broker as Settings
from components.broker.settings import Queue
from tests.recording import Recording, record

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
QUEUES = {"mailer.orders": Queue(events=("order.paid",), waiting_alarm=50)}


class Answering(Recording):
    def new_resource(self, args):
        identity, state = super().new_resource(args)
        return identity, {"instances": [{"consoleUrl": "https://b-1.mq.ap-southeast-3.on.aws"}]} | state


@pytest.fixture(scope="session")
def broker_of(context):
    def make(**settings):
        def program():
            made = Broker(
                "smile-broker",
                BrokerArgs(
                    context=context,
                    settings=Settings(queues=QUEUES, **settings),
                    subnet_ids=["subnet-a", "subnet-b", "subnet-c"],
                    security_group_id="sg-broker",
                ),
            )
            return {"host": made.host, "login": [each.as_dict() for each in made.grant_login()]}

        return record(program, Answering())

    return make


@pytest.fixture(scope="session")
def broker(broker_of):
    return broker_of()


def test_a_cluster_has_a_node_in_each_zone_and_no_public_address(broker):
    made = broker.one("mq/broker:Broker")
    assert (made["brokerName"], made["deploymentMode"]) == ("smile-prod-broker", "CLUSTER_MULTI_AZ")
    assert made["subnetIds"] == ["subnet-a", "subnet-b", "subnet-c"]
    assert made["publiclyAccessible"] is False


def test_a_single_node_is_in_one_zone(broker_of):
    made = broker_of(deployment="single").one("mq/broker:Broker")
    assert (made["deploymentMode"], made["subnetIds"]) == ("SINGLE_INSTANCE", ["subnet-a"])


def test_the_password_is_drawn_and_services_get_the_same_in_their_secret(broker):
    (user,) = plain(broker.one("mq/broker:Broker")["users"])
    assert user["username"] == "platform"
    (drawn,) = (each.inputs for each in broker.resources if each.type == "random:index/randomPassword:RandomPassword")
    assert (drawn["length"], drawn["special"]) == (40, False)
    login = json.loads(plain(broker.one("secretsmanager/secretVersion:SecretVersion")["secretString"]))
    assert login["password"] == user["password"] == "drawn:RandomPassword/smile-broker"
    assert (login["host"], login["port"]) == ("b-1.mq.ap-southeast-3.on.aws", 5671)


def plain(secret):
    """The value of what the program marks as a secret; what isn't marked fails here."""
    return secret["value"]


def test_services_find_host_and_login_in_one_secret(broker):
    assert broker.result["host"] == "b-1.mq.ap-southeast-3.on.aws"
    read, decrypt = broker.result["login"]
    assert read["Resource"] == [
        "arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:smile-prod/rabbitmq/application-??????"
    ]
    assert decrypt["Action"] == ["kms:Decrypt"]


def test_dead_letters_call_somebody_and_waiting_messages_warn(broker):
    alarms = broker.of(ALARM)
    dead = alarms["smile-broker-mailer-orders-dead-letters"]
    assert dead["dimensions"]["Queue"] == "mailer.orders.dead"
    assert (dead["metricName"], dead["threshold"]) == ("MessageCount", 0)
    assert alarms["smile-broker-mailer-orders-depth"]["threshold"] == 50
    assert alarms["smile-broker-disk"]["comparisonOperator"] == "LessThanThreshold"


def test_alarms_are_off_by_setting(broker_of):
    assert not broker_of(alarms=False).of(ALARM)


names = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z0-9]{1,8})?", fullmatch=True)
queues = st.dictionaries(
    names,
    st.lists(names, min_size=1, max_size=3, unique=True).map(lambda events: Queue(events=tuple(events))),
    max_size=5,
)


@given(queues)
def test_each_queue_gets_its_events_and_its_dead_letters_have_a_queue(made):
    document = definitions(made)
    declared = {each["name"]: each for each in document["queues"]}
    bound = {(each["source"], each["routing_key"], each["destination"]) for each in document["bindings"]}
    for name, queue in made.items():
        assert all((EVENTS, event, name) in bound for event in queue.events)
        assert (DEAD, name, dead_letter_queue(name)) in bound
        assert declared[name]["arguments"]["x-dead-letter-routing-key"] == name
        assert {name, dead_letter_queue(name)} <= set(declared)
    assert {each["name"] for each in document["exchanges"]} == {EVENTS, DEAD}


@pytest.mark.parametrize(
    "wrong", [{"instance_type": "mq.t3.micro"}, {"version": "3.8"}, {"queues": {"A B": {"events": ["x"]}}}]
)
def test_what_amazon_mq_has_not_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_a_host_is_what_stands_in_an_address():
    assert host_of("https://b-1.mq.ap-southeast-3.on.aws:443/api") == "b-1.mq.ap-southeast-3.on.aws"
