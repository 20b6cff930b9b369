"""Documents that are too large or too long for the function: who decides, the task, what it costs, what it leaves."""

import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import boto3
import pytest

pytest.importorskip("pypdf", reason="pip install --group functions")


from pdf_pipeline import documents, pipeline
from pdf_process import handler, task
from tests.functions import large_pdf
from tests.functions.pdf_cloud import (
    ENVIRONMENT,
    REGION,
    TABLE,
    encrypted,
    keys,
    pdf,
    run,
    stored,
    the_job,
    uploaded,
    waiting,
)
from tests.paths import ROOT

ETL_05 = pytest.mark.requirement("ETL-LAMBDA-05")
MACHINE = {"definition": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}', "roleArn": "arn:aws:iam::123456789012:role/r"}  # fmt: skip # noqa: E501


@pytest.fixture
def machine(cloud, monkeypatch):
    """Tasks for what is above 2,000 bytes or ten pages."""
    states = boto3.client("stepfunctions")
    arn = states.create_state_machine(name="large", **MACHINE)["stateMachineArn"]
    monkeypatch.setenv("STATE_MACHINE", arn)
    for name, value in {"LARGEST_BYTES": "2000", "LARGEST_TASK_BYTES": "1000000", "MOST_PAGES": "10"}.items():
        monkeypatch.setenv(name, value)
    cloud.clients["stepfunctions"] = states
    return states, arn


def executions(machine):
    states, arn = machine
    found = states.list_executions(stateMachineArn=arn)["executions"]
    return [states.describe_execution(executionArn=each["executionArn"]) for each in found]


def run_task(monkeypatch, message):
    monkeypatch.setenv("MESSAGE", json.dumps(message))
    return task.main()


LONG = pdf(*(f"page {n}" for n in range(1, 13)))


@ETL_05
@pytest.mark.parametrize(("content", "limits"), [(b"%PDF-" + b"\0" * 3000, {}), (LONG, {"LARGEST_BYTES": "100000"})], ids=["by size", "by pages"])  # fmt: skip # noqa: E501
def test_what_is_too_large_or_too_long_is_handed_to_one_execution(cloud, machine, monkeypatch, content, limits):
    for name, value in limits.items():
        monkeypatch.setenv(name, value)
    message = uploaded(cloud, content)
    assert run(message, message) == []
    (execution,) = executions(machine)
    job = the_job(cloud)
    assert execution["name"] == f"{job['job_id']}-0"
    assert json.loads(execution["input"]) == {"job": job["job_id"], "message": {"detail": message["detail"]}}
    assert job["status"] == "RUNNING"
    assert cloud.bedrock.asked == []
    assert waiting(cloud) == []


@ETL_05
def test_what_the_function_can_do_starts_no_execution(cloud, machine):
    assert run(uploaded(cloud, pdf("short"))) == []
    assert executions(machine) == []
    assert the_job(cloud)["status"] == "DONE"


def test_a_file_that_is_too_large_for_a_task_as_well_is_a_failed_job(cloud, machine, monkeypatch):
    monkeypatch.setenv("LARGEST_TASK_BYTES", "2500")
    run(uploaded(cloud, b"%PDF-" + b"\0" * 3000))
    assert the_job(cloud)["error"] == "3005 bytes, more than 2000, and than 2500: split it"
    assert executions(machine) == []


def test_after_a_failure_for_good_the_dead_letter_starts_another_execution(cloud, machine):
    message = uploaded(cloud, b"%PDF-" + b"\0" * 3000)
    run(message)
    job = the_job(cloud)["job_id"]
    pipeline.Pipeline(handler.Work.of(os.environ)).jobs.give_up(job, "States.Timeout")
    assert run({"detail": message["detail"]}) == []
    assert {each["name"] for each in executions(machine)} == {f"{job}-0", f"{job}-1"}


