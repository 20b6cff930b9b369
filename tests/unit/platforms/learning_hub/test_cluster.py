"""The thirteen services on EKS."""

import json

import pytest

from platforms.learning_hub.settings import GATEWAY

PORTS = {
    "api-gateway": 3000, "user-service": 3001, "auth-service": 3002, "course-service": 3003,
    "enrollment-service": 3004, "payment-service": 3005, "media-service": 3006, "notification-service": 3007,
    "content-service": 3008, "assessment-service": 3009, "review-service": 3010, "certificate-service": 3011,
    "gamification-service": 3012,
}  # fmt: skip
ADDRESSES = {
    "api-gateway": "10.100.0.10", "user-service": "10.100.1.1", "auth-service": "10.100.1.2",
    "course-service": "10.100.1.3", "enrollment-service": "10.100.1.4", "payment-service": "10.100.2.1",
    "media-service": "10.100.2.2", "notification-service": "10.100.2.3", "content-service": "10.100.3.1",
    "assessment-service": "10.100.3.2", "review-service": "10.100.3.3", "certificate-service": "10.100.3.4",
    "gamification-service": "10.100.3.5",
}  # fmt: skip


def kubernetes(program, kind):
    """Name in Kubernetes -> what was asked for, of one kind."""
    return {
        each.inputs["metadata"]["name"]: each.inputs for each in program.resources if each.type == f"kubernetes:{kind}"
    }


@pytest.mark.requirement("LH-EKS-01")
def test_the_cluster_runs_a_version_in_standard_support(prod):
    (cluster,) = (each.inputs for each in prod.resources if each.type == "eks:index:Cluster")
    assert cluster["version"] == "1.36"
    assert cluster["upgradePolicy"]["supportType"] == "STANDARD"


@pytest.mark.requirement("LH-EKS-02")
def test_three_to_six_workers_are_always_bought(prod):
    workers = prod.of("eks/nodeGroup:NodeGroup")["learninghub-cluster-workers"]
    assert workers["capacityType"] == "ON_DEMAND"
    assert (workers["scalingConfig"]["minSize"], workers["scalingConfig"]["maxSize"]) == (3, 6)
    assert "cluster-autoscaler" in {each.inputs.get("name") for each in prod.resources if "helm" in each.type}


@pytest.mark.requirement("LH-EKS-03")
def test_spot_nodes_of_several_types_are_for_what_may_be_interrupted(prod):
    spot = prod.of("eks/nodeGroup:NodeGroup")["learninghub-cluster-spot"]
    assert spot["capacityType"] == "SPOT"
    assert len(spot["instanceTypes"]) >= 3
    assert spot["taints"] == [{"key": "capacity", "value": "spot", "effect": "PREFER_NO_SCHEDULE"}]


@pytest.mark.requirement("LH-EKS-04")
def test_thirteen_services_take_requests_each_on_its_port(prod):
    deployments = kubernetes(prod, "apps/v1:Deployment")
    ports = {}
    for deployment in deployments.values():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        ports[container["name"]] = {each["name"]: each["containerPort"] for each in container["ports"]}["https"]
        told = {each["name"]: each.get("value") for each in container["env"]}
        assert told["SERVICE_PORT"] == str(PORTS[container["name"]])
    assert ports == PORTS


@pytest.mark.requirement("LH-EKS-05")
def test_services_are_found_by_name_in_the_documents_namespace(prod):
    assert set(kubernetes(prod, "core/v1:Namespace")) == {"backend-prod"}
    services = kubernetes(prod, "core/v1:Service")
    for name, port in PORTS.items():
        assert services[name]["metadata"]["namespace"] == "backend-prod"
        assert services[name]["spec"]["type"] == "ClusterIP"
        assert [each["port"] for each in services[name]["spec"]["ports"]] == [port]


@pytest.mark.requirement("LH-EKS-06")
def test_services_have_the_documents_addresses_in_the_clusters_range(prod):
    (cluster,) = (each.inputs for each in prod.resources if each.type == "eks:index:Cluster")
    assert cluster["kubernetesServiceIpAddressRange"] == "10.100.0.0/16"
    services = kubernetes(prod, "core/v1:Service")
    assert {name: each["spec"]["clusterIP"] for name, each in services.items() if "clusterIP" in each["spec"]} == (
        ADDRESSES
    )


