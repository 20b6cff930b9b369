"""Spark on the data cluster: where its pods run, how large they are, what each job may do, and who starts it."""

import json

import pulumi
import pulumi_kubernetes
import pytest

from components.spark.pods import BLOCK_PORT, DRIVER_PORT
from components.spark.spark_cluster import SparkCluster, SparkClusterArgs
from components.spark.spark_job import service_account
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from settings import load_from_files
from tests.recording import record

VIRTUAL, TEMPLATE = "emrcontainers/virtualCluster:VirtualCluster", "emrcontainers/jobTemplate:JobTemplate"
NAMESPACE, QUOTA, POLICY = "core/v1:Namespace", "core/v1:ResourceQuota", "networking.k8s.io/v1:NetworkPolicy"
IDENTITY, OBJECT = "eks/podIdentityAssociation:PodIdentityAssociation", "s3/bucketObjectv2:BucketObjectv2"
ROLE, IAM, SCHEDULE = "iam/role:Role", "iam/policy:Policy", "scheduler/schedule:Schedule"
RULE = "cloudwatch/eventRule:EventRule"
SETTINGS = load_from_files("prod")
GROUPS = SETTINGS.clusters["data"].groups
LAKE = "smile5-lake-prod-123456789012"


@pytest.fixture(scope="session")
def spark_of(context):
    """Record Spark as prod has it, or with other settings or code."""

    def make(code="print()", **changes):
        settings = SETTINGS.spark.model_copy(update=changes)

        def program():
            storage = ObjectStorage("smile", ObjectStorageArgs(context=context, settings=SETTINGS.storage))
            provider = pulumi_kubernetes.Provider("cluster", kubeconfig="{}")
            made = SparkCluster(
                "smile-spark",
                SparkClusterArgs(
                    context=context,
                    settings=settings,
                    cluster="smile-prod-data",
                    cluster_name="smile-prod-data",
                    groups=GROUPS,
                    vpc="10.0.0.0/16",
                    bucket=storage.buckets["lake"],
                    code=dict.fromkeys(settings.jobs, code),
                    runbook="docs/components/spark.md",
                ),
                pulumi.ResourceOptions(provider=provider),
            )
            return {"namespace": made.namespace, "templates": made.job_template_ids}

        return record(program)

    return make


@pytest.fixture(scope="session")
def spark(spark_of):
    return spark_of()


@pytest.fixture(scope="session")
def run(spark):
    """What EMR is asked for."""
    return spark.of(TEMPLATE)["smile-spark-daily-stock"]["jobTemplateData"]


def properties(run, classification):
    (found,) = [
        each["properties"]
        for each in run["configurationOverrides"]["applicationConfigurations"]
        if each["classification"] == classification
    ]
    return found


def statements(recording, *names):
    texts = [each["policy"] for name, each in recording.of(IAM).items() if name.removesuffix("-by-id") in names]
    return {each["Sid"]: each for text in texts for each in json.loads(text)["Statement"]}


def kubernetes(recording, kind):
    return {each.name: each for each in recording.resources if each.type == f"kubernetes:{kind}"}


@pytest.mark.requirement("SMILE-DATA-01")
@pytest.mark.parametrize(
    ("role", "memory", "overhead"), [("driver", "6144m", "2048m"), ("executor", "12288m", "4096m")]
)
def test_pods_of_a_job_have_2_to_4_vcpu_and_8_or_16_gib(run, role, memory, overhead):
    said = properties(run, "spark-defaults")
    assert said[f"spark.kubernetes.{role}.request.cores"] == "2"
    assert said[f"spark.kubernetes.{role}.limit.cores"] == "4"
    assert (said[f"spark.{role}.memory"], said[f"spark.{role}.memoryOverhead"]) == (memory, overhead)


@pytest.mark.requirement("SMILE-DATA-02")
def test_a_job_has_3_to_5_executors(run):
    said = properties(run, "spark-defaults")
    assert said["spark.dynamicAllocation.enabled"] == said["spark.dynamicAllocation.shuffleTracking.enabled"] == "true"
    assert said["spark.dynamicAllocation.minExecutors"] == "3"
    assert said["spark.dynamicAllocation.maxExecutors"] == "5"
    assert run["releaseLabel"] == "emr-7.12.0-latest"