@ETL_05
@pytest.mark.requirement("ETL-DB-02")
def test_a_task_makes_the_package_and_a_function_publishes_it(cloud, machine, monkeypatch):
    monkeypatch.setenv("PAGES_PER_PART", "5")
    message = uploaded(cloud, LONG)
    run(message)
    assert run_task(monkeypatch, message) == 0
    assert the_job(cloud)["status"] == "RUNNING"
    assert cloud.cloudfront.invalidated == []
    (packaged,) = waiting(cloud)
    assert run(packaged, packaged) == []
    job = the_job(cloud)
    assert (job["status"], job["pages"], job["parts"], job["tokens"]) == ("DONE", 12, 3, 12 * 7)
    assert job["package"] in keys(cloud)
    assert stored(cloud, "text/reports/a b.txt.gz").decode().splitlines() == [f"page {n}" for n in range(1, 13)]
    assert len(cloud.cloudfront.invalidated) == 1


def test_a_task_costs_its_tokens_and_its_own_seconds(cloud, machine, monkeypatch):
    monkeypatch.setenv("SECOND_USD", "1000")
    run_task(monkeypatch, uploaded(cloud, LONG))
    assert the_job(cloud)["cost_usd"] > Decimal("0.1")


def test_a_task_that_was_interrupted_goes_on_where_it_was_and_counts_nothing_twice(cloud, machine, monkeypatch):
    monkeypatch.setenv("PAGES_PER_PART", "5")
    message = uploaded(cloud, LONG)
    answer, asked = cloud.bedrock.invoke_model, []

    def refuse(**about):
        asked.append(about)
        if len(asked) == 7:
            raise TimeoutError("ThrottlingException")
        return answer(**about)

    monkeypatch.setattr(cloud.bedrock, "invoke_model", refuse)
    assert run_task(monkeypatch, message) == 1
    assert the_job(cloud)["last_error"] == "TimeoutError: ThrottlingException"
    assert run_task(monkeypatch, message) == 0
    assert len(cloud.bedrock.asked) == 5 + 1 + 7  # the first part once, and a page of the second twice
    assert the_job(cloud)["tokens"] == 12 * 7


BAD = {
    "an empty file": (b"", "an empty file"),
    "a text": (b"Dear Sir or Madam", "not a PDF"),
    "encrypted": (encrypted("user"), "encrypted: upload it without a password"),
    "a header and noise": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged or cut off"),
    "a scan": (pdf("", ""), "no text on any page"),
}


@pytest.mark.requirement("ETL-LAMBDA-03")
@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD)
def test_a_bad_file_ends_the_task_well_and_the_job_badly(cloud, machine, monkeypatch, content, reason):
    assert run_task(monkeypatch, uploaded(cloud, content)) == 0
    job = the_job(cloud)
    assert job["status"] == "FAILED"
    assert reason in job["error"]
    assert keys(cloud) == set()
    assert waiting(cloud) == []


@pytest.mark.requirement("ETL-LAMBDA-03")
def test_a_file_that_is_cut_off_and_too_large_to_repair_is_a_failed_job(cloud, machine, monkeypatch):
    monkeypatch.setattr(documents, "REPAIR_BYTES", 500)
    assert run_task(monkeypatch, uploaded(cloud, LONG[:2000])) == 0
    assert the_job(cloud)["status"] == "FAILED"


def test_an_execution_that_somebody_stopped_frees_its_slot_and_may_be_tried_again(cloud, machine):
    message = uploaded(cloud, b"%PDF-" + b"\0" * 3000)
    run(message)
    (execution,) = executions(machine)
    cloud.table.put_item(Item={"job_id": "slots", "holders": {execution["name"], "another-0"}})
    told = {"source": "aws.states", "detail": {"name": execution["name"], "status": "ABORTED"}}
    assert run(told) == []
    assert cloud.table.get_item(Key={"job_id": "slots"})["Item"]["holders"] == {"another-0"}
    job = cloud.table.get_item(Key={"job_id": execution["name"].rpartition("-")[0]})["Item"]
    assert (job["status"], job["tries"]) == ("RUNNING", 1)
    assert job["last_error"] == f"execution {execution['name']}: ABORTED"