@pytest.mark.requirement("LH-EKS-07")
def test_only_the_gateway_stands_behind_the_load_balancer(prod):
    group = prod.one("lb/targetGroup:TargetGroup")
    assert (group["port"], group["protocol"]) == (3000, "HTTPS")
    (binding,) = kubernetes(prod, "elbv2.k8s.aws/v1beta1:TargetGroupBinding").values()
    assert binding["spec"]["serviceRef"] == {"name": f"{GATEWAY}-blue", "port": 3000}


@pytest.mark.requirement("LH-EKS-07")
def test_only_the_gateways_pods_let_the_load_balancer_in(prod):
    public = {"10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"}
    for name, policy in kubernetes(prod, "networking.k8s.io/v1:NetworkPolicy").items():
        if name in PORTS:
            blocks = {
                peer["ipBlock"]["cidr"]
                for rule in policy["spec"]["ingress"]
                for peer in rule["from"]
                if "ipBlock" in peer
            }
            assert blocks == (public if name == GATEWAY else set())


@pytest.mark.requirement("LH-EKS-08")
def test_pods_are_added_by_processors_and_memory_and_failed_ones_restart(prod):
    scalers = kubernetes(prod, "autoscaling/v2:HorizontalPodAutoscaler")
    assert len(scalers) == len(PORTS)
    for each in scalers.values():
        targets = {
            metric["resource"]["name"]: metric["resource"]["target"]["averageUtilization"]
            for metric in each["spec"]["metrics"]
        }
        assert targets == {"cpu": 70, "memory": 80}
    for each in kubernetes(prod, "apps/v1:Deployment").values():
        (container,) = each["spec"]["template"]["spec"]["containers"]
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)


@pytest.mark.requirement("LH-EKS-09")
def test_updates_roll_and_take_no_pod_away_before_its_successor_is_ready(prod):
    for each in kubernetes(prod, "apps/v1:Deployment").values():
        assert each["spec"]["strategy"] == {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
        }


@pytest.mark.requirement("LH-EKS-10")
def test_network_policies_stand_for_a_mesh_and_let_services_call_each_other_alone(prod):
    policies = kubernetes(prod, "networking.k8s.io/v1:NetworkPolicy")
    assert policies["default-deny"]["spec"]["policyTypes"] == ["Ingress", "Egress"]
    for name, port in PORTS.items():
        first = policies[name]["spec"]["ingress"][0]
        assert (first["from"], [each["port"] for each in first["ports"]]) == ([{"podSelector": {}}], [port])
        called = policies[name]["spec"]["egress"][0]
        assert {each["port"] for each in called["ports"]} == set(PORTS.values())
    assert not [each for each in prod.types() if "appmesh" in each]


def told(program, service):
    deployment = kubernetes(program, "apps/v1:Deployment")[f"{service}-blue"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {each["name"]: each.get("value") for each in container["env"]}


@pytest.mark.requirement("LH-DATA-02")
def test_course_and_review_services_read_from_the_reader(prod):
    assert {name for name in PORTS if "DATABASE_READERS" in told(prod, name)} == {"course-service", "review-service"}


@pytest.mark.requirement("LH-DATA-09")
def test_the_cache_is_for_the_gateway_and_the_services_of_the_document_with_ages_as_parameters(prod):
    with_cache = {name for name in PORTS if "CACHE_HOST" in told(prod, name)}
    assert with_cache == {"api-gateway", "auth-service", "user-service", "course-service", "enrollment-service"}
    values = {each["name"]: each.get("insecureValue") for each in prod.of("ssm/parameter:Parameter").values()}
    assert 300 <= int(values["/learninghub/prod/api-gateway/cache-seconds"]) <= 3600
    assert 60 <= int(values["/learninghub/prod/course-service/cache-seconds"]) <= 600


@pytest.mark.requirement("LH-EXT-06")
def test_each_service_has_a_role_that_may_do_its_own_work_alone(prod):
    bound = prod.of("eks/podIdentityAssociation:PodIdentityAssociation").values()
    own = {each["serviceAccount"]: each["roleArn"] for each in bound if each["namespace"] == "backend-prod"}
    assert set(own) == set(PORTS)
    assert len(set(own.values())) == len(PORTS)
    senders = {name for name in PORTS if "SendMail" in prod.permissions(f"learninghub-workload-{name}")}
    assert senders == {"notification-service"}
    media = {name for name in PORTS if any("media" in json.dumps(each) for each in writes(prod, name))}
    assert media == {"media-service", "certificate-service"}


def writes(program, name):
    permissions = program.permissions(f"learninghub-workload-{name}").values()
    return [each for each in permissions if "s3:PutObject" in each["Action"]]
