"""What watches over Learning Hub, brings it back, builds and deploys it."""

import json

import pytest

from tests.paths import ROOT

ALARM, PLAN = "cloudwatch/metricAlarm:MetricAlarm", "backup/plan:Plan"
README = (ROOT / "platforms" / "learning_hub" / "README.md").read_text()
RECOVERY = (ROOT / "platforms" / "learning_hub" / "recovery.md").read_text()


def metrics_of(program):
    """Metrics that some alarm watches."""
    found = set()
    for each in program.of(ALARM).values():
        queries = [query["metric"]["metricName"] for query in each.get("metricQueries", ()) if "metric" in query]
        found |= {each["metricName"]} if "metricName" in each else set(queries)
    return found


@pytest.mark.requirement("LH-OBS-01")
def test_every_part_has_a_log_and_alarms_that_call_somebody(prod):
    groups = {each["name"]: each["retentionInDays"] for each in prod.of("cloudwatch/logGroup:LogGroup").values()}
    assert set(groups.values()) == {30}
    for part in ("application", "cluster", "postgresql", "slow-log", "codebuild", "aws-waf-logs", "flow-logs"):
        assert [name for name in groups if part in name], part
    namespaces = {each["namespace"] for each in prod.of(ALARM).values() if "namespace" in each}
    assert {
        "AWS/AmazonMQ", "AWS/EC2", "AWS/Events", "AWS/RDS", "AWS/SES", "AWS/SQS", "ContainerInsights",
    } <= namespaces  # fmt: skip
    assert all(each["alarmActions"] for each in prod.of(ALARM).values())
    assert prod.of("cloudwatch/dashboard:Dashboard")


@pytest.mark.requirement("LH-OBS-02")
def test_the_dashboard_shows_the_documents_five_key_metrics(prod):
    bodies = "".join(json.dumps(each) for each in prod.of("cloudwatch/dashboard:Dashboard").values())
    for title in ("API response time", "Errors by service", "Database connections", "Cache hit ratio", "Pod cpu"):
        assert title in bodies, title


@pytest.mark.requirement("LH-OBS-02")
def test_an_alarm_watches_each_of_the_key_metrics(prod):
    watched = metrics_of(prod)
    assert {"TargetResponseTime", "Errors", "DatabaseConnections"} <= watched
    assert {"pod_cpu_utilization_over_pod_limit", "pod_memory_utilization_over_pod_limit"} <= watched
    assert {"CacheHits", "CacheMisses"} <= watched
    errors = {
        each["dimensions"]["Service"] for each in prod.of(ALARM).values() if each.get("metricName") == "Errors"
        and "Service" in each.get("dimensions", {})
    }  # fmt: skip
    assert len(errors) == 13


@pytest.mark.requirement("LH-OBS-03")
def test_requests_are_sampled_and_traces_have_a_group(prod):
    assert prod.one("xray/samplingRule:SamplingRule")["fixedRate"] > 0
    assert prod.one("xray/group:Group")["filterExpression"]
    container = next(
        each.inputs["spec"]["template"]["spec"]["containers"][0]
        for each in prod.resources
        if each.type == "kubernetes:apps/v1:Deployment"
    )
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in {each["name"] for each in container["env"]}


def plan(program, role):
    (found,) = (each for each in program.of(PLAN).values() if each["name"] == f"learninghub-prod-{role}")
    return found["rules"][0]


@pytest.mark.requirement("LH-DATA-04")
def test_a_copy_a_month_is_kept_for_a_year(prod):
    monthly = plan(prod, "monthly")
    assert monthly["schedule"] == "cron(0 0 1 * ? *)"
    assert monthly["lifecycle"] == {"deleteAfter": 365}
    lock = next(iter(prod.of("backup/vaultLockConfiguration:VaultLockConfiguration").values()))
    assert lock["maxRetentionDays"] >= 365
    selected = prod.of("backup/selection:Selection")["learninghub-monthly"]
    assert selected["resources"] == ["arn:aws:rds:ap-southeast-3:123456789012:db:*"]


@pytest.mark.requirement("LH-DR-01")
def test_the_database_and_media_lose_minutes_and_a_restore_is_proven_every_month(prod):
    primary = prod.of("rds/instance:Instance")["learninghub-database"]
    assert primary["backupRetentionPeriod"] >= 1  # to any moment, about five minutes ago
    assert plan(prod, "continuous")["enableContinuousBackup"] is True
    assert prod.of("backup/restoreTestingPlan:RestoreTestingPlan")
    assert "RPO" in RECOVERY
    for store in ("PostgreSQL", "Media", "RabbitMQ", "Redis", "EKS"):
        assert f"## {store}" in RECOVERY


@pytest.mark.requirement("LH-DR-03")
def test_the_budget_is_the_documents(prod):
    budget = prod.one("budgets/budget:Budget")
    assert float(budget["limitAmount"]) == 1190
    assert {each["notificationType"] for each in budget["notifications"]} == {"ACTUAL", "FORECASTED"}


