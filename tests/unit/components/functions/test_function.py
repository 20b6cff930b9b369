"""Functions: a role of their own, encrypted logs, a dead letter; schedules that may start one function each."""

import json

import pytest

from components.core.iam import Statement
from components.functions import code as function_code
from components.functions.code import FunctionCodeError, archive
from components.functions.code_signing import CodeSigning, CodeSigningArgs
from components.functions.function import Function, FunctionArgs, Placement
from components.functions.schedule import Schedule, ScheduleArgs, calling, invoking
from components.functions.settings import Functions
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
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
def run(code, context):
    """Record a function with a schedule."""

    def make(**changes):
        defaults = {
            "context": context,
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
                    context=context,
                    target=invoking(function),
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
def test_function_has_what_every_function_must_have(run, context):
    recording = run()
    function = recording.one("lambda/function:Function")
    assert function["runtime"] == "python3.13"
    assert function["role"] == "arn:of:Role/smile-count"
    assert function["tracingConfig"] == {"mode": "Active"}
    assert function["deadLetterConfig"] == {"targetArn": context.topics["critical"]}
    assert function["kmsKeyArn"].endswith("key/functions")
    assert "reservedConcurrentExecutions" not in function  # a new account has none to reserve
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
    assert "AttachToVpc" not in allowed


def test_lambda_may_attach_a_function_to_the_vpc_and_its_code_may_not(run):
    recording = run(placement=Placement(subnet_ids=["subnet-1"], security_group_ids=["sg-1"]))
    assert recording.one("lambda/function:Function")["vpcConfig"] == {
        "subnetIds": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
    }
    allowed = statements(recording, "smile-count")
    assert "ec2:CreateNetworkInterface" in allowed["AttachToVpc"]["Action"]
    assert allowed["AttachToVpc"]["Resource"] == ["arn:aws:ec2:ap-southeast-3:123456789012:*/*"]
    denied = allowed["DenyNetworkInterfacesToCode"]
    assert set(denied["Action"]) == {*allowed["AttachToVpc"]["Action"], *allowed["FindNetworkInterfaces"]["Action"]}
    source = "arn:aws:lambda:ap-southeast-3:123456789012:function:smile-prod-count"
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": source}}


def test_schedule_may_invoke_its_function_and_nothing_else(run):
    recording = run()
    schedule = recording.one("scheduler/schedule:Schedule")
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == ("rate(6 hours)", "Asia/Jakarta")
    assert schedule["target"] == {
        "arn": "arn:of:Function/smile-count",
        "roleArn": "arn:of:Role/smile-count-schedule",
    }
    assert "kmsKeyArn" not in schedule  # there is no input to encrypt
    (statement,) = statements(recording, "smile-count-schedule").values()
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert statement["Resource"] == ["arn:aws:lambda:ap-southeast-3:123456789012:function:smile-prod-count"]
    trust = json.loads(recording.of("iam/role:Role")["smile-count-schedule"]["assumeRolePolicy"])["Statement"][0]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert trust["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:scheduler:ap-southeast-3:123456789012:schedule-group/default"
    }


def test_schedule_may_call_its_api_on_what_is_named_and_nothing_else(context):
    def program():
        instances = "arn:aws:ec2:ap-southeast-3:123456789012:instance/*"
        condition = {"StringEquals": {"aws:ResourceTag/Component": "bastion"}}
        target = calling("aws", "ec2:StopInstances", {"InstanceIds": ["i-1"]}, [instances], condition)
        args = {"expression": "rate(1 day)", "description": "Stops it", "component": "bastion"}
        Schedule("smile-stop", ScheduleArgs(context=context, target=target, **args))

    recording = record(program)
    target = recording.one("scheduler/schedule:Schedule")["target"]
    assert target["arn"] == "arn:aws:scheduler:::aws-sdk:ec2:stopInstances"
    assert json.loads(target["input"]) == {"InstanceIds": ["i-1"]}
    allowed = statements(recording, "smile-stop-schedule")
    assert set(allowed) == {"StopInstances", "DecryptInput"}
    statement = allowed["StopInstances"]
    assert statement["Action"] == ["ec2:StopInstances"]
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/Component": "bastion"}}


@pytest.mark.requirement("SMILE-LAMBDA-03")
def test_what_fails_is_tried_again_for_an_hour_at_most_and_then_reported(run, context):
    recording = run()
    retries = recording.one("lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
    assert (retries["maximumRetryAttempts"], retries["maximumEventAgeInSeconds"]) == (2, 3600)
    assert retries["functionName"] == "smile-prod-count"
    assert recording.one("lambda/function:Function")["deadLetterConfig"]["targetArn"] == context.topics["critical"]


def test_archive_holds_the_code_and_the_packages_and_nothing_else(code):
    names = set(archive(code.name, ["pymysql"]).assets)
    assert "handler.py" in names
    assert "pymysql/connections.py" in names
    assert all(name == "handler.py" or name.startswith("pymysql/") for name in names)
    assert all(name.endswith(".py") for name in names)


def test_code_that_is_not_there_is_refused_by_name(code):
    with pytest.raises(
        FunctionCodeError, match=r"functions/cuont/handler\.py does not exist: .+ in code; there are: count"
    ):
        archive("cuont")
    with pytest.raises(FunctionCodeError, match="package 'no_such_package' is not installed"):
        archive(code.name, ["no_such_package"])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("def handler(event, context): return 1\n", r"functions/count/handler\.py has no handle\(event, context\)"),
        ("class A:\n    def handle(self): return 1\n", "has no handle"),
        ("def handle(event, context)\n", r"functions/count/handler\.py is no Python: expected ':'"),
    ],
)
def test_a_handler_that_lambda_cannot_call_is_refused_by_name(code, text, wrong):
    (code / "handler.py").write_text(text)
    with pytest.raises(FunctionCodeError, match=wrong):
        archive(code.name)


