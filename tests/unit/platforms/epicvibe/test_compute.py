"""Django in containers on Fargate: the web service and the worker of one cluster."""

import json

import pytest

from platforms.epicvibe.rules import VARIABLES

SERVICE, TASK = "ecs/service:Service", "ecs/taskDefinition:TaskDefinition"


def stack_of(program):
    return program.one("ecs/cluster:Cluster")["name"].removeprefix("epicvibe-")


def containers(program):
    """Role -> its container."""
    return {
        name.removeprefix("epicvibe-"): json.loads(each["containerDefinitions"])[0]
        for name, each in program.of(TASK).items()
    }


@pytest.mark.requirement("EPIC-ECS-01")
def test_web_and_worker_are_containers_of_one_image_on_fargate_in_the_stacks_own_cluster(program):
    services = program.of(SERVICE)
    assert set(services) == {"epicvibe-web", "epicvibe-worker"}
    assert {each["launchType"] for each in services.values()} == {"FARGATE"}
    assert {each["cluster"] for each in services.values()} == {"arn:of:Cluster/epicvibe"}
    assert {tuple(each["requiresCompatibilities"]) for each in program.of(TASK).values()} == {("FARGATE",)}
    made = containers(program)
    assert made["web"]["image"] == made["worker"]["image"]
    assert made["web"]["image"].endswith(".dkr.ecr.ap-southeast-3.amazonaws.com/epicvibe/application:release-1")
    assert (made["worker"]["command"][0], "command" in made["web"]) == ("celery", False)


def test_what_the_program_tells_django_is_what_settings_may_not_say(program):
    for container in containers(program).values():
        assert {each["name"] for each in container["environment"]} - {"DJANGO_SETTINGS_MODULE"} == VARIABLES


@pytest.mark.requirement("EPIC-ECS-02")
def test_tasks_come_and_go_with_cpu_and_memory(program):
    targets = program.of("appautoscaling/target:Target")
    bounds = {"production": (2, 10), "staging": (1, 2)}[stack_of(program)]
    assert {(each["minCapacity"], each["maxCapacity"]) for each in targets.values()} == {bounds}
    watched = {}
    for each in program.of("appautoscaling/policy:Policy").values():
        metric = each["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]
        watched.setdefault(each["resourceId"], set()).add(metric["predefinedMetricType"])
    both = {"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"}
    assert watched == {f"service/epicvibe-{stack_of(program)}/epicvibe-{stack_of(program)}-{role}": both
                       for role in ("web", "worker")}  # fmt: skip


@pytest.mark.requirement("EPIC-ECS-03")
def test_the_web_service_is_found_by_name_in_the_vpc(program):
    namespace = program.one("servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
    assert (namespace["name"], namespace["vpc"]) == (f"epicvibe-{stack_of(program)}.internal", "Vpc/epicvibe")
    assert program.one("servicediscovery/service:Service")["name"] == "web"
    assert program.of(SERVICE)["epicvibe-web"]["serviceRegistries"] == {"registryArn": "arn:of:Service/epicvibe-web"}


@pytest.mark.requirement("EPIC-ECS-04")
def test_what_containers_print_is_in_cloudwatch_for_thirty_days(program):
    groups = {each["name"]: each for each in program.of("cloudwatch/logGroup:LogGroup").values()}
    for role, container in containers(program).items():
        log = container["logConfiguration"]
        assert log["logDriver"] == "awslogs"
        assert log["options"]["awslogs-group"] == f"/epicvibe/{stack_of(program)}/{role}"
        assert groups[log["options"]["awslogs-group"]]["retentionInDays"] == 30


@pytest.mark.requirement("EPIC-ECS-05")
def test_tasks_of_three_zones_stand_behind_the_load_balancer(program):
    web = program.of(SERVICE)["epicvibe-web"]
    assert web["networkConfiguration"]["subnets"] == [f"Subnet/epicvibe-private-{zone}" for zone in "abc"]
    assert web["availabilityZoneRebalancing"] == "ENABLED"
    assert web["loadBalancers"][0]["targetGroupArn"] == "arn:of:TargetGroup/epicvibe-web"


@pytest.mark.requirement("EPIC-ECS-05")
def test_new_tasks_are_healthy_before_old_ones_go_or_the_last_release_comes_back(program):
    for each in program.of(SERVICE).values():
        assert (each["deploymentMinimumHealthyPercent"], each["deploymentMaximumPercent"]) == (100, 200)
        assert each["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert program.one("lb/targetGroup:TargetGroup")["deregistrationDelay"] == 30
    assert containers(program)["worker"]["healthCheck"]["command"][1] == "celery"


@pytest.mark.requirement("EPIC-ECS-06")
def test_images_come_from_a_repository_of_the_stacks_account(program):
    repository = program.one("ecr/repository:Repository")
    assert (repository["name"], repository["imageTagMutability"]) == ("epicvibe/application", "IMMUTABLE")
    started = program.permissions("epicvibe-web-execution")
    assert started["PullImage"]["Resource"][0].endswith(":repository/epicvibe/application")


WEB = {
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    "elasticache:Connect", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage",
    "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "kms:Decrypt", "kms:GenerateDataKey",
}  # fmt: skip
"""What Django does: objects with their versions left alone, its cache, its queue, its secrets, by their keys."""
START = {
    "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogStream", "logs:PutLogEvents",
}  # fmt: skip
"""What ECS does to start a task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"""


@pytest.mark.requirement("EPIC-ECS-06")
@pytest.mark.requirement("EPIC-NET-03")
@pytest.mark.parametrize("role", ["web", "worker"])
def test_code_and_ecs_have_roles_of_their_own_that_may_do_what_they_need_and_no_more(program, role):
    task = program.of(TASK)[f"epicvibe-{role}"]
    assert task["taskRoleArn"] == f"arn:of:Role/epicvibe-{role}-task"
    assert task["executionRoleArn"] == f"arn:of:Role/epicvibe-{role}-execution"
    for name, needed in ((f"epicvibe-{role}-task", WEB), (f"epicvibe-{role}-execution", START)):
        granted = program.permissions(name).values()
        assert {action for each in granted for action in each["Action"]} == needed
        open_ = [each["Sid"] for each in granted if "*" in each["Resource"]]
        assert open_ == (["LogInToRegistry"] if needed is START else [])