@pytest.mark.requirement("LH-CICD-02")
def test_codebuild_builds_images_at_once_with_a_cache_and_may_push_to_the_services_repositories(prod):
    project = prod.one("codebuild/project:Project")
    assert project["environment"]["privilegedMode"] is True
    assert project["cache"]["modes"] == ["LOCAL_DOCKER_LAYER_CACHE", "LOCAL_SOURCE_CACHE"]
    assert project["concurrentBuildLimit"] > 1
    pushes = prod.permissions("learninghub-build")["PushImages"]
    assert len(pushes["Resource"]) == 13
    assert all(":repository/learninghub/" in each for each in pushes["Resource"])


@pytest.mark.requirement("LH-CICD-01")
def test_by_default_jenkins_runs_elsewhere_and_takes_on_a_role(prod):
    assert not prod.of("ec2/instance:Instance")
    role = prod.of("iam/role:Role")["learninghub-jenkins"]
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"AWS": "arn:aws:iam::123456789012:role/jenkins"}


@pytest.mark.requirement("LH-CICD-01")
def test_by_setting_jenkins_has_a_private_host_whose_webhook_is_for_github_alone(hosted):
    host = hosted.one("ec2/instance:Instance")
    assert (host["instanceType"], host["associatePublicIpAddress"]) == ("t3.large", False)
    assert host["subnetId"] == "Subnet/learninghub-private-a"
    assert hosted.of("efs/accessPoint:AccessPoint")["learninghub-files-jenkins"]["rootDirectory"]["path"] == "/jenkins"
    assert "FileSystem/learninghub-files:/ /var/lib/jenkins efs" in host["userData"]
    paths = [
        each["conditions"][0]["pathPattern"]["values"] for each in hosted.of("lb/listenerRule:ListenerRule").values()
    ]
    assert ["/github-webhook", "/github-webhook/*"] in paths
    addresses = hosted.one("wafv2/ipSet:IpSet")
    assert addresses["scope"] == "CLOUDFRONT"
    assert "140.82.112.0/20" in addresses["addresses"]
    rules = hosted.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()
    reach = {each["referencedSecurityGroupId"] for each in rules if each["securityGroupId"].endswith("-jenkins")}
    assert reach == {"SecurityGroup/learninghub-load-balancer"}


@pytest.mark.requirement("LH-CICD-03")
@pytest.mark.parametrize("stack", ["prod", "hosted"])
def test_jenkins_starts_builds_and_changes_the_services_namespace_and_nothing_else(request, stack):
    program = request.getfixturevalue(stack)
    may = program.permissions("learninghub-jenkins")
    assert may["StartBuilds"]["Resource"] == [
        "arn:aws:codebuild:ap-southeast-3:123456789012:project/learninghub-prod-images"
    ]
    entry = next(
        each
        for each in program.of("eks/accessEntry:AccessEntry").values()
        if each["principalArn"] == "arn:aws:iam::123456789012:role/learninghub-prod-jenkins"
    )
    assert "deploy" in json.dumps(entry["kubernetesGroups"])
    assert program.of("iam/role:Role")["learninghub-jenkins"]["name"] == "learninghub-prod-jenkins"


@pytest.mark.requirement("LH-CICD-04")
def test_staging_is_one_host_with_docker_compose_and_no_cluster(staging):
    host = staging.one("ec2/instance:Instance")
    assert host["associatePublicIpAddress"] is False
    assert host["iamInstanceProfile"]
    assert not [each for each in staging.types() if each.startswith(("eks:", "aws:eks/", "kubernetes:", "aws:rds/"))]
    cloud_init = json.loads(host["userData"].removeprefix("#cloud-config\n"))
    files = {each["path"]: each["content"] for each in cloud_init["write_files"]}
    compose = json.loads(files["/opt/platform/compose.json"])
    assert len(compose["services"]) == 13 + 3
    gateway = compose["services"]["api-gateway"]
    assert gateway["image"] == ("444455556666.dkr.ecr.ap-southeast-3.amazonaws.com/learninghub/api-gateway:${TAG:?}")
    assert compose["services"]["postgres"]["image"].endswith(":15")
    declared = {each["name"] for each in json.loads(files["/opt/platform/definitions.json"])["queues"]}
    assert {"notification.enrollments", "notification.enrollments.dead"} <= declared


@pytest.mark.requirement("LH-CICD-04")
def test_development_is_no_stack():
    stacks = {file.name for file in (ROOT / "platforms" / "learning_hub").glob("Pulumi.*.yaml")}
    assert stacks == {"Pulumi.prod.yaml", "Pulumi.staging.yaml"}


WRITTEN = {
    "LH-DATA-07": ("Prisma", "connection pool", "migration"),
    "LH-EXT-05": ("branch protection", "pull request", "GitHub Actions"),
    "LH-DR-02": ("Reserved", "RDS", "ElastiCache"),
    "LH-DR-04": ("Elasticsearch", "Cognito", "GraphQL", "Fargate", "multi-Region"),
}


@pytest.mark.parametrize(
    ("requirement", "words"),
    [pytest.param(each, words, marks=pytest.mark.requirement(each), id=each) for each, words in WRITTEN.items()],
)
def test_what_is_no_part_of_the_program_is_written_down(requirement, words):
    for word in words:
        assert word in README, (requirement, word)


@pytest.mark.requirement("LH-DR-04")
def test_nothing_of_the_future_list_is_made(prod):
    future = ("aws:opensearch/", "aws:dynamodb/", "aws:cognito/", "aws:apigateway", "aws:appsync/", "aws:ecs/")
    assert not [each for each in prod.types() if each.startswith(future)]
