"""The microservices in the cluster, as a program registers them: their roles, their pods, what fences them in."""

import json
import re
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import pairwise
from types import SimpleNamespace

import pytest

from aws_facts.helm_charts import HELM_CHARTS
from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.edge.release_settings import COLOURS
from components.files.shared_file_system import SharedFileSystem, SharedFileSystemArgs
from components.functions.function import Placement
from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.secrets.settings import SECRET_LIKE
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from components.streams.data_streams import DataStreams, DataStreamsArgs
from components.tracing.agent import SAMPLING_PORT, TRACES_PORT
from components.workloads.controllers import Controllers, ControllersArgs
from components.workloads.identities import WorkloadIdentities, WorkloadIdentitiesArgs
from components.workloads.quantities import mebibytes, millicores
from components.workloads.services_settings import Service
from components.workloads.settings import Versions
from components.workloads.workloads import Workloads, WorkloadsArgs
from layers import grants
from layers.compute import surroundings
from settings import load_from_files
from tests.recording import record
from tests.stacks import STACKS

ACCOUNT = "123456789012"
ROLE = "iam/role:Role"
ASSOCIATION = "eks/podIdentityAssociation:PodIdentityAssociation"
DEPLOYMENT, BUDGET = "apps/v1:Deployment", "policy/v1:PodDisruptionBudget"
AUTOSCALER, NETWORK_POLICY = "autoscaling/v2:HorizontalPodAutoscaler", "networking.k8s.io/v1:NetworkPolicy"
BINDING = "elbv2.k8s.aws/v1beta1:TargetGroupBinding"
LOGINS = "secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
RELEASE = "helm.sh/v3:Release"
EVERYTHING = Service(
    kind="api",
    path="/api/everything",
    sends=("jobs",),
    receives=("stock-movements.fifo",),
    reads=("documents",),
    writes=("archive",),
    secrets=("mysql/application",),
    files=("shared",),
    cache=True,
)


def parameters_of(context, settings):
    """What the stack's parameters are made of."""
    return ParametersArgs(
        context=context,
        values=settings.secrets.parameters,
        secure=settings.secrets.secure_parameters,
        root=settings.parameter_root,
    )


@pytest.fixture(scope="session")
def workloads_of(foundation_of, environment):
    """Record the workloads of a stack, or with another catalogue or other settings."""

    def make(stack="prod", services=None, ingress=None, **changes):
        settings = load_from_files(stack)
        catalogue = services or settings.services.catalogue
        network = settings.network.model_copy(update={"ingress": ingress or settings.network.ingress})
        context = foundation_of(environment=replace(environment, name=stack))

        def program():
            logins = SecretsArgs(
                context=context,
                secrets=settings.secrets,
                placement=Placement(subnet_ids=["subnet-1"], security_group_ids=["sg-1"]),
                database=DatabaseLogin(
                    engine="mysql",
                    users=settings.database.users,
                    host="db",
                    port=3306,
                    master_arn=f"arn:aws:secretsmanager:x:{ACCOUNT}:secret:m",
                ),
            )
            nodes = {"subnet_ids": ["subnet-1"], "security_group_id": "sg-1"}
            data = SimpleNamespace(
                queues=MessageQueues("smile", MessageQueuesArgs(context=context, queues=settings.queues)),
                streams=DataStreams("smile", DataStreamsArgs(context=context, settings=settings.streams)),
                storage=ObjectStorage("smile", ObjectStorageArgs(context=context, settings=settings.storage)),
                secrets=Secrets("smile", logins),
                parameters=Parameters("smile", parameters_of(context, settings)),
                cache=RedisCache(
                    "smile-cache",
                    RedisCacheArgs(context=context, cache=settings.cache, **nodes),
                ),
            )
            files = SharedFileSystemArgs(
                context=context, files=settings.files, subnet_ids={"a": "subnet-1"}, security_group_id="sg-1"
            )
            identities = WorkloadIdentitiesArgs(
                environment=context.environment,
                namespace=settings.namespace,
                cluster=f"smile-{stack}",
                cluster_name=f"smile-{stack}",
                statements=grants.statements(data, catalogue, settings.metric_namespace),
            )
            WorkloadIdentities("smile", identities)
            images = ImageRegistry(
                "smile-images",
                ImageRegistryArgs(context=context, settings=settings.images, services=list(catalogue)),
            )
            files = SharedFileSystem("smile-files", files)
            made = Workloads(
                "smile-workloads",
                WorkloadsArgs(
                    context=context,
                    namespace=settings.namespace,
                    settings=settings.workloads.model_copy(update=changes),
                    services=catalogue,
                    variables=grants.variables(data, catalogue, settings.metric_namespace),
                    secret_names={path: secret.physical_name for path, secret in data.secrets.secrets.items()},
                    images=images.urls,
                    registries=images.cache_urls,
                    file_system_id=files.id,
                    access_points=files.access_point_ids,
                    cluster=f"smile-{stack}",
                    cluster_settings=settings.clusters["application"],
                    around=surroundings(network),
                    vpc_id="vpc-1",
                    health_path="/health",
                    target_groups={
                        name: {colour: f"arn:of:{name}-{colour}" for colour in COLOURS}
                        for name, service in catalogue.items()
                        if service.path
                    },
                ),
            )
            return {"namespace": made.namespace}

        recording = record(program)
        return SimpleNamespace(recording=recording, settings=settings, catalogue=catalogue, stack=stack)

    return make