@pytest.mark.parametrize("text", ["from rotation import handle\n", "handle = print\n", "from a import b as handle\n"])
def test_a_handler_may_come_from_elsewhere(code, text):
    (code / "handler.py").write_text(text)
    assert "handler.py" in archive(code.name).assets


@pytest.mark.requirement("SMILE-SECRETS-02")
@pytest.mark.parametrize("name", ["DB_PASSWORD", "API_KEY", "ACCESS_TOKEN", "CLIENT_SECRET"])
def test_a_variable_with_the_name_of_a_secret_is_refused(run, name):
    with pytest.raises(ValueError, match=f"{name} is the name of a secret: it belongs into Secrets Manager"):
        run(environment={name: "x"})


# Signed code

PROFILE = "arn:aws:signer:ap-southeast-3:123456789012:/signing-profiles/smile/a1B2c3D4e5"


@pytest.fixture
def signed(foundation_of, code):
    """A function whose code is signed."""

    def make(signing):
        def program():
            bucket = BucketArgs(
                context=foundation_of(),
                name="access-logs",
                purpose="access-logs",
                data_class="internal",
                key=None,
                lifecycle=Lifecycle(),
            )
            settings = Functions(signing=signing, signing_profile_version_arns=(PROFILE,))
            args = CodeSigningArgs(
                context=foundation_of(),
                settings=settings,
                bucket_name="smile5-code-prod-123456789012",
                access_logs=Bucket("access-logs", bucket),
            )
            context = foundation_of(code_signing=CodeSigning("smile", args).value)
            function = FunctionArgs(
                context=context,
                component="queues",
                data_class="internal",
                description="Counts jobs",
                code=code.name,
                statements=(),
            )
            return Function("smile-count", function).arn

        return record(program)

    return make


def test_lambda_is_given_the_archive_that_was_signed_and_trusts_nobody_else(signed):
    recording = signed("enforce")
    config = recording.one("lambda/codeSigningConfig:CodeSigningConfig")
    assert config["allowedPublishers"] == {"signingProfileVersionArns": [PROFILE]}
    assert config["policies"] == {"untrustedArtifactOnDeployment": "Enforce"}
    upload = recording.one("s3/bucketObjectv2:BucketObjectv2")
    job = recording.one("signer/signingJob:SigningJob")
    assert job["profileName"] == "smile"
    assert job["source"]["s3"] == {
        "bucket": "smile5-code-prod-123456789012",
        "key": "unsigned/smile-prod-count.zip",
        "version": "version:BucketObjectv2/smile-count-code",
    }
    assert upload["key"] == job["source"]["s3"]["key"]
    function = recording.one("lambda/function:Function")
    assert function["codeSigningConfigArn"] == "arn:of:CodeSigningConfig/smile-code"
    assert (function["s3Bucket"], function["s3Key"]) == ("signed-bucket", "signed:SigningJob/smile-count-code")
    assert "code" not in function


def test_code_of_others_is_logged_before_it_is_refused(signed):
    policies = signed("warn").one("lambda/codeSigningConfig:CodeSigningConfig")["policies"]
    assert policies == {"untrustedArtifactOnDeployment": "Warn"}


def test_unsigned_code_goes_to_lambda_directly(run):
    function = run().one("lambda/function:Function")
    assert not {"codeSigningConfigArn", "s3Bucket", "s3Key"} & set(function)


def test_a_function_that_fails_is_refused_or_nears_its_time_out_is_a_warning(run, context):
    alarms = run(timeout_seconds=100).of("cloudwatch/metricAlarm:MetricAlarm")
    assert set(alarms) == {"smile-count-failures", "smile-count-throttled", "smile-count-duration"}
    assert alarms["smile-count-duration"]["threshold"] == 90_000
    assert {tuple(alarm["alarmActions"]) for alarm in alarms.values()} == {(context.topics["warning"],)}
    for alarm in alarms.values():
        metrics = [alarm, *(query["metric"] for query in alarm.get("metricQueries", ()) if "metric" in query)]
        named = [metric["dimensions"] for metric in metrics if "dimensions" in metric]
        assert named
        assert all(each == {"FunctionName": "smile-prod-count"} for each in named)


def test_an_event_whose_dead_letter_is_lost_counts_as_a_failure(run):
    queries = run().of("cloudwatch/metricAlarm:MetricAlarm")["smile-count-failures"]["metricQueries"]
    names = {query["id"]: query["metric"]["metricName"] for query in queries if "metric" in query}
    (share,) = (query["expression"] for query in queries if query["returnData"])

    def percent(**metrics):
        values = {identity: metrics.get(name) for identity, name in names.items()}
        there = lambda given: sum(each for each in given if each is not None)  # noqa: E731 - CloudWatch's SUM
        return eval(share, {"SUM": there} | values)

    assert percent(Invocations=40, Errors=2) == 5
    assert percent(Invocations=19, Errors=0, DeadLetterErrors=1) == 5
