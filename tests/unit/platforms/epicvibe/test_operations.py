"""What watches over EpicVibe, brings it back, pays for it and deploys it."""

import json
import re

import pytest
import yaml

from platforms.epicvibe.pipeline import CI_ROLE, IMAGE_WORKFLOW, WORKFLOW
from tests.paths import ROOT
from tests.unit.platforms.conftest import recorded
from tests.unit.platforms.pipelines import gaps

ALARM, PLAN = "cloudwatch/metricAlarm:MetricAlarm", "backup/plan:Plan"
WATCHED = {
    "AWS/ApplicationELB", "AWS/CertificateManager", "AWS/ECS", "AWS/ElastiCache", "AWS/RDS", "AWS/SQS",
    "ECS/ContainerInsights",
}  # fmt: skip


@pytest.mark.requirement("EPIC-OPS-01")
def test_alarms_watch_every_part_and_call_somebody(program):
    alarms = program.of(ALARM)
    namespaces = set()
    for name, each in alarms.items():
        queries = [query["metric"]["namespace"] for query in each.get("metricQueries", ()) if "metric" in query]
        namespaces |= {each["namespace"]} if "namespace" in each else set(queries)
        assert each["alarmActions"], name
    assert namespaces >= WATCHED
    subscribed = program.of("sns/topicSubscription:TopicSubscription").values()
    assert {(each["protocol"], each["endpoint"]) for each in subscribed} == {("email", "on-call@epicvibe.example")}


@pytest.mark.requirement("EPIC-OPS-01")
def test_every_part_writes_a_log_of_its_own_for_thirty_days(program):
    groups = {each["name"]: each["retentionInDays"] for each in program.of("cloudwatch/logGroup:LogGroup").values()}
    assert set(groups.values()) == {30}
    for part in ("/web", "/worker", "postgresql", "slow-log", "aws-waf-logs", "flow-logs"):
        assert [name for name in groups if part in name], part


TRACED = {"epicvibe:tracing": {"collector": "v1", "sampling_percent": 10}}


@pytest.mark.requirement("EPIC-OPS-02")
def test_tracing_is_off_by_default(program):
    assert not [each for each in program.types() if "xray" in each]
    for task in program.of("ecs/taskDefinition:TaskDefinition").values():
        assert len(json.loads(task["containerDefinitions"])) == 1


@pytest.mark.requirement("EPIC-OPS-02")
def test_by_setting_a_collector_in_each_task_sends_traces_to_x_ray():
    made = recorded("epicvibe", "staging", TRACED)
    assert made.one("xray/samplingRule:SamplingRule")["fixedRate"] == 0.1
    assert set(made.of("ecr/repository:Repository")) == {"epicvibe-images-application", "epicvibe-images-collector"}
    for role in ("web", "worker"):
        application, collector = json.loads(
            made.of("ecs/taskDefinition:TaskDefinition")[f"epicvibe-{role}"]["containerDefinitions"]
        )
        assert collector["image"].endswith("/epicvibe/collector:v1")
        assert {"name": "OTEL_TRACES_SAMPLER_ARG", "value": "0.1"} in application["environment"]
        assert "WriteTraces" in made.permissions(f"epicvibe-{role}-task")


def roles_of(program):
    return {each["name"]: each for name, each in program.of("iam/role:Role").items() if "delivery" in name}


def claims(role):
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    return statement["Condition"]["StringEquals"]


@pytest.mark.requirement("EPIC-OPS-03")
def test_github_takes_on_a_role_for_each_task_by_its_own_token(program):
    provider = program.one("iam/openIdConnectProvider:OpenIdConnectProvider")
    assert provider["url"] == "https://token.actions.githubusercontent.com"
    stack = program.one("ecs/cluster:Cluster")["name"].removeprefix("epicvibe-")
    roles = roles_of(program)
    assert set(roles) == {f"epicvibe-{stack}-preview", f"epicvibe-{stack}-deploy", CI_ROLE}
    subject = "token.actions.githubusercontent.com:sub"
    repository = "repo:example/epicvibe-infrastructure"
    assert claims(roles[f"epicvibe-{stack}-deploy"])[subject] == [f"{repository}:environment:epicvibe-{stack}"]
    assert claims(roles[CI_ROLE])["token.actions.githubusercontent.com:job_workflow_ref"] == (
        f"example/epicvibe-infrastructure/{IMAGE_WORKFLOW}@refs/heads/main"
    )


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(re.sub(r"(?m)^on:", '"on":', (ROOT / WORKFLOW).read_text()))