@pytest.fixture(scope="session")
def stacks(workloads_of):
    return {stack: workloads_of(stack) for stack in STACKS}


@pytest.fixture(scope="session")
def prod(stacks):
    return stacks["prod"]


def objects(made, kind):
    """Name in Kubernetes -> inputs of the objects of one kind, such as ``apps/v1:Deployment``."""
    found = [each.inputs for each in made.recording.resources if each.type == f"kubernetes:{kind}"]
    named = {each["metadata"]["name"] if "metadata" in each else each["name"]: each for each in found}
    assert len(named) == len(found)
    return named


def only(made, kind):
    (found,) = objects(made, kind).values()
    return found


def pod(workload):
    spec = workload["spec"]
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]["spec"]


def container(workload):
    (found,) = pod(workload)["containers"]
    return found


def statements(made, service):
    """Sid -> statement of a service's role; none where it has no policy."""
    return made.recording.permissions(f"smile-workload-{service}")


@pytest.mark.requirement("SMILE-NS-01")
@pytest.mark.requirement("SMILE-NS-02")
@pytest.mark.requirement("SMILE-NS-03")
@pytest.mark.parametrize(("stack", "bounds"), [("dev", (1, 2)), ("staging", (2, 3)), ("prod", (3, 10))])
def test_each_stack_has_its_namespace_and_its_replicas(stacks, stack, bounds):
    made = stacks[stack]
    assert set(objects(made, "core/v1:Namespace")) == {f"smile5-{stack}"}
    assert made.recording.result["namespace"] == f"smile5-{stack}"
    deployments, autoscalers = objects(made, DEPLOYMENT), objects(made, AUTOSCALER)
    assert set(deployments) == set(autoscalers) == {f"{name}-blue" for name in made.catalogue}
    assert {each["metadata"]["namespace"] for each in deployments.values()} == {f"smile5-{stack}"}
    assert {each["spec"]["replicas"] for each in deployments.values()} == {bounds[0]}
    for name, autoscaler in autoscalers.items():
        assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == bounds
        assert autoscaler["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}


@pytest.mark.requirement("SMILE-PERF-07")
def test_pods_are_added_at_seventy_percent_and_the_program_leaves_their_number_alone(prod):
    for autoscaler in objects(prod, AUTOSCALER).values():
        (metric,) = autoscaler["spec"]["metrics"]
        assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
    deployments = [each for each in prod.recording.resources if each.type == f"kubernetes:{DEPLOYMENT}"]
    assert all(each.ignore_changes == {"spec.replicas"} for each in deployments)


@pytest.mark.requirement("SMILE-PERF-08")
def test_stacks_get_larger(stacks):
    sizes = []
    for made in stacks.values():
        hard = only(made, "core/v1:ResourceQuota")["spec"]["hard"]
        sizes.append((int(hard["pods"]), millicores(hard["limits.cpu"]), mebibytes(hard["limits.memory"])))
    for smaller, larger in pairwise(sizes):
        assert all(few < many for few, many in zip(smaller, larger, strict=True))


@pytest.mark.requirement("SMILE-PERF-01")
@pytest.mark.requirement("SMILE-PERF-02")
def test_every_container_asks_for_what_is_documented(stacks):
    documented = {
        "worker": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1000m", "memory": "2Gi"}},
        "api": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"cpu": "2000m", "memory": "4Gi"}},
    }
    for made in stacks.values():
        for name, service in made.catalogue.items():
            kind = "worker" if service.kind == "worker" else "api"
            assert container(objects(made, DEPLOYMENT)[f"{name}-blue"])["resources"] == documented[kind]


