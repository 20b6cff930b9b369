"""Functions: a role of their own, encrypted logs, a dead letter; schedules that may start one function each."""

import json

import pytest

from components import function_code
from components.function import Function, FunctionArgs, Placement
from components.function_code import FunctionCodeError, archive
from components.iam import Statement
from components.schedule import Schedule, ScheduleArgs
from tests.recording import record

QUEUE = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A folder of functions with one in it."""
    folder = tmp_path / "functions" / "count"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text("def handle(event, context): return 1\n")
    (folder / "notes.txt").write_text("not code")
    monkeypatch.setattr(function_code, "FUNCTIONS", folder.parent)
    return folder


@pytest.fixture
def run(code, foundation):
    """Record a function with a schedule."""

    def make(**changes):
        defaults = {
            "foundation": foundation,
            "component": "queues",
            "data_class": "internal",
            "description": "Counts jobs",
            "code": code.name,
            "statements": [Statement(sid="Count", actions=["sqs:GetQueueAttributes"], resources=[QUEUE])],
        }

        def program():
            function = Function("smile-count", FunctionArgs(**(defaults | changes)))
            Schedule(
                "smile-count",
                ScheduleArgs(
                    foundation=foundation,
                    function=function,
                    expression="rate(6 hours)",
                    description="Counts jobs every six hours",
                    component="queues",
                ),
            )
            return function.arn

        return record(program)

    return make


def statements(recording, name):
    policy = json.loads(recording.of("iam/policy:Policy")[name]["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


@pytest.mark.requirement("SMILE-LAMBDA-03")
def test_function_has_what_every_function_must_have(run, foundation):
    recording = run()
    function = recording.one("lambda/function:Function")
    assert function["runtime"] == "python3.13"
    assert function["role"] == "arn:of:Role/smile-count"
    assert function["tracingConfig"] == {"mode": "Active"}
    assert function["deadLetterConfig"] == {"targetArn": foundation.topics["critical"]}
    assert function["kmsKeyArn"].endswith("key/functions")
    assert function["reservedConcurrentExecutions"] == 1
    assert "vpcConfig" not in function
    logs = recording.one("cloudwatch/logGroup:LogGroup")
    assert logs["name"] == "/aws/lambda/smile-prod-count" == function["loggingConfig"]["logGroup"]
    assert (logs["retentionInDays"], logs["kmsKeyId"].rpartition("/")[2]) == (30, "logs")


def test_function_writes_to_its_own_log_group_and_does_what_it_was_given(run):
    allowed = statements(run(), "smile-count")
    assert allowed["WriteLogs"]["Resource"] == [
        "arn:aws:logs:ap-southeast-3:123456789012:log-group:/aws/lambda/smile-prod-count:*"
    ]
    assert allowed["Count"] == {
        "Sid": "Count",
        "Effect": "Allow",
        "Action": ["sqs:GetQueueAttributes"],
        "Resource": [QUEUE],
    }
    assert "UseNetworkInterfaces" not in allowed


def test_function_in_the_vpc_may_use_network_interfaces(run):
    recording = run(placement=Placement(subnet_ids=["subnet-1"], security_group_ids=["sg-1"]))
    assert recording.one("lambda/function:Function")["vpcConfig"] == {
        "subnetIds": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
    }
    assert "ec2:CreateNetworkInterface" in statements(recording, "smile-count")["UseNetworkInterfaces"]["Action"]


def test_schedule_may_invoke_its_function_and_nothing_else(run):
    recording = run()
    schedule = recording.one("scheduler/schedule:Schedule")
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == ("rate(6 hours)", "Asia/Jakarta")
    assert schedule["target"] == {
        "arn": "arn:of:Function/smile-count",
        "roleArn": "arn:of:Role/smile-count-schedule",
    }
    (statement,) = statements(recording, "smile-count-schedule").values()
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert statement["Resource"] == ["arn:aws:lambda:ap-southeast-3:123456789012:function:smile-prod-count"]
    trust = json.loads(recording.of("iam/role:Role")["smile-count-schedule"]["assumeRolePolicy"])["Statement"][0]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert trust["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:scheduler:ap-southeast-3:123456789012:schedule-group/default"
    }


def test_archive_holds_the_code_and_the_packages_and_nothing_else(code):
    names = set(archive(code.name, ["pymysql"]).assets)
    assert "handler.py" in names
    assert "pymysql/connections.py" in names
    assert all(name == "handler.py" or name.startswith("pymysql/") for name in names)
    assert all(name.endswith(".py") for name in names)


def test_code_that_is_not_there_is_refused_by_name(code):
    with pytest.raises(FunctionCodeError, match=r"functions/cuont/handler\.py does not exist; there are: count"):
        archive("cuont")
    with pytest.raises(FunctionCodeError, match="package 'no_such_package' is not installed"):
        archive(code.name, ["no_such_package"])
