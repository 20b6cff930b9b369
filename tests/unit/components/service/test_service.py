"""A container service on Fargate, as a program registers it: its task, its roles, its scaling, its way in."""

import json
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.iam import Statement
from components.core.settings.problems import SettingsError
from components.service.cluster import ContainerCluster, ContainerClusterArgs
from components.service.container_service import ContainerService, ContainerServiceArgs
from components.service.settings import MEMORY_MIB
from components.service.settings import ContainerService as Settings
from components.service.target import Listener
from tests.recording import record

IMAGE = "123456789012.dkr.ecr.ap-southeast-3.amazonaws.com/smile-prod/api:release-1"
SECRET = "arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:smile/prod/api-AbCdEf"
REPOSITORY = "arn:aws:ecr:ap-southeast-3:123456789012:repository/smile-prod/api"
QUEUE = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"
LISTENER = Listener(
    arn="arn:aws:elasticloadbalancing:ap-southeast-3:123456789012:listener/app/smile-prod/1/2",
    load_balancer_suffix="app/smile-prod/1",
    vpc_id="vpc-1",
    priority=10,
    paths=["/api/*"],
)
WORKER = Settings(image=IMAGE, port=None, command=["worker"], health_command=["celery", "inspect", "ping"])
ROLE, SERVICE, ALARM = "iam/role:Role", "ecs/service:Service", "cloudwatch/metricAlarm:MetricAlarm"


@pytest.fixture(scope="module")
def service_of(context):
    """Record a service."""

    def make(arguments=None, **changes):
        defaults = {
            "context": context,
            "settings": Settings(image=IMAGE, **changes),
            "subnet_ids": ["subnet-a", "subnet-b", "subnet-c"],
            "security_group_ids": ["sg-1"],
        }

        def program():
            service = ContainerService("smile-api", ContainerServiceArgs(**(defaults | (arguments or {}))))
            return {
                "cluster": service.cluster_name,
                "logs": service.log_group_name,
                "role": service.task_role_arn,
                "group": service.target_group_arn,
            }

        return record(program)

    return make


@pytest.fixture(scope="module")
def service(service_of):
    statements = [Statement(sid="Send", actions=["sqs:SendMessage"], resources=[QUEUE])]
    arguments = {
        "statements": statements,
        "variables": {"QUEUE": "smile-prod-jobs"},
        "secrets": {"LOGIN": SECRET},
        "secret_arns": [SECRET],
        "repository_arns": [REPOSITORY],
        "listener": LISTENER,
    }
    return service_of(arguments, variables={"LEVEL": "info"})


def container(recording):
    (made,) = json.loads(recording.one("ecs/taskDefinition:TaskDefinition")["containerDefinitions"])
    return made


