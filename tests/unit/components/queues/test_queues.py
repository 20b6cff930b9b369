"""Message queues: what each is, where its failures go, who may use it and who hears of trouble."""

import json

import pytest

from components.core.declared import UndeclaredError
from components.core.iam import document
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.queues.settings import Queue, Queues
from settings import load_from_files
from tests.recording import record

QUEUE, POLICY, ALARM = "sqs/queue:Queue", "sqs/queuePolicy:QueuePolicy", "cloudwatch/metricAlarm:MetricAlarm"
ALLOW = "sqs/redriveAllowPolicy:RedriveAllowPolicy"
ARN = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-"
NAMES = {"smile-jobs", "smile-jobs-dead", "smile-stock-movements.fifo", "smile-stock-movements-dead.fifo"}


QUEUES = load_from_files("prod").queues.queues
SMILES = {name: QUEUES[name] for name in ("jobs", "stock-movements.fifo")}


@pytest.fixture(scope="session")
def queues_of(context):
    """Record queues; the documented ones where nothing else is said."""

    def make(queues=SMILES, **settings):

        def program():
            made = MessageQueues("smile", MessageQueuesArgs(context=context, queues=Queues(queues=queues, **settings)))
            return {"urls": made.urls, "arns": made.arns, "dead": made.dead_letter_arns}

        return record(program)

    return make


@pytest.fixture(scope="session")
def queues(queues_of):
    return queues_of()


def statements(policy):
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


@pytest.mark.requirement("SMILE-SQS-01")
def test_a_standard_queue_is_there(queues):
    jobs = queues.of(QUEUE)["smile-jobs"]
    assert jobs["name"] == "smile-prod-jobs"
    assert not {"fifoQueue", "deduplicationScope", "fifoThroughputLimit"} & set(jobs)


