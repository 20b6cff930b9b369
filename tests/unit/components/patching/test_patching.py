"""Patching: hosts of the stack alone, in one window a week, by a role that can do nothing else."""

import json
import re

import pytest

from components.patching.database_schedule import DatabaseSchedule, DatabaseScheduleArgs
from components.patching.node_updates import NodeGroupRelease, NodeUpdates, NodeUpdatesArgs
from components.patching.patching import Patching, PatchingArgs, group_of, reporting
from components.patching.settings import DatabaseHours
from components.patching.settings import Patching as Settings
from tests.recording import record

TASK, TARGET = "ssm/maintenanceWindowTask:MaintenanceWindowTask", "ssm/maintenanceWindowTarget:MaintenanceWindowTarget"
RELEASE = "1.36.3-20260903"


@pytest.fixture(scope="module")
def patching(context):
    args = PatchingArgs(context=context, settings=Settings(other_days=9), runbook="docs/runbooks/patching.md")
    return record(lambda: Patching("smile-patching", args).window_id)


@pytest.fixture(scope="module")
def nodes(context):
    groups = {
        f"{cluster}-{group}": NodeGroupRelease(cluster=f"smile-prod-{cluster}", group=f"{group}-0a1b", release=RELEASE)
        for cluster, group in (("application", "web"), ("data", "compute"))
    }
    args = NodeUpdatesArgs(context=context, window_id="mw-0123456789abcdef0", groups=groups)
    return record(lambda: NodeUpdates("smile-update-nodes", args).runbook.document_name)


@pytest.fixture(scope="module")
def hours(context):
    args = DatabaseScheduleArgs(
        context=context, identifier="smile-prod-database", hours=DatabaseHours(start=7, stop=18)
    )
    return record(lambda: DatabaseSchedule("smile-database-hours", args).urn)


@pytest.mark.requirement("SMILE-SSM-02")
def test_run_command_installs_patches_on_the_hosts_of_the_stack(patching, environment):
    task = patching.one(TASK)
    assert (task["taskType"], task["taskArn"]) == ("RUN_COMMAND", "AWS-RunPatchBaseline")
    parameters = task["taskInvocationParameters"]["runCommandParameters"]["parameters"]
    assert {each["name"]: each["values"] for each in parameters} == {
        "Operation": ["Install"],
        "RebootOption": ["RebootIfNeeded"],
    }
    assert patching.one(TARGET)["targets"] == [{"key": "tag:PatchGroup", "values": ["smile-prod"]}]
    assert (
        patching.one("ssm/patchGroup:PatchGroup")["patchGroup"] == "smile-prod" == group_of(environment)["PatchGroup"]
    )


@pytest.mark.requirement("SMILE-SSM-02")
def test_the_window_is_at_night_in_the_stacks_time_zone(patching, context):
    window = patching.one("ssm/maintenanceWindow:MaintenanceWindow")
    assert (window["schedule"], window["scheduleTimezone"]) == ("cron(0 4 ? * SUN *)", context.time_zone)
    assert window["cutoff"] < window["duration"]
    assert window["allowUnassociatedTargets"] is False


def test_one_host_at_a_time_and_none_after_one_that_failed(patching):
    task = patching.one(TASK)
    assert (task["maxConcurrency"], task["maxErrors"]) == ("1", "0")


def test_security_patches_come_at_once_and_others_later(patching):
    rules = {each["complianceLevel"]: each for each in patching.one("ssm/patchBaseline:PatchBaseline")["approvalRules"]}
    assert {level: each["approveAfterDays"] for level, each in rules.items()} == {"CRITICAL": 0, "MEDIUM": 9, "LOW": 9}
    filters = {each["key"]: each["values"] for each in rules["CRITICAL"]["patchFilters"]}
    assert filters == {"CLASSIFICATION": ["Security"], "SEVERITY": ["Critical", "Important"]}