@pytest.fixture(scope="module")
def server():
    """S3, SQS and DynamoDB over HTTP, in a process other than the task's."""
    from moto.server import ThreadedMotoServer  # and Flask: a second that other processes need not take

    served = ThreadedMotoServer(port=0)
    served.start()
    host, port = served.get_host_and_port()
    yield f"http://{host}:{port}"
    served.stop()


def memory_of(server, tmp_path, name, pages, padding_mib):
    """The most memory that a task took, in MiB; and what is left of its job."""
    path = tmp_path / f"{name}.pdf"
    large_pdf.write(path, pages, padding_mib)
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
    about = {"endpoint_url": server, "region_name": REGION, "aws_access_key_id": "x", "aws_secret_access_key": "y"}
    s3, sqs, dynamodb = boto3.client("s3", **about), boto3.client("sqs", **about), boto3.resource("dynamodb", **about)
    for bucket in ("uploads", "outputs", "parts"):
        s3.create_bucket(Bucket=f"{name}-{bucket}", CreateBucketConfiguration={"LocationConstraint": REGION})
    table = dynamodb.create_table(**TABLE | {"TableName": name})
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    s3.upload_file(str(path), f"{name}-uploads", "a.pdf")
    told = {"detail": {"bucket": {"name": f"{name}-uploads"}, "object": {"key": "a.pdf", "size": path.stat().st_size}}}
    own = {"OUTPUTS": f"{name}-outputs", "PARTS": f"{name}-parts", "TABLE": name, "QUEUE_URL": url}
    environment = {**os.environ, **credentials, **ENVIRONMENT, **own, "AWS_ENDPOINT_URL": server}
    environment |= {"MESSAGE": json.dumps(told), "TMPDIR": str(tmp_path)}
    script = Path(__file__).with_name("measured_task.py")
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    path.unlink()
    assert done.returncode == 0, done.stderr
    (job,) = table.scan()["Items"]
    assert s3.list_objects_v2(Bucket=f"{name}-outputs")["KeyCount"] == 4
    return int(done.stdout) / 1024, job


@ETL_05
def test_memory_of_a_task_does_not_grow_with_the_size_of_a_document(server, tmp_path):
    small, job = memory_of(server, tmp_path, "small", 500, 1)
    large, of_large = memory_of(server, tmp_path, "large", 500, 300)
    assert job["pages"] == of_large["pages"] == 500
    assert large - small < 30  # of 300 MiB more


def test_the_image_has_what_the_task_imports(tmp_path):
    """The folders that the Dockerfile copies, at its paths, run its command."""
    folder = Path(task.__file__).parent
    lines = [line.split() for line in (folder / "Dockerfile").read_text().splitlines()]
    for _, source, target in (line for line in lines if line[:1] == ["COPY"] and not line[1].startswith("--")):
        if source.endswith(".txt"):
            continue
        copy = shutil.copytree if (folder.parent / source).is_dir() else shutil.copy
        copy(folder.parent / source, tmp_path / target)
    (command,) = (json.loads(" ".join(line[1:])) for line in lines if line[:1] == ["ENTRYPOINT"])
    code = [sys.executable, *command[1:]]
    done = subprocess.run(
        code, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "KeyError: 'OUTPUTS'" in done.stderr  # all is imported, and nothing said


def test_the_image_has_the_versions_that_are_tested():
    pins = re.findall(r"^\S+==\S+", (Path(task.__file__).with_name("requirements.txt")).read_text(), re.MULTILINE)
    assert {each.partition("==")[0] for each in pins} >= {"boto3", "botocore", "pypdf"}
    locked = (ROOT / "requirements.lock").read_text().splitlines()
    assert [each for each in pins if not any(line.startswith(f"{each} ") for line in locked)] == []
