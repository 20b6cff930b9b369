"""The function: what starts it, how large it is, what it may do, which model it asks, and what becomes of failures."""

import json

import pytest

from tests.paths import ROOT

FUNCTION, RULE = "lambda/function:Function", "cloudwatch/eventRule:EventRule"
README = (ROOT / "platforms" / "pdfetl" / "README.md").read_text()
MODEL = "arn:aws:bedrock:ap-southeast-3::foundation-model/amazon.titan-embed-text-v2:0"


def statements(program, name):
    return json.loads(program.of("iam/policy:Policy")[name]["policy"])["Statement"]


def listed(value):
    return [value] if isinstance(value, str) else value


@pytest.mark.requirement("ETL-S3-02", "ETL-LAMBDA-02")
def test_an_upload_of_a_pdf_starts_processing_and_nothing_that_is_made_does(program):
    notification = program.of("s3/bucketNotification:BucketNotification")["pdfetl-uploads"]
    assert notification["eventbridge"] is True
    told = json.loads(program.of(RULE)["pdfetl-process"]["eventPattern"])
    assert told["detail-type"] == ["Object Created"]
    (bucket,) = told["detail"]["bucket"]["name"]
    assert bucket == program.of("s3/bucket:Bucket")["pdfetl-uploads"]["bucket"]
    assert told["detail"]["object"]["key"] == [{"suffix": {"equals-ignore-case": ".pdf"}}]
    written = program.permissions("pdfetl-process")["WriteObjects"]["Resource"]
    assert not any(bucket in arn for arn in listed(written))  # no loop


@pytest.mark.requirement("ETL-LAMBDA-02")
def test_only_events_of_this_account_get_into_the_queue(program):
    account = program.of("s3/bucket:Bucket")["pdfetl-uploads"]["bucket"].rsplit("-", 1)[1]
    policy = json.loads(program.of("sqs/queuePolicy:QueuePolicy")["pdfetl-documents"]["policy"])["Statement"]
    (sends,) = (each for each in policy if each["Sid"] == "EventsSends")
    assert sends["Condition"] == {"ArnLike": {"aws:SourceArn": f"arn:aws:events:ap-southeast-3:{account}:rule/*"}}
    mapping = program.one("lambda/eventSourceMapping:EventSourceMapping")
    assert mapping["eventSourceArn"] == "arn:of:Queue/pdfetl-documents"


@pytest.mark.requirement("ETL-LAMBDA-01", "ETL-LAMBDA-05")
def test_the_function_has_time_memory_and_disk_and_a_limit(program):
    function = program.one(FUNCTION)
    assert (function["runtime"], function["timeout"], function["memorySize"]) == ("python3.13", 900, 3008)
    assert function["ephemeralStorage"] == {"size": 2048}
    most = function["reservedConcurrentExecutions"]
    assert most >= 2
    mapping = program.one("lambda/eventSourceMapping:EventSourceMapping")
    assert mapping["scalingConfig"] == {"maximumConcurrency": most}


@pytest.mark.requirement("ETL-LAMBDA-01")
def test_the_functions_archive_has_all_that_it_imports():
    from components.functions.code import archive

    names = set(archive("pdf_process", ("pdf_pipeline", "pypdf")).assets)
    assert {"handler.py", "pdf_pipeline/documents.py", "pdf_pipeline/jobs.py", "pypdf/__init__.py"} <= names


@pytest.mark.requirement("ETL-LAMBDA-03")
def test_logs_are_kept_for_30_days_and_failures_go_to_dead_letters_that_somebody_hears_of(program):
    logs = program.of("cloudwatch/logGroup:LogGroup")["pdfetl-process"]
    assert logs["retentionInDays"] == 30
    queue = program.of("sqs/queue:Queue")["pdfetl-documents"]
    redrive = json.loads(queue["redrivePolicy"])
    assert redrive["deadLetterTargetArn"].endswith("-documents-dead")
    assert redrive["maxReceiveCount"] == 5
    assert queue["visibilityTimeoutSeconds"] >= 6 * program.one(FUNCTION)["timeout"]
    assert program.one(FUNCTION)["deadLetterConfig"]["targetArn"]
    alarms = program.of("cloudwatch/metricAlarm:MetricAlarm")
    assert {"pdfetl-documents-dead-dead-letters", "pdfetl-process-lost"} <= set(alarms)


@pytest.mark.requirement("ETL-AI-01")
def test_the_function_may_ask_the_one_model_in_jakarta(program):
    asked = program.permissions("pdfetl-process")["AskModels"]
    assert (listed(asked["Action"]), listed(asked["Resource"])) == (["bedrock:InvokeModel"], [MODEL])
    variables = program.one(FUNCTION)["environment"]["variables"]
    assert (variables["MODEL"], variables["MODEL_REGION"]) == ("amazon.titan-embed-text-v2:0", "ap-southeast-3")
    assert variables["EMBEDDING_USD"] == "0.0001"


@pytest.mark.requirement("ETL-AI-02")
def test_inference_is_off_and_one_setting(program_of):
    assert program_of("pdfetl", "dev").permissions("pdfetl-process")["AskModels"]["Resource"] == [MODEL]
    changes = {"pdfetl:embedding": {"inference_models": ["amazon.nova-lite-v1:0"]}}
    asked = program_of("pdfetl", "dev", changes).permissions("pdfetl-process")["AskModels"]["Resource"]
    assert asked == [MODEL, "arn:aws:bedrock:ap-southeast-3::foundation-model/amazon.nova-lite-v1:0"]


@pytest.mark.requirement("ETL-OPS-04")
def test_nobody_may_do_more_than_their_work(program):
    for name in ("pdfetl-upload-client", "pdfetl-job-tracker", "pdfetl-process"):
        for each in statements(program, name):
            assert all("*" not in action for action in listed(each["Action"]))
            assert "*" not in listed(each["Resource"]) or each["Sid"] == "WriteTraces"
    services = {
        name: {action.split(":")[0] for each in statements(program, name) for action in listed(each["Action"])}
        for name in ("pdfetl-upload-client", "pdfetl-job-tracker")
    }
    assert services == {"pdfetl-upload-client": {"s3", "kms"}, "pdfetl-job-tracker": {"dynamodb", "kms"}}


def test_the_boundary_lets_the_function_do_its_work(program):
    """What its policy allows, and the boundary doesn't, is denied."""
    boundary = statements(program, "pdfetl")
    patterns = [action for each in boundary if each["Effect"] == "Allow" for action in listed(each["Action"])]
    for each in statements(program, "pdfetl-process"):
        for action in listed(each["Action"]):
            assert any(action == one or one == f"{action.split(':')[0]}:*" for one in patterns), action