@pytest.mark.requirement("EPIC-OPS-03")
def test_a_push_deploys_staging_then_production_with_the_packs_and_a_role_of_the_stack(workflow):
    assert workflow["on"]["push"]["branches"] == ["main"]
    assert "platforms/epicvibe/**" in workflow["on"]["push"]["paths"]
    jobs = workflow["jobs"]
    assert list(jobs) == ["test", "staging", "production"]
    assert [jobs[each].get("needs") for each in jobs] == [None, "test", "staging"]
    for stack in ("staging", "production"):
        said = "\n".join(step.get("run", "") for step in jobs[stack]["steps"])
        assert f"make plan apply PLATFORM=epicvibe STACK={stack}" in said  # with all packs, as every deployment
        assert jobs[stack]["environment"] == f"epicvibe-{stack}"
        (credentials,) = (each for each in jobs[stack]["steps"] if "configure-aws" in each.get("uses", ""))
        assert credentials["with"]["role-to-assume"].endswith(f":role/epicvibe-{stack}-deploy")


@pytest.mark.requirement("EPIC-OPS-04")
def test_production_is_copied_every_day_and_kept_for_a_week(production):
    (daily,) = (each for each in production.of(PLAN).values() if each["name"] == "epicvibe-production-daily")
    (rule,) = daily["rules"]
    assert rule["schedule"] == "cron(0 22 * * ? *)"
    assert rule["lifecycle"] == {"deleteAfter": 7}
    tagged = {name for name, each in production.of("s3/bucket:Bucket").items() if each["tags"].get("Backup") == "daily"}
    assert tagged == {"epicvibe-media"}
    assert production.of("rds/instance:Instance")["epicvibe-database"]["tags"]["Backup"] == "daily"


@pytest.mark.requirement("EPIC-OPS-04")
def test_no_zone_is_needed_by_itself(production):
    assert production.of("rds/instance:Instance")["epicvibe-database"]["multiAz"] is True
    assert production.one("elasticache/replicationGroup:ReplicationGroup")["multiAzEnabled"] is True
    targets = production.of("appautoscaling/target:Target").values()
    assert min(each["minCapacity"] for each in targets) >= 2


@pytest.mark.requirement("EPIC-OPS-05")
def test_spending_has_a_budget_and_falls_with_the_load(program):
    budget = program.one("budgets/budget:Budget")
    assert float(budget["limitAmount"]) <= 2000
    assert {each["notificationType"] for each in budget["notifications"]} == {"ACTUAL", "FORECASTED"}
    assert not program.of("ec2/instance:Instance")  # nothing but tasks that run is paid for
    for each in program.of("appautoscaling/target:Target").values():
        assert each["minCapacity"] < each["maxCapacity"]
    hashed = program.of("cloudfront/cachePolicy:CachePolicy")["epicvibe-frontend-hashed"]
    assert hashed["defaultTtl"] > 86400  # edges ask for files once in a long time


OWN = ("epicvibe-delivery",)
UNUSED = {
    "scheduled scaling, and functions with provisioned concurrency or files": """
        application-autoscaling:*ScheduledAction lambda:*ProvisionedConcurrencyConfig elasticfilesystem:*""",
    "capacity providers, attributes of discovered services": """
        ecs:PutClusterCapacityProviders servicediscovery:*ServiceAttributes""",
    "other targets of a web ACL or of logs": "apigateway:SetWebACL firehose:TagDeliveryStream",
}
"""What AWS's schemas name for the types, but the program goes without: why -> patterns."""


@pytest.mark.requirement("EPIC-OPS-03")
def test_the_pipeline_may_do_whatever_the_types_of_the_stack_take(program):
    """By AWS's resource schemas, where they say it; what Cloud Map and ECS take besides, their own pages do."""
    missing, looked_at = gaps(program, "epicvibe-delivery", UNUSED)
    assert looked_at > 200
    assert missing == {}


@pytest.mark.requirement("EPIC-OPS-03")
def test_the_pipeline_has_no_service_that_the_program_has_not(program):
    granted = set()
    for name, each in program.of("iam/policy:Policy").items():
        if name.startswith(OWN) and "boundary" not in name:
            granted |= {a.split(":")[0] for s in json.loads(each["policy"])["Statement"] for a in s["Action"]}
    assert not granted & {"apigateway", "athena", "eks", "elasticfilesystem", "glue", "kinesis", "firehose", "ssm"} - {
        "ssm"  # public parameters, which some images are named by
    }
    for each in program.of("iam/policy:Policy").values():
        assert len(re.sub(r"\s", "", each["policy"])) <= 6144  # what IAM takes


def test_what_ecs_takes_is_of_the_stack_alone(program):
    statements = json.loads(program.of("iam/policy:Policy")["epicvibe-delivery-containers"]["policy"])["Statement"]
    stack = program.one("ecs/cluster:Cluster")["name"]
    (changes,) = (each for each in statements if "ecs:UpdateService" in each["Action"])
    assert all(stack in arn for arn in changes["Resource"])
    (names,) = (each for each in statements if "servicediscovery:DeleteNamespace" in each["Action"])
    assert names["Condition"]["StringEquals"] == {"aws:ResourceTag/Environment": stack.removeprefix("epicvibe-")}