@pytest.mark.requirement("SMILE-DATA-02")
@pytest.mark.requirement("SMILE-DATA-07")
def test_jobs_run_in_a_namespace_of_the_data_cluster(spark):
    (cluster,) = spark.of(VIRTUAL).values()
    provider = cluster["containerProvider"]
    assert (provider["id"], provider["type"]) == ("smile-prod-data", "EKS")
    assert provider["info"] == {"eksInfo": {"namespace": "spark"}}
    (namespace,) = kubernetes(spark, NAMESPACE).values()
    labels = namespace.inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/audit"] == "restricted"


@pytest.mark.requirement("SMILE-DATA-07")
def test_pods_run_on_the_groups_compute_and_memory_whose_taints_they_tolerate(spark, run):
    files = {name: each for name, each in spark.of(OBJECT).items() if name.endswith(".json")}
    for role in ("driver", "executor"):
        file = files[f"smile-spark-daily-stock-{role}.json"]
        spec = json.loads(file["content"])["spec"]
        assert spec["nodeSelector"] == {"workload": "memory"}
        assert spec["tolerations"] == [
            {"key": "workload", "operator": "Equal", "value": "memory", "effect": "NoSchedule"}
        ]
        said = properties(run, "spark-defaults")[f"spark.kubernetes.{role}.podTemplateFile"]
        assert said == f"s3://{LAKE}/{file['key']}"
    assert properties(run, "emr-job-submitter") == {
        "jobsubmitter.node.selector.workload": "compute",
        "jobsubmitter.node.toleration.workload": "compute",
        "jobsubmitter.node.toleration.workload.effect": "NoSchedule",
    }


def test_namespace_has_room_for_one_job_at_its_largest(spark):
    (quota,) = kubernetes(spark, QUOTA).values()
    hard = quota.inputs["spec"]["hard"]
    assert hard["pods"] == "7"  # one that starts it, the driver, five executors
    assert (hard["requests.cpu"], hard["limits.cpu"]) == ("13000m", "25000m")
    assert hard["requests.memory"] == hard["limits.memory"] == f"{2048 + 8192 + 5 * 16384}Mi"
    assert hard["services.loadbalancers"] == "0"