@pytest.mark.requirement("SMILE-SQS-02")
def test_a_fifo_queue_is_there_whose_groups_do_not_slow_each_other(queues):
    movements = queues.of(QUEUE)["smile-stock-movements.fifo"]
    assert (movements["name"], movements["fifoQueue"]) == ("smile-prod-stock-movements.fifo", True)
    assert movements["deduplicationScope"] == "messageGroup"
    assert movements["fifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.requirement("SMILE-SQS-03")
@pytest.mark.parametrize(
    ("name", "dead"), [("jobs", "jobs-dead"), ("stock-movements.fifo", "stock-movements-dead.fifo")]
)
def test_each_queue_gives_up_to_a_queue_of_its_own_and_of_its_kind(queues, name, dead):
    made = queues.of(QUEUE)
    redrive = json.loads(made[f"smile-{name}"]["redrivePolicy"])
    assert redrive == {"deadLetterTargetArn": f"{ARN}{dead}", "maxReceiveCount": 5}
    assert made[f"smile-{dead}"]["name"] == f"smile-prod-{dead}"
    assert made[f"smile-{dead}"].get("fifoQueue") == made[f"smile-{name}"].get("fifoQueue")
    assert "redrivePolicy" not in made[f"smile-{dead}"]
    allowed = json.loads(queues.of(ALLOW)[f"smile-{dead}"]["redriveAllowPolicy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [f"{ARN}{name}"]}


@pytest.mark.requirement("SMILE-SQS-04")
@pytest.mark.requirement("SMILE-SQS-06")
def test_every_queue_keeps_messages_14_days_and_polls_long(queues):
    assert set(queues.of(QUEUE)) == NAMES
    for queue in queues.of(QUEUE).values():
        assert queue["messageRetentionSeconds"] == 1_209_600
        assert queue["receiveWaitTimeSeconds"] == 20
        assert queue["visibilityTimeoutSeconds"] == 300


@pytest.mark.requirement("SMILE-SQS-06")
def test_visibility_is_set_for_each_queue(queues_of):
    made = queues_of({"slow": Queue(visibility_seconds=3600), "quick": Queue(visibility_seconds=30)}).of(QUEUE)
    assert made["smile-slow"]["visibilityTimeoutSeconds"] == 3600
    assert made["smile-quick"]["visibilityTimeoutSeconds"] == 30


@pytest.mark.requirement("SMILE-SQS-05")
def test_every_queue_is_encrypted_and_refuses_plain_transport_and_strangers(queues, context):
    assert set(queues.of(POLICY)) == NAMES
    for name, policy in queues.of(POLICY).items():
        queue = queues.of(QUEUE)[name]
        assert queue["kmsMasterKeyId"] == context.keys["queues"]
        said = statements(policy["policy"])
        assert set(said) == {"DenyPlainTransport", "DenyOtherAccounts"}
        for statement in said.values():
            assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", ["sqs:*"])
            assert statement["Resource"] == [f"{ARN}{name.removeprefix('smile-')}"]
        assert said["DenyPlainTransport"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert said["DenyOtherAccounts"]["Condition"] == {
            "StringNotEquals": {"aws:PrincipalAccount": "123456789012"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }


@pytest.mark.requirement("SMILE-SQS-05")
@pytest.mark.parametrize(
    ("producer", "condition"),
    [
        ("events", {"ArnLike": {"aws:SourceArn": "arn:aws:events:ap-southeast-3:123456789012:rule/*"}}),
        ("sns", {"ArnLike": {"aws:SourceArn": "arn:aws:sns:ap-southeast-3:123456789012:*"}}),
        ("s3", {"StringEquals": {"aws:SourceAccount": "123456789012"}}),
    ],
)
def test_a_service_sends_to_the_queue_that_names_it_for_this_account_only(queues_of, producer, condition):
    policies = queues_of({"inbox": Queue(producers=(producer,)), "other": Queue()}).of(POLICY)
    allowed = statements(policies["smile-inbox"]["policy"])[f"{producer.capitalize()}Sends"]
    assert allowed["Principal"] == {"Service": f"{producer}.amazonaws.com"}
    assert allowed["Action"] == ["sqs:SendMessage"]
    assert allowed["Condition"] == condition
    for name in ("smile-other", "smile-inbox-dead"):
        assert "Allow" not in policies[name]["policy"]


@pytest.mark.requirement("SMILE-SQS-07")
def test_every_queue_has_alarms_for_dead_letters_age_and_depth(queues, context):
    alarms = {
        (alarm["dimensions"]["QueueName"], alarm["metricName"], alarm["threshold"], *alarm["alarmActions"])
        for alarm in queues.of(ALARM).values()
    }
    visible, age = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
    critical, warning = (context.topics[severity] for severity in ("critical", "warning"))
    assert alarms == {
        ("smile-prod-jobs-dead", visible, 0, critical),
        ("smile-prod-jobs", age, 900, warning),
        ("smile-prod-jobs", visible, 1000, warning),
        ("smile-prod-stock-movements-dead.fifo", visible, 0, critical),
        ("smile-prod-stock-movements.fifo", age, 900, warning),
        ("smile-prod-stock-movements.fifo", visible, 1000, warning),
    }
    for alarm in queues.of(ALARM).values():
        assert alarm["comparisonOperator"] == "GreaterThanThreshold"
        assert (alarm["period"], alarm["evaluationPeriods"], alarm["statistic"]) == (60, 1, "Maximum")
        assert alarm["treatMissingData"] == "ignore"  # a queue that nobody touches tells nothing


@pytest.mark.requirement("SMILE-SQS-07")
def test_only_dev_has_no_alarms(queues_of):
    assert {stack: load_from_files(stack).queues.alarms for stack in ("dev", "staging", "prod")} == {
        "dev": False,
        "staging": True,
        "prod": True,
    }
    assert queues_of(alarms=False).of(ALARM) == {}


def test_queues_are_kept_from_deletion_and_their_policies_are_not(queues):
    assert {each.name for each in queues.resources if each.protect} == NAMES


def test_addresses_are_known_by_name(queues):
    assert set(queues.result["urls"]) == {"jobs", "stock-movements.fifo"}
    assert queues.result["arns"]["jobs"] == "arn:of:Queue/smile-jobs"
    assert queues.result["dead"]["jobs"] == "arn:of:Queue/smile-jobs-dead"


@pytest.mark.parametrize(
    ("what", "action", "key_actions"),
    [
        ("send", "sqs:SendMessage", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("receive", "sqs:DeleteMessage", ["kms:Decrypt"]),
    ],
)
def test_a_workload_may_use_its_own_queues_and_no_other(context, what, action, key_actions):
    def program():
        made = MessageQueues("smile", MessageQueuesArgs(context=context, queues=Queues(queues=SMILES)))
        statements_for = getattr(made, f"grant_{what}")
        with pytest.raises(
            UndeclaredError, match=r"no queue 'letters' is declared; declared: jobs, stock-movements\.fifo"
        ):
            statements_for("jobs", "letters")
        return document(*statements_for("jobs"))

    on_queue, on_key = json.loads(record(program).result)["Statement"]
    assert action in on_queue["Action"]
    assert on_queue["Resource"] == [f"{ARN}jobs"]
    assert (on_key["Action"], on_key["Resource"]) == (key_actions, [context.keys["queues"]])
    assert on_key["Condition"] == {"StringEquals": {"kms:ViaService": "sqs.ap-southeast-3.amazonaws.com"}}