@pytest.mark.requirement("SMILE-NS-04")
def test_nothing_in_the_namespace_is_open_that_no_policy_opens(prod):
    policies = objects(prod, NETWORK_POLICY)
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    dns, identity = policies["every-pod"]["spec"]["egress"]
    assert dns["to"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "kube-system"}
    assert dns["to"][0]["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}
    assert {(port["protocol"], port["port"]) for port in dns["ports"]} == {("UDP", 53), ("TCP", 53)}
    assert identity == {
        "to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}],
        "ports": [{"protocol": "TCP", "port": 80}],
    }
    assert set(policies) == {"default-deny", "every-pod", *prod.catalogue}
    for name in prod.catalogue:
        assert policies[name]["spec"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": name}}
        assert set(policies[name]["spec"]["policyTypes"]) == {"Ingress", "Egress"}


def ends(rules, direction):
    """Port -> the other ends that a policy's rules name."""
    found = {}
    for rule in rules:
        for port in rule["ports"]:
            found.setdefault(port["port"], []).extend(rule[direction])
    return found


@pytest.mark.requirement("SMILE-NS-04")
def test_a_service_reaches_what_it_uses_and_is_reached_by_whom_it_serves(workloads_of):
    services = {
        "public": Service(path="/api/public", secrets=("mysql/application",), cache=True),
        "inner": Service(),
        "mails": Service(kind="worker", partners=True),
    }
    made = workloads_of(services=services)
    rules = {name: each["spec"] for name, each in objects(made, NETWORK_POLICY).items()}
    network = made.settings.network
    subnets = {tier: [str(cidr) for cidr in zones.values()] for tier, zones in network.subnets.items()}

    def blocks(ranges):
        return [{"ipBlock": {"cidr": cidr}} for cidr in ranges]

    assert ends(rules["public"]["ingress"], "from") == {
        443: [{"podSelector": {}}, *blocks(subnets["private"])],
        8080: blocks(subnets["private"]),
    }
    assert ends(rules["inner"]["ingress"], "from") == {443: [{"podSelector": {}}]}
    assert not rules["mails"]["ingress"]
    others = [{"podSelector": {}}, *blocks(["10.0.0.0/16"])]
    internet = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/16", "169.254.0.0/16"]}}
    node = dict.fromkeys((SAMPLING_PORT, TRACES_PORT), blocks(["10.0.0.0/16"]))
    assert ends(rules["public"]["egress"], "to") == {
        **node,
        443: others,
        3306: blocks(subnets["database"]),
        6379: blocks(subnets["private"]),
    }
    assert ends(rules["inner"]["egress"], "to") == {**node, 443: others}
    assert ends(rules["mails"]["egress"], "to") == {**node, 443: [*others, internet]}


def test_a_load_balancer_on_the_internet_side_reaches_pods_from_the_public_subnets(workloads_of):
    made = workloads_of(services={"orders": Service(path="/orders")}, ingress="cloudfront")
    rules = ends(objects(made, NETWORK_POLICY)["orders"]["spec"]["ingress"], "from")
    public = [str(cidr) for cidr in made.settings.network.subnets["public"].values()]
    assert [each["ipBlock"]["cidr"] for each in rules[8080]] == public


@pytest.mark.requirement("SMILE-NS-04")
def test_people_have_roles_in_the_namespace_alone_and_see_no_secret(prod):
    roles, bindings = (objects(prod, f"rbac.authorization.k8s.io/v1:{kind}") for kind in ("Role", "RoleBinding"))
    assert set(roles) == set(bindings) == {"readers", "deployers"}
    for name, binding in bindings.items():
        assert binding["metadata"]["namespace"] == roles[name]["metadata"]["namespace"] == "smile5-prod"
        assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == ("Role", name)
        assert [(each["kind"], each["name"]) for each in binding["subjects"]] == [("Group", f"smile:{name}")]
    for role in roles.values():
        for rule in role["rules"]:
            assert "*" not in (*rule["apiGroups"], *rule["resources"], *rule["verbs"])
            assert not {"secrets", "pods/exec", "rolebindings"} & set(rule["resources"])
    assert {verb for rule in roles["readers"]["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}


@pytest.mark.requirement("SMILE-NS-05")
def test_quota_holds_every_pod_at_its_most_and_no_more(prod):
    hard = only(prod, "core/v1:ResourceQuota")["spec"]["hard"]
    kinds = [service.kind for service in prod.catalogue.values()]
    # Ten pods of each service, and one more while a new version rolls out.
    workers = 11 * kinds.count("worker")
    others = 11 * len(kinds) - workers
    assert workers
    assert others
    assert hard == {
        "pods": str(workers + others),
        "requests.cpu": f"{others * 500 + workers * 250}m",
        "limits.cpu": f"{others * 2000 + workers * 1000}m",
        "requests.memory": f"{others * 512 + workers * 256}Mi",
        "limits.memory": f"{others * 4096 + workers * 2048}Mi",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    (limit,) = only(prod, "core/v1:LimitRange")["spec"]["limits"]
    assert limit == {
        "type": "Container",
        "defaultRequest": {"cpu": "250m", "memory": "256Mi"},
        "default": {"cpu": "1000m", "memory": "2Gi"},
        "max": {"cpu": "2000m", "memory": "4Gi"},
    }


@pytest.mark.requirement("SMILE-NS-06")
def test_every_service_with_two_pods_or_more_keeps_half_of_them_and_spreads_over_the_zones(stacks):
    assert not objects(stacks["dev"], BUDGET)
    for stack in ("staging", "prod"):
        made = stacks[stack]
        budgets = objects(made, BUDGET)
        assert set(budgets) == set(objects(made, DEPLOYMENT))
        for name, deployment in objects(made, DEPLOYMENT).items():
            assert budgets[name]["spec"]["minAvailable"] == "50%"
            assert budgets[name]["spec"]["selector"] == deployment["spec"]["selector"]
            zone, host = pod(deployment)["topologySpreadConstraints"]
            assert (zone["topologyKey"], zone["whenUnsatisfiable"], zone["maxSkew"]) == (
                "topology.kubernetes.io/zone",
                "DoNotSchedule",
                1,
            )
            assert zone["labelSelector"] == host["labelSelector"] == deployment["spec"]["selector"]


@pytest.mark.requirement("SMILE-NS-07")
def test_only_restricted_pods_are_let_in_and_ours_are(stacks):
    for made in stacks.values():
        labels = only(made, "core/v1:Namespace")["metadata"]["labels"]
        for mode in ("enforce", "audit", "warn"):
            assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        for deployment in objects(made, DEPLOYMENT).values():
            security, inside = pod(deployment)["securityContext"], container(deployment)["securityContext"]
            assert (security["runAsNonRoot"], security["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
            assert security["runAsUser"] > 0
            assert inside["allowPrivilegeEscalation"] is False
            assert inside["capabilities"] == {"drop": ["ALL"]}
            assert inside["readOnlyRootFilesystem"] is True
            kinds = {key for volume in pod(deployment)["volumes"] for key in volume if key != "name"}
            assert kinds <= {"csi", "emptyDir", "persistentVolumeClaim"}
            assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod(deployment))


@pytest.mark.requirement("SMILE-EKS-07")
def test_each_kind_of_service_runs_on_its_own_group_of_nodes(workloads_of):
    services = {
        "orders": Service(path="/api/orders"),
        "portal": Service(kind="web", path="/portal"),
        "mails": Service(kind="worker"),
        "closing": Service(kind="worker", schedule="30 1 * * *"),
    }
    made = workloads_of(services=services)
    running = {**objects(made, DEPLOYMENT), **objects(made, "batch/v1:CronJob")}
    assert set(objects(made, "batch/v1:CronJob")) == {"closing-blue"}
    nodes = made.settings.workloads.node_groups
    groups = made.settings.clusters["application"].groups
    for name, service in services.items():
        spec = pod(running[f"{name}-blue"])
        assert spec["nodeSelector"] == {"workload": nodes[service.kind]}
        taints = {(taint.key, taint.value) for taint in groups[nodes[service.kind]].taints}
        assert {(each["key"], each["value"]) for each in spec.get("tolerations", [])} == taints
        assert spec["priorityClassName"] in objects(made, "scheduling.k8s.io/v1:PriorityClass")
    assert pod(running["mails-blue"])["tolerations"][0]["effect"] == "NoSchedule"


def test_a_job_runs_once_at_its_time_in_jakarta_and_is_asked_nothing(workloads_of):
    made = workloads_of(services={"closing": Service(kind="worker", schedule="30 1 * * *")})
    job = only(made, "batch/v1:CronJob")
    assert (job["spec"]["schedule"], job["spec"]["timeZone"]) == ("30 1 * * *", "Asia/Jakarta")
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert pod(job)["restartPolicy"] == "Never"
    assert not {"livenessProbe", "readinessProbe", "ports"} & set(container(job))
    assert not objects(made, AUTOSCALER)
    assert not objects(made, "core/v1:Service")
    assert only(made, "core/v1:ResourceQuota")["spec"]["hard"]["pods"] == "2"


def test_pods_take_tls_on_the_service_port_and_health_checks_on_8080(prod):
    orders = objects(prod, DEPLOYMENT)["orders-blue"]
    ports = {port["name"]: port["containerPort"] for port in container(orders)["ports"]}
    assert ports == {"https": 443, "health": 8080}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container(orders)[probe]["httpGet"] == {"path": "/health", "port": "health"}
    # A pod that isn't root may listen on 443 only so.
    assert pod(orders)["securityContext"]["sysctls"] == [
        {"name": "net.ipv4.ip_unprivileged_port_start", "value": "443"}
    ]
    worker = objects(prod, DEPLOYMENT)["notifications-blue"]
    assert [port["name"] for port in container(worker)["ports"]] == ["health"]
    (port,) = objects(prod, "core/v1:Service")["orders"]["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (443, "https")
    assert "notifications" not in objects(prod, "core/v1:Service")


@pytest.mark.requirement("SMILE-EDGE-18")
def test_pods_join_the_target_group_of_their_colour_before_they_run(workloads_of):
    made = workloads_of(versions={"orders": Versions(blue="r7", green="r8")})
    assert {name for name in objects(made, BINDING) if name.startswith("orders")} == {"orders-blue", "orders-green"}
    for colour, version in (("blue", "r7"), ("green", "r8")):
        spec = objects(made, BINDING)[f"orders-{colour}"]["spec"]
        assert (spec["targetType"], spec["targetGroupARN"]) == ("ip", f"arn:of:orders-{colour}")
        assert spec["serviceRef"] == {"name": f"orders-{colour}", "port": 443}
        service = objects(made, "core/v1:Service")[f"orders-{colour}"]["spec"]
        deployment = objects(made, DEPLOYMENT)[f"orders-{colour}"]
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert service["selector"] == deployment["spec"]["selector"]["matchLabels"]
        assert service["selector"].items() <= labels.items()
        assert container(deployment)["image"].endswith(f".ap-southeast-3.amazonaws.com/smile/orders:{version}")
    urns = {each.urn for each in made.recording.resources if each.type == f"kubernetes:{BINDING}"}
    (blue,) = [
        each for each in made.recording.resources if each.name == "smile-workloads-orders-blue" and "apps" in each.type
    ]
    assert blue.dependencies & urns
    assert "notifications-blue" not in objects(made, BINDING)
    labels = only(made, "core/v1:Namespace")["metadata"]["labels"]
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


@pytest.mark.requirement("SMILE-SEC-18")
def test_each_service_has_a_role_that_only_its_own_pods_take_on(stacks):
    for stack, made in stacks.items():
        associations = made.recording.of(ASSOCIATION)
        assert set(associations) == {f"smile-workload-{name}" for name in made.catalogue}
        assert len({each["roleArn"] for each in associations.values()}) == len(made.catalogue)
        accounts = objects(made, "core/v1:ServiceAccount")
        assert set(accounts) == set(made.catalogue)
        for name in made.catalogue:
            association = associations[f"smile-workload-{name}"]
            assert (association["namespace"], association["serviceAccount"]) == (f"smile5-{stack}", name)
            assert association["roleArn"] == f"arn:of:Role/smile-workload-{name}"
            (trust,) = json.loads(made.recording.of(ROLE)[f"smile-workload-{name}"]["assumeRolePolicy"])["Statement"]
            assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
            assert trust["Condition"]["StringEquals"] == {
                "aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:ap-southeast-3:{ACCOUNT}:cluster/smile-{stack}",
                "aws:RequestTag/kubernetes-namespace": f"smile5-{stack}",
                "aws:RequestTag/kubernetes-service-account": name,
            }
            assert pod(objects(made, DEPLOYMENT)[f"{name}-blue"])["serviceAccountName"] == name
            assert accounts[name]["automountServiceAccountToken"] is False


@pytest.mark.requirement("SMILE-SEC-18")
def test_a_role_names_what_its_service_uses_and_nothing_else(workloads_of):
    made = workloads_of(services={"everything": EVERYTHING, "nothing": Service()})
    said = statements(made, "everything")
    resources = {
        sid: each["Resource"] for sid, each in said.items() if not sid.endswith("WithKey") and "Key" not in sid
    }
    arn = f"arn:aws:{{}}:ap-southeast-3:{ACCOUNT}:{{}}"
    documents, archive = (f"arn:aws:s3:::smile5-{purpose}-prod-{ACCOUNT}" for purpose in ("documents", "archive"))
    assert resources == {
        "SendMessages": [arn.format("sqs", "smile-prod-jobs")],
        "ReceiveMessages": [arn.format("sqs", "smile-prod-stock-movements.fifo")],
        "ReadOwnSecrets": [arn.format("secretsmanager", "secret:smile-prod/mysql/application-??????")],
        "ConnectToCache": [
            arn.format("elasticache", "replicationgroup:smile-prod-cache"),
            arn.format("elasticache", "user:smile-prod-cache-application"),
        ],
        "ListObjects": [documents],
        "ReadObjects": [f"{documents}/*"],
        "WriteObjects": [f"{archive}/*"],
        "WriteMetrics": ["*"],
    }
    for sid in set(said) - set(resources):
        assert len(said[sid]["Resource"]) == 1
        assert said[sid]["Resource"][0].startswith("arn:aws:kms:")
        assert "kms:ViaService" in said[sid]["Condition"]["StringEquals"]
    assert said["ReadObjectsWithKey"]["Condition"]["StringEquals"]["kms:EncryptionContext:aws:s3:arn"] == [documents]
    assert said["WriteObjectsWithKey"]["Condition"]["StringEquals"]["kms:EncryptionContext:aws:s3:arn"] == [archive]
    assert set(statements(made, "nothing")) == {"WriteMetrics"}
    assert "smile-workload-nothing" in made.recording.of(ROLE)


@pytest.mark.requirement("SMILE-SEC-18")
def test_no_role_of_a_workload_has_a_wildcard_for_all(stacks):
    for made in stacks.values():
        for name in made.catalogue:
            for statement in statements(made, name).values():
                assert not any(re.fullmatch(r"\*|[a-z0-9]+:\*", action) for action in statement["Action"])
                without_arn = statement["Action"] == ["cloudwatch:PutMetricData"]
                assert without_arn or all(re.match(r"arn:aws:[a-z0-9]+:", each) for each in statement["Resource"])


@pytest.mark.requirement("SMILE-OBS-01")
def test_a_service_publishes_metrics_in_its_stacks_namespace_and_in_no_other(stacks):
    for stack, made in stacks.items():
        assert made.catalogue
        for name in made.catalogue:
            published = [
                each
                for each in statements(made, name).values()
                if any(fnmatchcase("cloudwatch:PutMetricData", action) for action in each["Action"])
            ]
            assert [each["Condition"] for each in published] == [
                {"StringEquals": {"cloudwatch:namespace": f"SMILE5/{stack}"}}
            ]
            env = {
                each["name"]: each.get("value") for each in container(objects(made, DEPLOYMENT)[f"{name}-blue"])["env"]
            }
            assert env["METRICS_NAMESPACE"] == f"SMILE5/{stack}"


@pytest.mark.requirement("SMILE-SECRETS-07")
def test_pods_find_their_own_secrets_as_files_read_with_their_own_role(prod):
    for name, service in prod.catalogue.items():
        mounted = [volume for volume in pod(objects(prod, DEPLOYMENT)[f"{name}-blue"])["volumes"] if "csi" in volume]
        read = statements(prod, name).get("ReadOwnSecrets", {"Resource": []})["Resource"]
        assert len(read) == len(service.secrets)
        if not service.secrets:
            assert not mounted
            assert name not in objects(prod, LOGINS)
            continue
        assert mounted[0]["csi"]["driver"] == "secrets-store.csi.k8s.io"
        assert mounted[0]["csi"]["volumeAttributes"] == {"secretProviderClass": name}
        asked = objects(prod, LOGINS)[name]["spec"]["parameters"]
        assert (asked["usePodIdentity"], asked["region"]) == ("true", "ap-southeast-3")
        assert json.loads(asked["objects"]) == [
            {
                "objectName": f"smile-prod/{path}",
                "objectType": "secretsmanager",
                "objectAlias": path.replace("/", "-"),
            }
            for path in service.secrets
        ]


def test_a_service_sends_its_traces_to_its_own_node_and_asks_there_what_is_sampled(workloads_of):
    made = workloads_of(services={"orders": Service(), "nightly": Service(kind="worker", schedule="30 1 * * *")})
    job = only(made, "batch/v1:CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    for service, env in (("orders", container(only(made, DEPLOYMENT))["env"]), ("nightly", job["env"])):
        # Kubernetes puts the value of one variable into another that stands after it.
        assert env[0] == {"name": "NODE_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}}
        values = {each["name"]: each.get("value") for each in env}
        assert values["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://$(NODE_IP):{TRACES_PORT}"
        assert values["OTEL_TRACES_SAMPLER_ARG"] == f"endpoint=http://$(NODE_IP):{SAMPLING_PORT}"
        assert (values["OTEL_TRACES_EXPORTER"], values["OTEL_TRACES_SAMPLER"]) == ("otlp", "xray")
        assert values["OTEL_SERVICE_NAME"] == service
        about = dict(each.split("=") for each in values["OTEL_RESOURCE_ATTRIBUTES"].split(","))
        assert about == {"deployment.environment.name": "prod", "service.version": "release-1"}


@pytest.mark.requirement("SMILE-SECRETS-02")
def test_what_is_not_secret_comes_in_the_environment_and_nothing_else_does(workloads_of):
    made = workloads_of(services={"everything": EVERYTHING})
    env = {each["name"]: each.get("value") for each in container(only(made, DEPLOYMENT))["env"]}
    assert env["QUEUE_JOBS"] == "smile-prod-jobs"
    assert env["QUEUE_STOCK_MOVEMENTS_FIFO"] == "smile-prod-stock-movements.fifo"
    assert env["BUCKET_DOCUMENTS"] == f"smile5-documents-prod-{ACCOUNT}"
    assert (env["ENVIRONMENT"], env["AWS_REGION"]) == ("prod", "ap-southeast-3")
    assert (env["SERVICE_PORT"], env["HEALTH_PORT"], env["LOGINS_PATH"]) == ("443", "8080", "/logins")
    assert not [name for name in env if SECRET_LIKE.search(name)]
    assert not objects(made, "core/v1:Secret")


@pytest.mark.requirement("SMILE-EFS-06")
def test_pods_mount_folders_through_access_points_over_tls(prod):
    shared = objects(prod, "core/v1:PersistentVolume")["shared-files"]["spec"]
    assert shared["csi"] == {
        "driver": "efs.csi.aws.com",
        "volumeHandle": "FileSystem/smile-files::AccessPoint/smile-files-shared",
        "volumeAttributes": {"encryptInTransit": "true"},
    }
    assert {"tls", "iam"} <= set(shared["mountOptions"])
    classes = objects(prod, "storage.k8s.io/v1:StorageClass")
    assert {"tls", "iam"} <= set(classes[shared["storageClassName"]]["mountOptions"])
    claim = objects(prod, "core/v1:PersistentVolumeClaim")["files-shared"]
    assert claim["spec"]["volumeName"] == "shared-files"
    assert claim["spec"]["storageClassName"] == shared["storageClassName"]
    reports = pod(objects(prod, DEPLOYMENT)["reports-blue"])["volumes"]
    assert {"name": "files-shared", "persistentVolumeClaim": {"claimName": "files-shared"}} in reports


def test_disks_of_pods_are_encrypted_with_the_key_of_the_cluster(stacks):
    for stack, made in stacks.items():
        disks = objects(made, "storage.k8s.io/v1:StorageClass")["smile-gp3"]
        assert disks["parameters"] == {
            "type": "gp3",
            "encrypted": "true",
            "kmsKeyId": f"arn:aws:kms:ap-southeast-3:{ACCOUNT}:key/kubernetes",
        }, stack
        assert disks["volumeBindingMode"] == "WaitForFirstConsumer"


@pytest.mark.requirement("SMILE-EKS-13")
def test_controllers_run_in_the_cluster_with_accounts_of_their_own(prod):
    releases = objects(prod, RELEASE)
    balancer, autoscaler = releases["aws-load-balancer-controller"], releases["cluster-autoscaler"]
    assert {each["namespace"] for each in releases.values()} == {"kube-system"}
    for chart, each in releases.items():
        assert each["version"] in HELM_CHARTS[chart].published
        assert each["repositoryOpts"] == {"repo": HELM_CHARTS[chart].repository}
    assert balancer["values"]["serviceAccount"] == {"create": True, "name": "aws-load-balancer-controller"}
    assert balancer["values"]["watchNamespace"] == "smile5-prod"
    assert autoscaler["values"]["rbac"]["serviceAccount"] == {"create": True, "name": "cluster-autoscaler"}
    assert autoscaler["values"]["autoDiscovery"] == {"clusterName": "smile-prod"}
    assert autoscaler["values"]["image"]["tag"] == f"v{prod.settings.clusters['application'].version}.0"
    for values in (balancer["values"], autoscaler["values"]):
        assert values["image"]["repository"].startswith(f"{ACCOUNT}.dkr.ecr.ap-southeast-3.amazonaws.com/smile-cache/")


@pytest.mark.requirement("SMILE-EKS-13")
def test_a_cluster_without_services_has_its_autoscaler_alone_on_nodes_that_it_tolerates():
    settings = load_from_files("prod")
    args = ControllersArgs(
        cluster="smile-prod-data",
        settings=settings.clusters["data"],
        vpc_id="vpc-1",
        region="ap-southeast-3",
        namespace=None,
        charts=settings.workloads.charts,
        registries={},
    )

    def program():
        Controllers("smile-data-controllers", args)
        return {}

    (release,) = (each.inputs for each in record(program).resources if each.type == f"kubernetes:{RELEASE}")
    assert (release["name"], release["values"]["autoDiscovery"]) == (
        "cluster-autoscaler",
        {"clusterName": "smile-prod-data"},
    )
    taint = settings.clusters["data"].groups["compute"].taints[0]
    assert {(each["key"], each["value"]) for each in release["values"]["tolerations"]} == {(taint.key, taint.value)}


@pytest.mark.requirement("SMILE-SECRETS-07")
def test_the_driver_of_secrets_follows_rotation_and_keeps_no_copy_in_kubernetes(prod):
    driver = objects(prod, RELEASE)["secrets-store-csi-driver-provider-aws"]["values"]["secrets-store-csi-driver"]
    assert (driver["enableSecretRotation"], driver["syncSecret"]) == (True, {"enabled": False})
    assert driver["tokenRequests"] == [{"audience": "pods.eks.amazonaws.com"}]
    assert driver["linux"]["tolerations"] == [{"operator": "Exists"}]


@pytest.mark.requirement("SMILE-PERF-03")
def test_no_pod_delivers_the_front_end(prod):
    images = {container(each)["image"].split("/", 1)[1].split(":")[0] for each in objects(prod, DEPLOYMENT).values()}
    assert images == {f"smile/{name}" for name in prod.catalogue}