def test_pods_talk_to_each_other_on_fixed_ports_to_the_vpc_and_to_s3(spark, run):
    policies = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in kubernetes(spark, POLICY).values()}
    assert set(policies) == {"default-deny", "every-pod", "spark"}
    ports = [each["port"] for each in policies["spark"]["ingress"][0]["ports"]]
    assert ports == [DRIVER_PORT, BLOCK_PORT]
    assert policies["spark"]["ingress"][0]["from"] == [{"podSelector": {}}]
    blocks = [to["ipBlock"] for rule in policies["spark"]["egress"] for to in rule["to"] if "ipBlock" in to]
    assert blocks == [
        {"cidr": "10.0.0.0/16"},
        {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/16", "169.254.0.0/16"]},
    ]
    said = properties(run, "spark-defaults")
    assert said["spark.driver.port"] == str(DRIVER_PORT)
    assert said["spark.blockManager.port"] == said["spark.driver.blockManager.port"] == str(BLOCK_PORT)


def test_namespace_is_closed_before_emr_lets_itself_in(spark):
    (cluster,) = [each for each in spark.resources if each.type == f"aws:{VIRTUAL}"]
    assert set(kubernetes(spark, POLICY)) <= {urn.rpartition("::")[2] for urn in cluster.dependencies}


def test_role_is_the_jobs_pods_alone(spark):
    role = spark.of(ROLE)["smile-spark-daily-stock"]
    assert role["name"] == "smile-prod-spark-daily-stock"
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    said = trust["Condition"]["StringEquals"]
    assert said["aws:RequestTag/kubernetes-namespace"] == "spark"
    assert said["aws:RequestTag/eks-cluster-arn"].endswith(":cluster/smile-prod-data")
    bound = {each["serviceAccount"] for each in spark.of(IDENTITY).values()}
    assert bound == set(said["aws:RequestTag/kubernetes-service-account"])
    assert len(bound) == 3


def test_service_accounts_are_called_as_emr_calls_them():
    # https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/setting-up-enable-IAM.html: in its example, the
    # end of the line was encoded as well.
    assert service_account("driver", "111122223333", "JobExecutionRoleIRSAv2\n") == (
        "emr-containers-sa-spark-driver-111122223333-2eum5fah1jc1kwyjc19ikdhdkdegh1n26vbe"
    )


def test_a_job_reads_its_tables_and_code_and_writes_its_tables_and_logs(spark):
    said, bucket = statements(spark, "smile-spark-daily-stock"), f"arn:aws:s3:::{LAKE}"
    assert said["ReadLake"]["Resource"] == [f"{bucket}/events/*", f"{bucket}/jobs/daily-stock/*"]
    assert said["WriteLake"]["Resource"] == [f"{bucket}/daily_stock/*", f"{bucket}/logs/daily-stock/*"]
    group = "arn:aws:logs:ap-southeast-3:123456789012:log-group:/aws/emr-containers/smile-prod"
    assert said["WriteLog"]["Resource"] == [group, f"{group}:*"]


def test_template_is_encrypted_and_its_runs_write_logs_to_cloudwatch_and_the_bucket(spark, run, context):
    template = spark.of(TEMPLATE)["smile-spark-daily-stock"]
    assert template["kmsKeyArn"] == context.keys["kubernetes"]
    said = run["configurationOverrides"]["monitoringConfiguration"]
    assert said["cloudWatchMonitoringConfiguration"]["logGroupName"] == "/aws/emr-containers/smile-prod"
    assert said["s3MonitoringConfiguration"] == {"logUri": f"s3://{LAKE}/logs/daily-stock/"}
    assert said["persistentAppUi"] == "DISABLED"


def test_program_is_given_its_tables_and_the_time_zone(run):
    driver = run["jobDriver"]["sparkSubmitJobDriver"]
    assert driver["entryPointArguments"] == [
        *("--events", f"s3://{LAKE}/events"),
        *("--daily_stock", f"s3://{LAKE}/daily_stock"),
        *("--time-zone", "Asia/Jakarta"),
    ]


def test_changed_code_lies_beside_the_old(spark, spark_of):
    key, other = (each.of(OBJECT)["smile-spark-daily-stock-main.py"]["key"] for each in (spark, spark_of(code="x")))
    assert key != other
    assert key.startswith("jobs/daily-stock/")


def test_schedule_starts_runs_of_its_template_alone_in_jakartas_night(spark):
    schedule = spark.of(SCHEDULE)["smile-spark-daily-stock"]
    assert schedule["scheduleExpression"] == "cron(30 0 * * ? *)"
    assert schedule["scheduleExpressionTimezone"] == "Asia/Jakarta"
    assert schedule["target"]["arn"] == "arn:aws:scheduler:::aws-sdk:emrcontainers:startJobRun"
    asked = json.loads(schedule["target"]["input"])
    assert set(asked) == {"VirtualClusterId", "JobTemplateId", "Name", "ClientToken"}
    assert asked["ClientToken"] == "<aws.scheduler.execution-id>"
    said = statements(spark, "smile-spark-daily-stock-schedule")
    assert said["StartJobRun"]["Condition"] == {
        "ArnEquals": {"emr-containers:JobTemplateArn": "arn:of:JobTemplate/smile-spark-daily-stock"}
    }
    assert said["PassRoleOfJob"]["Resource"] == ["arn:aws:iam::123456789012:role/smile-prod-spark-daily-stock"]
    assert said["PassRoleOfJob"]["Condition"] == {"StringEquals": {"iam:PassedToService": "pods.eks.amazonaws.com"}}


def test_a_failed_run_is_told(spark):
    rule = spark.of(RULE)["smile-spark-failed"]
    assert json.loads(rule["eventPattern"]) == {
        "source": ["aws.emr-containers"],
        "detail-type": ["EMR Job Run State Change"],
        "detail": {"state": ["FAILED"]},
    }