def test_the_role_runs_one_document_on_tagged_hosts(patching):
    allowed = patching.permissions("smile-patching")
    send = [each for each in allowed.values() if "ssm:SendCommand" in each["Action"]]
    assert [each["Resource"] for each in send] == [
        ["arn:aws:ec2:ap-southeast-3:123456789012:instance/*"],
        ["arn:aws:ssm:ap-southeast-3::document/AWS-RunPatchBaseline"],
    ]
    assert send[0]["Condition"] == {"StringEquals": {"ssm:resourceTag/PatchGroup": "smile-prod"}}
    (trust,) = json.loads(patching.of("iam/role:Role")["smile-patching"]["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}


def test_hosts_write_to_the_log_group_that_the_task_names(patching, environment):
    logs = patching.one("cloudwatch/logGroup:LogGroup")
    output = patching.one(TASK)["taskInvocationParameters"]["runCommandParameters"]["cloudwatchConfig"]
    assert (output["cloudwatchLogGroupName"], output["cloudwatchOutputEnabled"]) == (logs["name"], True)
    (writing,) = reporting(environment)
    assert writing.resources[0].endswith(f":log-group:{logs['name']}")


def test_what_is_installed_is_collected_from_the_same_hosts(patching):
    inventory = patching.one("ssm/association:Association")
    assert inventory["name"] == "AWS-GatherSoftwareInventory"
    assert inventory["targets"] == patching.one(TARGET)["targets"]


def test_hosts_that_lack_patches_and_windows_that_failed_are_told(patching):
    rules = [json.loads(each["eventPattern"]) for each in patching.of("cloudwatch/eventRule:EventRule").values()]
    assert sorted((rule["detail-type"][0], *rule["detail"].values()) for rule in rules) == [
        ("Configuration Compliance State Change", ["non_compliant"]),
        ("Maintenance Window Execution State-change Notification", ["CANCELLED", "FAILED", "TIMED_OUT"]),
    ]
    targets = patching.of("cloudwatch/eventTarget:EventTarget").values()
    assert all("docs/runbooks/patching.md" in each["inputTransformer"]["inputTemplate"] for each in targets)


@pytest.mark.requirement("SMILE-SSM-03")
def test_automation_brings_every_group_to_the_release_that_the_program_pins(nodes):
    document = nodes.one("ssm/document:Document")
    assert document["documentType"] == "Automation"
    parameters = json.loads(document["content"])["parameters"]
    tasks = nodes.of(TASK)
    assert set(tasks) == {"smile-update-nodes-application-web", "smile-update-nodes-data-compute"}
    for task in tasks.values():
        assert (task["taskType"], task["taskArn"]) == ("AUTOMATION", document["name"])
        given = task["taskInvocationParameters"]["automationParameters"]["parameters"]
        assert {each["name"] for each in given} == set(parameters)
        for each in given:
            assert re.fullmatch(parameters[each["name"]]["allowedPattern"], each["values"][0])


def test_the_runbooks_role_is_the_one_that_it_names_and_updates_these_clusters_alone(nodes):
    roles = nodes.of("iam/role:Role")
    content = json.loads(nodes.one("ssm/document:Document")["content"])
    assert content["assumeRole"].endswith(f":role/{roles['smile-update-nodes']['name']}")
    update = nodes.permissions("smile-update-nodes")["UpdateNodes"]
    assert update["Resource"] == [
        "arn:aws:eks:ap-southeast-3:123456789012:nodegroup/smile-prod-application/*",
        "arn:aws:eks:ap-southeast-3:123456789012:nodegroup/smile-prod-data/*",
    ]
    (trust,) = json.loads(roles["smile-update-nodes"]["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:ssm:ap-southeast-3:123456789012:automation-execution/*"
    }


def test_the_window_may_start_this_runbook_with_its_role_and_nothing_else(nodes):
    window = nodes.permissions("smile-update-nodes-window")
    name = nodes.one("ssm/document:Document")["name"]
    assert window["StartRunbook"]["Resource"] == [
        f"arn:aws:ssm:ap-southeast-3:123456789012:automation-definition/{name}:*"
    ]
    assert window["PassRoleToRunbook"]["Resource"] == [f"arn:aws:iam::123456789012:role/{name}"]
    assert window["PassRoleToRunbook"]["Condition"]["StringEquals"] == {"iam:PassedToService": "ssm.amazonaws.com"}


@pytest.mark.requirement("SMILE-SSM-03")
def test_a_database_is_started_on_working_days_and_stopped_every_evening(hours):
    schedules = hours.of("scheduler/schedule:Schedule")
    assert {name: each["scheduleExpression"] for name, each in schedules.items()} == {
        "smile-database-hours-start": "cron(0 7 ? * MON-FRI *)",
        "smile-database-hours-stop": "cron(0 18 * * ? *)",
    }
    states = {}
    for name, schedule in schedules.items():
        given = json.loads(schedule["target"]["input"])
        assert given["DocumentName"] == hours.one("ssm/document:Document")["name"]
        assert given["Parameters"]["Database"] == ["smile-prod-database"]
        states[name.rpartition("-")[2]] = given["Parameters"]["State"]
    assert states == {"start": ["started"], "stop": ["stopped"]}
    assert hours.permissions("smile-database-hours")["SwitchDatabase"]["Resource"] == [
        "arn:aws:rds:ap-southeast-3:123456789012:db:smile-prod-database"
    ]
