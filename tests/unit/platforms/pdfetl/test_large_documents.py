"""Tasks for documents that are too large for the function: where they run, what they may do, what is told of them."""

import json

import pytest

from platforms.pdfetl.settings import IMAGE

MACHINE, TASK = "sfn/stateMachine:StateMachine", "ecs/taskDefinition:TaskDefinition"
FUNCTION = "lambda/function:Function"
WITH_TASKS = ("staging", "prod")
ETL_05 = pytest.mark.requirement("ETL-LAMBDA-05")


@pytest.fixture(params=WITH_TASKS)
def program(request, program_of):
    return program_of("pdfetl", request.param)


def states(program):
    return json.loads(program.one(MACHINE)["definition"])["States"]


def container(program):
    (made,) = json.loads(program.one(TASK)["containerDefinitions"])
    return made


@ETL_05
def test_the_function_hands_over_to_the_state_machine_above_its_limits(program):
    variables = program.one(FUNCTION)["environment"]["variables"]
    assert variables["STATE_MACHINE"].endswith(f":stateMachine:{program.one(MACHINE)['name']}")
    assert (variables["LARGEST_BYTES"], variables["MOST_PAGES"]) == (str(200 * 1024**2), "2000")
    assert variables["LARGEST_TASK_BYTES"] == str(5000 * 1024**2)
    allowed = program.permissions("pdfetl-process")["StartExecutions"]
    assert allowed["Resource"] == [variables["STATE_MACHINE"]]


@ETL_05
def test_a_task_has_the_limits_of_its_settings_and_room_for_its_document(program):
    run = states(program)["RunTask"]
    assert run["Resource"].endswith(":ecs:runTask.sync")
    assert run["TimeoutSeconds"] == 12 * 60 * 60
    assert [each["MaxAttempts"] for each in run["Retry"]] == [2]
    assert states(program)["TakeSlot"]["Parameters"]["ExpressionAttributeValues"][":most"] == {"N": "2"}
    task = program.one(TASK)
    assert (task["cpu"], task["memory"], task["ephemeralStorage"]) == ("2048", "4096", {"sizeInGib": 50})
    assert container(program)["image"].endswith(f".dkr.ecr.ap-southeast-3.amazonaws.com/pdfetl/{IMAGE}:release-1")


@ETL_05
def test_a_task_runs_in_private_subnets_that_nobody_reaches(program):
    network = states(program)["RunTask"]["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert len(network["Subnets"]) == 3
    assert all("private" in subnet for subnet in network["Subnets"])
    assert program.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule") == {}


@pytest.mark.requirement("ETL-LAMBDA-03")
def test_what_fails_for_good_is_a_dead_letter_and_an_alarm(program):
    assert states(program)["KeepMessage"]["Parameters"]["QueueUrl"] == "url-of-pdfetl-documents-dead"
    alarm = program.of("cloudwatch/metricAlarm:MetricAlarm")["pdfetl-large-documents-failed"]
    watched = {each["metric"]["metricName"] for each in alarm["metricQueries"] if each.get("metric")}
    assert watched == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"}
    told = json.loads(program.of("cloudwatch/eventRule:EventRule")["pdfetl-large-documents-ended"]["eventPattern"])
    assert told["detail"]["status"] == ["ABORTED", "FAILED", "TIMED_OUT"]


@pytest.mark.requirement("ETL-DB-02")
def test_a_task_keeps_track_in_the_same_table_at_its_own_price(program):
    variables = {each["name"]: each["value"] for each in container(program)["environment"]}
    function = program.one(FUNCTION)["environment"]["variables"]
    assert variables["TABLE"] == function["TABLE"] == "EtlJobs"
    assert float(variables["SECOND_USD"]) == pytest.approx((2 * 0.05 + 4 * 0.0055) / 3600)
    assert float(function["SECOND_USD"]) == pytest.approx(3008 / 1024 * 0.0000133334)


@pytest.mark.requirement("ETL-OPS-04")
def test_a_task_may_do_what_the_function_may_with_documents_and_start_nothing(program):
    task, function = program.permissions("pdfetl-large-task"), program.permissions("pdfetl-process")
    assert task == {sid: function[sid] for sid in task}
    assert not task.keys() & {"StartExecutions", "InvalidateFiles", "ReceiveMessages"}


def test_development_has_no_tasks_and_nothing_that_costs_by_the_hour(program_of):
    program = program_of("pdfetl", "dev")
    for kind in (MACHINE, TASK, "ec2/vpc:Vpc", "ec2/natGateway:NatGateway"):
        assert program.of(kind) == {}
    assert "STATE_MACHINE" not in program.one(FUNCTION)["environment"]["variables"]
    assert set(program.of("kms/key:Key")) & {"pdfetl-images", "pdfetl-workflows"} == set()


def test_without_the_function_there_are_no_tasks_either(program_of):
    program = program_of("pdfetl", "prod", {"pdfetl:phases": {"processing": False}})
    assert program.of(MACHINE) == {}


@pytest.mark.parametrize(("stack", "large"), [("dev", False), ("prod", True)])
def test_the_dashboard_shows_what_waits_and_fails_and_large_documents_where_there_are_tasks(program_of, stack, large):
    body = program_of("pdfetl", stack).one("cloudwatch/dashboard:Dashboard")["dashboardBody"]
    assert "ApproximateAgeOfOldestMessage" in body
    assert "FailedInvocations" in body
    assert ("ExecutionsSucceeded" in body) is large