def test_container_has_no_privileges_and_writes_to_scratch_space_alone(service):
    made = container(service)
    assert (made["user"], made["privileged"], made["readonlyRootFilesystem"]) == ("10001", False, True)
    assert made["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert [point["containerPath"] for point in made["mountPoints"] if not point["readOnly"]] == ["/tmp"]
    task = service.one("ecs/taskDefinition:TaskDefinition")
    assert [volume["name"] for volume in task["volumes"]] == [point["sourceVolume"] for point in made["mountPoints"]]
    assert (task["requiresCompatibilities"], task["networkMode"]) == (["FARGATE"], "awsvpc")
    assert (task["cpu"], task["memory"]) == ("512", "1024")


def test_container_is_told_what_it_uses_and_secrets_by_their_arn_only(service):
    made = container(service)
    assert made["environment"] == [
        {"name": "LEVEL", "value": "info"},
        {"name": "QUEUE", "value": "smile-prod-jobs"},
    ]
    assert made["secrets"] == [{"name": "LOGIN", "valueFrom": SECRET}]
    assert [port["containerPort"] for port in made["portMappings"]] == [8443]


def test_output_goes_to_an_encrypted_log_group_that_is_there_first(service):
    logs = service.one("cloudwatch/logGroup:LogGroup")
    options = container(service)["logConfiguration"]["options"]
    assert logs["name"] == options["awslogs-group"] == service.result["logs"] == "/smile/prod/api"
    assert (logs["kmsKeyId"].rpartition("/")[2], logs["retentionInDays"]) == ("logs", 30)
    assert (options["awslogs-region"], options["mode"]) == ("ap-southeast-3", "non-blocking")
    (made,) = (each for each in service.resources if each.type == f"aws:{SERVICE}")
    before = {urn.rpartition("::")[2] for urn in made.dependencies}
    assert {"smile-api", "smile-api-task", "smile-api-execution"} <= before


def test_code_and_ecs_have_roles_of_their_own(service):
    assert set(service.permissions("smile-api-task")) == {"Send"}
    started = service.permissions("smile-api-execution")
    assert set(started) == {"WriteLogs", "LogInToRegistry", "PullImage", "ReadSecrets", "ReadSecretsWithKey"}
    assert started["PullImage"]["Resource"] == [REPOSITORY]
    assert started["ReadSecrets"]["Resource"] == [SECRET]
    assert started["ReadSecretsWithKey"]["Action"] == ["kms:Decrypt"]
    assert started["WriteLogs"]["Resource"] == ["arn:aws:logs:ap-southeast-3:123456789012:log-group:/smile/prod/api:*"]
    for role in service.of(ROLE).values():
        (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:ecs:ap-southeast-3:123456789012:*"}


def test_ecs_may_read_no_secret_and_no_registry_that_it_needs_not(service_of):
    assert set(service_of().permissions("smile-api-execution")) == {"WriteLogs"}


def test_tasks_are_in_private_subnets_and_a_bad_deployment_is_rolled_back(service):
    made = service.one(SERVICE)
    assert made["networkConfiguration"] == {
        "subnets": ["subnet-a", "subnet-b", "subnet-c"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": False,
    }
    assert made["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (made["deploymentMinimumHealthyPercent"], made["deploymentMaximumPercent"]) == (100, 200)
    assert made["enableExecuteCommand"] is False
    assert made["propagateTags"] == "SERVICE"


def test_scaling_decides_how_many_tasks_there_are(service_of):
    recording = service_of(min_tasks=3, max_tasks=9, cpu_target_percent=50, memory_target_percent=65)
    (made,) = (each for each in recording.resources if each.type == f"aws:{SERVICE}")
    assert made.inputs["desiredCount"] == 3
    assert set(made.ignore_changes) == {"desiredCount"}
    target = recording.one("appautoscaling/target:Target")
    assert (target["minCapacity"], target["maxCapacity"]) == (3, 9)
    assert target["resourceId"] == "service/smile-prod-api/smile-prod-api"
    policies = {
        each["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]["predefinedMetricType"]: each
        for each in recording.of("appautoscaling/policy:Policy").values()
    }
    targets = {
        metric: each["targetTrackingScalingPolicyConfiguration"]["targetValue"] for metric, each in policies.items()
    }
    assert targets == {"ECSServiceAverageCPUUtilization": 50, "ECSServiceAverageMemoryUtilization": 65}
    assert len({each["name"] for each in policies.values()}) == 2


def test_tasks_go_slower_than_they_come(service):
    for each in service.of("appautoscaling/policy:Policy").values():
        about = each["targetTrackingScalingPolicyConfiguration"]
        assert about["scaleInCooldown"] > about["scaleOutCooldown"]


def clustered(context, *services):
    """Record services that share a cluster in which they find each other."""

    def program():
        args = ContainerClusterArgs(context=context, name="smile-prod", vpc_id="vpc-1")
        cluster = ContainerCluster("smile", args)
        made = {}
        for name, settings, found in services:
            service_args = ContainerServiceArgs(
                context=context, settings=settings, subnet_ids=["subnet-a", "subnet-b"], security_group_ids=["sg-1"],
                cluster=cluster, is_found_by_name=found,
            )  # fmt: skip
            made[name] = ContainerService(f"smile-{name}", service_args).host
        return made

    return record(program)


def test_services_of_one_cluster_are_found_by_name(context):
    recording = clustered(context, ("web", Settings(image=IMAGE), True), ("worker", WORKER, False))
    namespace = recording.one("servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
    assert (namespace["name"], namespace["vpc"]) == ("smile-prod.internal", "vpc-1")
    registry = recording.one("servicediscovery/service:Service")
    assert (registry["name"], registry["dnsConfig"]["namespaceId"]) == ("web", "PrivateDnsNamespace/smile")
    assert registry["dnsConfig"]["dnsRecords"] == [{"type": "A", "ttl": 10}]
    services = recording.of(SERVICE)
    assert services["smile-web"]["serviceRegistries"] == {"registryArn": "arn:of:Service/smile-web"}
    assert "serviceRegistries" not in services["smile-worker"]
    assert {each["cluster"] for each in services.values()} == {"arn:of:Cluster/smile"}
    assert recording.result == {"web": "web.smile-prod.internal", "worker": None}


def test_scaling_and_alarms_are_of_the_service_in_the_shared_cluster(context):
    recording = clustered(context, ("web", Settings(image=IMAGE), True))
    target = recording.one("appautoscaling/target:Target")
    assert target["resourceId"] == "service/smile-prod/smile-prod-web"
    assert recording.of(ALARM)["smile-web-tasks"]["dimensions"] == {
        "ClusterName": "smile-prod",
        "ServiceName": "smile-prod-web",
    }


def test_a_worker_takes_no_requests_and_says_itself_whether_it_is_well(context):
    made = container(clustered(context, ("worker", WORKER, False)))
    assert made["portMappings"] == []
    assert made["command"] == ["worker"]
    assert made["healthCheck"]["command"] == ["CMD", "celery", "inspect", "ping"]


def test_sidecars_stand_beside_the_container(service_of):
    recording = service_of({"sidecars": [{"name": "collector", "image": IMAGE}]})
    both = json.loads(recording.one("ecs/taskDefinition:TaskDefinition")["containerDefinitions"])
    assert [each["name"] for each in both] == ["api", "collector"]


UNREACHABLE = [
    ({"listener": LISTENER}, "port: none, and requests come to the service"),
    ({"is_found_by_name": True}, "port: none"),
]


@pytest.mark.parametrize(("given_arguments", "says"), UNREACHABLE)
def test_requests_to_a_service_without_a_port_are_refused(context, given_arguments, says):
    with pytest.raises(ValueError, match=says):
        ContainerServiceArgs(context=context, settings=WORKER, subnet_ids=[], security_group_ids=[], **given_arguments)


def test_a_name_needs_a_cluster_with_a_namespace(context, service_of):
    with pytest.raises(ValueError, match="is_found_by_name takes one with a namespace"):
        service_of({"is_found_by_name": True})

    def program():
        cluster = ContainerCluster("smile", ContainerClusterArgs(context=context, name="smile-prod"))
        return cluster.registry("smile-web", "web", cluster)

    with pytest.raises(ValueError, match="no vpc_id, so no service is found by its name"):
        record(program)


def test_requests_reach_tasks_by_tls_after_the_rule_is_there(service):
    group = service.one("lb/targetGroup:TargetGroup")
    assert (group["protocol"], group["targetType"], group["port"]) == ("HTTPS", "ip", 8443)
    assert (group["healthCheck"]["protocol"], group["healthCheck"]["path"]) == ("HTTPS", "/health")
    rule = service.one("lb/listenerRule:ListenerRule")
    assert rule["conditions"] == [{"pathPattern": {"values": ["/api/*"]}}]
    (made,) = (each for each in service.resources if each.type == f"aws:{SERVICE}")
    assert made.inputs["loadBalancers"] == [
        {"targetGroupArn": service.result["group"], "containerName": "api", "containerPort": 8443}
    ]
    assert any(urn.endswith("listenerRule:ListenerRule::smile-api") for urn in made.dependencies)


def test_a_service_without_a_load_balancer_takes_no_requests_from_one(service_of):
    recording = service_of()
    assert "loadBalancers" not in recording.one(SERVICE)
    assert recording.result["group"] is None
    assert set(recording.of(ALARM)) == {"smile-api-tasks", "smile-api-memory"}


@pytest.mark.parametrize(("role", "fine", "wrong"), [("tasks", 0, -1), ("memory", 85, 86), ("unhealthy", 0, 1)])
def test_an_alarm_begins_at_the_first_value_that_is_wrong(service, role, fine, wrong):
    """Of tasks: fewer than there are at least."""
    alarm = service.of(ALARM)[f"smile-api-{role}"]
    least = service.one("appautoscaling/target:Target")["minCapacity"] if role == "tasks" else 0
    begins = {"GreaterThanThreshold": operator.gt, "LessThanThreshold": operator.lt}[alarm["comparisonOperator"]]
    assert [begins(least + value, alarm["threshold"]) for value in (fine, wrong)] == [False, True]
    assert alarm["period"] * alarm["evaluationPeriods"] >= 300


def test_alarms_watch_what_users_would_notice(service, service_of, context):
    alarms = service.of(ALARM)
    tasks = alarms["smile-api-tasks"]
    assert (tasks["comparisonOperator"], tasks["threshold"]) == ("LessThanThreshold", 2)
    assert tasks["treatMissingData"] == "breaching"
    assert tasks["alarmActions"] == [context.topics["critical"]]
    unhealthy = alarms["smile-api-unhealthy"]
    assert unhealthy["dimensions"]["LoadBalancer"] == "app/smile-prod/1"
    assert alarms["smile-api-memory"]["alarmActions"] == [context.topics["warning"]]
    watched = {
        query["metric"]["metricName"]
        for name in ("smile-api-failures", "smile-api-slow")
        for query in alarms[name]["metricQueries"]
        if "metric" in query
    }
    assert {"HTTPCode_Target_5XX_Count", "TargetConnectionErrorCount", "TargetResponseTime"} <= watched
    assert service_of(alarms=False).of(ALARM) == {}


def test_secrets_without_their_arns_are_refused_by_name(context):
    with pytest.raises(ValueError, match="secret_arns: none, and the container is given LOGIN"):
        ContainerServiceArgs(
            context=context,
            settings=Settings(image=IMAGE),
            subnet_ids=[],
            security_group_ids=[],
            secrets={"LOGIN": SECRET},
        )


REFUSED = [
    ({"image": "nginx"}, "image"),
    ({"image": "public.ecr.aws/nginx/nginx"}, "image"),
    ({"image": IMAGE, "port": 443}, "port: got 443; valid: 1024 to 65535"),
    ({"image": IMAGE, "cpu_units": 300}, "cpu_units: got 300; valid: 256, 512"),
    ({"image": IMAGE, "memory_mib": 700}, "memory_mib: got 700, which Fargate has not with 512 CPU units"),
    ({"image": IMAGE, "min_tasks": 5}, "max_tasks: got 4, less than min_tasks, 5"),
    ({"image": IMAGE, "stop_seconds": 121}, "stop_seconds: got 121; valid: 2 to 120"),
    ({}, "image: not given"),
]


@pytest.mark.parametrize(("given_settings", "says"), REFUSED)
def test_what_fargate_does_not_run_is_refused(given_settings, says):
    with pytest.raises(SettingsError) as caught:
        Settings(**given_settings)
    assert says in str(caught.value)


@given(st.sampled_from(sorted(MEMORY_MIB)), st.integers(1, 240).map(lambda half_gib: half_gib * 512))
def test_memory_passes_exactly_where_fargate_has_it_with_the_processors(cpu_units, memory):
    try:
        Settings(image=IMAGE, cpu_units=cpu_units, memory_mib=memory)
    except SettingsError:
        assert memory not in MEMORY_MIB[cpu_units]
    else:
        assert memory in MEMORY_MIB[cpu_units]
