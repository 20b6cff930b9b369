"""A pipeline: what is uploaded gets to the function through a queue, each message as often as the queue says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.functions.function import FunctionArgs
from components.pipeline.upload_pipeline import UploadPipeline, UploadPipelineArgs, pattern
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.queues.settings import Queue, Queues
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from tests.recording import record

ARN = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-documents"


@pytest.fixture(scope="session")
def recorded(context):
    def make(queue=None, **function):
        about = {"timeout_seconds": 60, "concurrency": 5, "memory_mib": 3008, "ephemeral_mib": 2048, **function}

        def program():
            queues = {"documents": queue or Queue(producers=("events",), visibility_seconds=360)}
            bucket = BucketArgs(
                context=context,
                name="uploads-prod",
                purpose="uploads",
                data_class="personal",
                key="objects",
                lifecycle=Lifecycle(),
            )
            args = UploadPipelineArgs(
                context=context,
                bucket=Bucket("smile-uploads", bucket),
                suffix=".pdf",
                queues=MessageQueues("smile", MessageQueuesArgs(context=context, queues=Queues(queues=queues))),
                queue="documents",
                function=FunctionArgs(
                    context=context,
                    component="pipeline",
                    data_class="personal",
                    description="Works on uploads",
                    code="snapshot_cache",
                    statements=[],
                    **about,
                ),
            )
            return {"function": UploadPipeline("smile-pipeline", args).function.name}

        return record(program)

    return make


@pytest.fixture(scope="session")
def pipeline(recorded):
    return recorded()


def test_new_objects_of_that_name_alone_go_to_the_queue(pipeline):
    rule = pipeline.of("cloudwatch/eventRule:EventRule")["smile-pipeline"]
    assert json.loads(rule["eventPattern"]) == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["uploads-prod"]},
            "object": {"key": [{"suffix": {"equals-ignore-case": ".pdf"}}]},
        },
    }
    target = pipeline.of("cloudwatch/eventTarget:EventTarget")["smile-pipeline"]
    assert target["arn"] == "arn:of:Queue/smile-documents"


def test_the_function_is_given_messages_and_names_those_that_come_again(pipeline):
    mapping = pipeline.one("lambda/eventSourceMapping:EventSourceMapping")
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["scalingConfig"] == {"maximumConcurrency": 5}
    function = pipeline.one("lambda/function:Function")
    assert function["ephemeralStorage"] == {"size": 2048}


def test_its_role_receives_from_the_queue_besides_what_it_is_given(pipeline):
    allowed = pipeline.permissions("smile-pipeline")
    assert allowed["ReceiveMessages"]["Resource"] == [ARN]
    assert not any(action.startswith("s3:") for each in allowed.values() for action in each["Action"])


def test_events_that_are_lost_on_the_way_raise_an_alarm(pipeline):
    alarm = pipeline.of("cloudwatch/metricAlarm:MetricAlarm")["smile-pipeline-lost"]
    assert (alarm["metricName"], alarm["dimensions"]) == ("FailedInvocations", {"RuleName": "smile-prod-pipeline"})


@pytest.mark.parametrize(
    ("queue", "function", "says"),
    [
        (Queue(visibility_seconds=360), {}, "takes no events"),
        (Queue(producers=("events",), visibility_seconds=359), {}, "got 359, not 360"),
        (None, {"concurrency": 1}, "concurrency: got 1; valid: 2 or more"),
    ],
)
def test_what_would_lose_or_repeat_messages_is_refused(recorded, queue, function, says):
    with pytest.raises(ValueError, match=says):
        recorded(queue, **function)


@given(st.from_regex(r"\A[a-z0-9-]{3,20}\Z"), st.from_regex(r"\A\.[a-z]{1,5}\Z"))
def test_a_pattern_is_json_of_one_bucket(bucket, suffix):
    found = json.loads(json.dumps(pattern(bucket, suffix)))
    assert found["detail"]["bucket"]["name"] == [bucket]
    assert found["detail"]["object"]["key"] == [{"suffix": {"equals-ignore-case": suffix}}]
