"""The application's functions: each with a role for what its settings name, fed by its queues and its schedule."""

import json
from fnmatch import fnmatchcase
from types import SimpleNamespace

import pytest

from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.functions.function import Placement
from components.functions.settings import ApplicationFunction
from components.functions.settings import Functions as Settings
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from components.streams.data_streams import DataStreams, DataStreamsArgs
from components.workloads.functions import Functions, FunctionsArgs
from layers.grants import statements, variables
from settings import load_from_files
from tests.recording import record

FUNCTION = "lambda/function:Function"
NAME = "smile-function-count"
PLACEMENT = Placement(subnet_ids=["subnet-1"], security_group_ids=["sg-1"])
COUNT = ApplicationFunction(
    code="snapshot_cache",
    runtime="python3.14",
    memory_mib=512,
    timeout_seconds=120,
    concurrency=4,
    batch_size=5,
    schedule="rate(1 day)",
    variables={"LIMIT": "7"},
    receives=("jobs",),
    reads=("documents",),
    secrets=("mysql/application",),
    parameters=("count/limit",),
)


@pytest.fixture(scope="module")
def made(foundation_of):
    context = foundation_of(reserve_concurrency=True)
    settings = load_from_files("prod")

    def program():
        login = DatabaseLogin(
            engine="mysql",
            users=settings.database.users,
            host="db",
            port=3306,
            master_arn="arn:aws:secretsmanager:x:123456789012:secret:m",
        )
        cache = RedisCacheArgs(
            context=context,
            cache=settings.cache,
            subnet_ids=["subnet-1"],
            security_group_id="sg-1",
        )
        data = SimpleNamespace(
            queues=MessageQueues("smile", MessageQueuesArgs(context=context, queues=settings.queues)),
            streams=DataStreams("smile", DataStreamsArgs(context=context, settings=settings.streams)),
            storage=ObjectStorage("smile", ObjectStorageArgs(context=context, settings=settings.storage)),
            secrets=Secrets(
                "smile",
                SecretsArgs(context=context, secrets=settings.secrets, placement=PLACEMENT, database=login),
            ),
            parameters=Parameters("smile", ParametersArgs(context=context, values={"count/limit": "5"})),
            cache=RedisCache("smile-cache", cache),
        )
        functions = Functions(
            "smile",
            FunctionsArgs(
                context=context,
                settings=Settings(application={"count": COUNT}),
                statements=statements(data, {"count": COUNT}, settings.metric_namespace),
                variables=variables(data, {"count": COUNT}, settings.metric_namespace),
                queue_arns=data.queues.arns,
                placement=PLACEMENT,
            ),
        )
        return functions.arns["count"]

    return record(program)


@pytest.mark.requirement("SMILE-LAMBDA-01")
def test_a_function_is_as_its_settings_say(made):
    function = made.of(FUNCTION)[NAME]
    assert function["name"] == "smile-prod-function-count"
    assert (function["runtime"], function["memorySize"], function["timeout"]) == ("python3.14", 512, 120)
    assert function["reservedConcurrentExecutions"] == 4
    assert function["environment"]["variables"]["LIMIT"] == "7"
    assert function["environment"]["variables"]["QUEUE_JOBS"] == "smile-prod-jobs"
    assert function["vpcConfig"] == {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}


@pytest.mark.requirement("SMILE-LAMBDA-01")
def test_its_queue_feeds_it_no_faster_than_it_may_run(made):
    feed = made.one("lambda/eventSourceMapping:EventSourceMapping")
    assert (feed["batchSize"], feed["scalingConfig"]) == (5, {"maximumConcurrency": 4})
    assert feed["functionResponseTypes"] == ["ReportBatchItemFailures"]


def test_its_schedule_invokes_it(made):
    schedule = made.of("scheduler/schedule:Schedule")[NAME]
    assert schedule["scheduleExpression"] == "rate(1 day)"
    assert schedule["target"]["arn"] == f"arn:of:Function/{NAME}"


def test_its_role_may_use_what_its_settings_name_and_nothing_else(made):
    policy = json.loads(made.of("iam/policy:Policy")[NAME]["policy"])["Statement"]
    allowed = {each["Sid"]: each["Resource"] for each in policy if each["Effect"] == "Allow"}
    assert allowed["ReceiveMessages"] == ["arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"]
    assert allowed["ReadObjects"] == ["arn:aws:s3:::smile5-documents-prod-123456789012/*"]
    assert not {"SendMessages", "WriteObjects", "ConnectToCache"} & set(allowed)
    assert any("secret:" in each and "application" in each for each in str(allowed).split(","))


@pytest.mark.requirement("SMILE-OBS-01")
def test_it_publishes_metrics_in_its_stacks_namespace_and_in_no_other(made):
    published = [
        each
        for each in made.permissions(NAME).values()
        if any(fnmatchcase("cloudwatch:PutMetricData", action) for action in each["Action"])
    ]
    assert [each["Condition"] for each in published] == [{"StringEquals": {"cloudwatch:namespace": "SMILE5/prod"}}]
    assert made.of(FUNCTION)[NAME]["environment"]["variables"]["METRICS_NAMESPACE"] == "SMILE5/prod"
