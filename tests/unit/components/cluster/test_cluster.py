"""The clusters, as a program registers them: control plane, nodes, add-ons, access, controllers."""

import json
from base64 import b64decode
from email import message_from_bytes
from ipaddress import IPv4Network
from pathlib import Path

import pulumi
import pytest
import yaml
from pulumi_aws import ec2

from aws_facts.eks_versions import ADDONS, RELEASES
from components.cluster.addons import BEFORE_NODES
from components.cluster.cluster import Cluster
from components.cluster.control_plane import complete
from components.cluster.inputs import ClusterArgs
from components.cluster.node_group_settings import NodeGroup, Taint
from components.cluster.roles import NODE_POLICIES
from components.cluster.settings import Access, ContainerLogs
from components.core.iam import Statement
from components.tracing.agent import collector
from layers.flows import flows
from settings import load_from_files
from settings.network import DatabaseAccess, Network
from tests.recording import record

DOCUMENTED = {"application": ("web", "api", "batch"), "data": ("compute", "memory")}
"""Cluster -> its groups; more may be added."""
CLUSTERS = {
    name: cluster.model_copy(update={"groups": {group: cluster.groups[group] for group in DOCUMENTED[name]}})
    for name, cluster in load_from_files("prod").clusters.items()
}
PHYSICAL = {"application": "smile-prod", "data": "smile-prod-data"}
SUBNETS = ("subnet-a", "subnet-b", "subnet-c")
PULL_POLICY = "arn:aws:iam::123456789012:policy/pull-images"
KEY = "arn:aws:kms:ap-southeast-3:123456789012:key/kubernetes"
CLUSTER = "arn:aws:eks:ap-southeast-3:123456789012:cluster/smile-prod"
GROUP, TEMPLATE = "eks/nodeGroup:NodeGroup", "ec2/launchTemplate:LaunchTemplate"
ADDON, LOGS = "eks/addon:Addon", "cloudwatch/logGroup:LogGroup"
MOUNT = Statement(
    sid="MountFiles",
    actions=["elasticfilesystem:ClientMount"],
    resources=["arn:aws:elasticfilesystem:ap-southeast-3:123456789012:file-system/fs-1"],
)


@pytest.fixture(scope="module")
def cluster_of(context):
    """Record a cluster with other settings than prod's."""

    def make(purpose="application", context=context, **changes):
        def program():
            cluster = Cluster(
                f"smile-{purpose}",
                ClusterArgs(
                    context=context,
                    name=PHYSICAL[purpose],
                    settings=CLUSTERS[purpose].model_copy(update=changes),
                    vpc_id="vpc-1",
                    subnet_ids=SUBNETS,
                    control_plane_security_group=ec2.SecurityGroup("control-plane"),
                    node_security_group_ids=["sg-nodes"],
                    node_tags={"Project": "smile5"},
                    node_policies={"pull-images": PULL_POLICY},
                    mounts=[MOUNT],
                ),
            )
            return {
                "name": cluster.name,
                "kubeconfig": cluster.kubeconfig_json,
                "node_role_arn": cluster.node_role_arn,
                "version": cluster.version,
                "arn": cluster.arn,
                "certificate_authority": cluster.certificate_authority,
                "oidc_issuer": cluster.oidc_issuer,
                "security_group_id": cluster.security_group_id,
                "node_groups": {name: group.node_group_name for name, group in cluster.node_groups.items()},
            }

        return record(program)

    return make


@pytest.fixture(scope="module")
def cluster(cluster_of):
    return cluster_of()


@pytest.fixture(scope="module")
def data(cluster_of):
    return cluster_of("data")


def control_plane(recording):
    """What the package is told."""
    (found,) = (each for each in recording.resources if each.type == "eks:index:Cluster")
    return found


def document(recording, name):
    """What a role may do."""
    return list(recording.permissions(name).values())


def trust(recording, name):
    """Who may take on a role."""
    (statement,) = json.loads(recording.of("iam/role:Role")[name]["assumeRolePolicy"])["Statement"]
    return statement


@pytest.mark.requirement("SMILE-EKS-01")
@pytest.mark.requirement("SMILE-EKS-03")
def test_application_cluster_runs_a_supported_version_under_the_name_that_the_network_knows(cluster):
    asked = control_plane(cluster).inputs
    assert (asked["name"], asked["version"]) == ("smile-prod", "1.36")
    assert cluster.result["name"] == "smile-prod"


def test_what_others_need_of_a_cluster_is_an_output(cluster):
    given = cluster.result
    assert (given["version"], given["arn"], given["oidc_issuer"]) == ("1.36", "arn:of:smile-prod", "https://issuer")
    assert (given["certificate_authority"], given["security_group_id"]) == ("LS0t", "sg-of-eks")
    assert list(given["node_groups"]) == ["web", "api", "batch"]


@pytest.mark.requirement("SMILE-EKS-02")
def test_data_cluster_is_another_with_fences_of_its_own(data):
    assert control_plane(data).inputs["name"] == "smile-prod-data"
    table = flows(data_cluster=True)
    reached = {flow.target for flow in table if flow.source == "data-nodes"}
    assert reached == {"data-nodes", "data-control-plane", "internet"}
    assert not any(flow.source.startswith("data-") or flow.target.startswith("data-") for flow in flows())
    assert "database" in {
        flow.target
        for flow in flows(Network(database_access=DatabaseAccess(data_nodes=True)), data_cluster=True)
        if flow.source == "data-nodes"
    }


@pytest.mark.requirement("SMILE-EKS-04")
def test_a_version_out_of_standard_support_is_never_paid_for(cluster):
    assert control_plane(cluster).inputs["upgradePolicy"] == {"supportType": "STANDARD"}


@pytest.mark.requirement("SMILE-EKS-08")
def test_endpoint_is_private(cluster):
    asked = control_plane(cluster).inputs
    assert asked["endpointPrivateAccess"] is True
    assert asked["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in asked


@pytest.mark.requirement("SMILE-EKS-08")
def test_public_endpoint_is_for_listed_ranges_only(cluster_of):
    asked = control_plane(cluster_of(public_access_cidrs=("103.1.2.0/24",))).inputs
    assert (asked["endpointPrivateAccess"], asked["endpointPublicAccess"]) == (True, True)
    assert asked["publicAccessCidrs"] == ["103.1.2.0/24"]


@pytest.mark.requirement("SMILE-EKS-09")
def test_all_logs_go_to_a_group_that_is_there_first(cluster):
    asked = control_plane(cluster)
    assert asked.inputs["enabledClusterLogTypes"] == ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    logs = cluster.of(LOGS)["smile-application-control-plane"]
    assert (logs["name"], logs["retentionInDays"]) == ("/aws/eks/smile-prod/cluster", 30)
    assert logs["kmsKeyId"].endswith("key/logs")
    assert logs["skipDestroy"] is True
    assert any(urn.endswith("logGroup:LogGroup::smile-application-control-plane") for urn in asked.dependencies)


@pytest.mark.requirement("SMILE-EKS-10")
def test_kubernetes_secrets_are_encrypted_with_the_stacks_key(cluster):
    assert control_plane(cluster).inputs["encryptionConfigKeyArn"] == KEY


@pytest.mark.requirement("SMILE-EKS-14")
def test_control_plane_and_nodes_are_in_the_three_private_subnets(cluster):
    assert control_plane(cluster).inputs["subnetIds"] == list(SUBNETS)
    assert all(group["subnetIds"] == list(SUBNETS) for group in cluster.of(GROUP).values())


def test_control_plane_has_our_security_group_and_role_and_makes_none(cluster):
    asked = control_plane(cluster).inputs
    assert asked["skipDefaultSecurityGroups"] is True
    assert asked["skipDefaultNodeGroup"] is True
    assert asked["createOidcProvider"] is False
    assert "clusterSecurityGroup" in asked
    assert trust(cluster, "smile-application-control-plane")["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": CLUSTER},
    }
    statements = document(cluster, "smile-application-control-plane")
    writes = [s for s in statements if any(not a.split(":")[1].startswith("Describe") for a in s["Action"])]
    assert [s["Action"] for s in writes] == [["ec2:CreateTags"]]


@pytest.mark.parametrize("on", [True, False])
def test_protection_is_the_stacks(cluster_of, foundation_of, on):
    from components.core.protection import Protection

    protection = Protection(protect=on, deletion_protection=on, retain_on_delete=on)
    asked = control_plane(cluster_of(context=foundation_of(protection=protection)))
    assert asked.inputs["deletionProtection"] is on
    assert (asked.protect, asked.retain_on_delete) == (on, on)


@pytest.mark.requirement("SMILE-EKS-11")
def test_whoever_makes_the_cluster_gets_no_access_by_that():
    props = {"name": "smile-prod", "accessConfig": {"bootstrapClusterCreatorAdminPermissions": True}}

    def transform(type_):
        args = pulumi.ResourceTransformArgs(
            custom=True, type_=type_, name="x", props=props, opts=pulumi.ResourceOptions()
        )
        return complete(args, zonal_shift=True)

    made = transform("aws:eks/cluster:Cluster").props
    assert made["accessConfig"] == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    assert made["zonalShiftConfig"] == {"enabled": True}
    assert made["name"] == "smile-prod"
    assert transform("pulumi:providers:kubernetes") is None


@pytest.mark.requirement("SMILE-EKS-11")
def test_admins_deployers_and_readers_have_entries_of_their_own(cluster_of):
    def role(name):
        return f"arn:aws:iam::123456789012:role/{name}"

    access = Access(
        admin_role_arns=(role("sso/platform"),),
        viewer_role_arns=(role("preview"),),
        deployer_role_arns=(role("deploy"),),
        read_only_role_arns=(role("look"),),
    )
    recording = cluster_of(access=access)
    assert control_plane(recording).inputs["authenticationMode"] == "API"
    entries = recording.of("eks/accessEntry:AccessEntry").values()
    assert {entry["principalArn"]: entry.get("kubernetesGroups") for entry in entries} == {
        role("sso/platform"): None,
        role("preview"): None,
        role("deploy"): ["smile:deployers"],
        role("look"): ["smile:readers"],
    }
    found = {
        each["principalArn"].rpartition("/")[2]: (each["policyArn"].rpartition("/")[2], each["accessScope"])
        for each in recording.of("eks/accessPolicyAssociation:AccessPolicyAssociation").values()
    }
    assert found == {
        "platform": ("AmazonEKSClusterAdminPolicy", {"type": "cluster"}),
        "preview": ("AmazonEKSAdminViewPolicy", {"type": "cluster"}),
    }


def test_nobody_has_access_unless_named(cluster):
    assert cluster.of("eks/accessEntry:AccessEntry") == {}


@pytest.mark.requirement("SMILE-EKS-05")
@pytest.mark.requirement("SMILE-NODE-01")
@pytest.mark.requirement("SMILE-NODE-02")
@pytest.mark.requirement("SMILE-NODE-03")
@pytest.mark.requirement("SMILE-NODE-06")
def test_application_cluster_has_web_api_and_batch_nodes(cluster):
    groups = cluster.of(GROUP).values()
    assert {
        g["labels"]["workload"]: (g["scalingConfig"]["minSize"], g["scalingConfig"]["maxSize"], g["instanceTypes"])
        for g in groups
    } == {"web": (2, 50, ["m5.large"]), "api": (2, 50, ["m5.xlarge"]), "batch": (2, 50, ["c5.2xlarge"])}
    assert {g["clusterName"] for g in groups} == {"smile-prod"}


@pytest.mark.requirement("SMILE-EKS-06")
@pytest.mark.requirement("SMILE-NODE-04")
@pytest.mark.requirement("SMILE-NODE-05")
@pytest.mark.requirement("SMILE-NODE-07")
def test_data_cluster_has_compute_and_memory_nodes(data):
    assert {
        g["labels"]["workload"]: (g["scalingConfig"]["minSize"], g["scalingConfig"]["maxSize"], g["instanceTypes"])
        for g in data.of(GROUP).values()
    } == {"compute": (1, 20, ["r5.large"]), "memory": (1, 20, ["r5.xlarge"])}


@pytest.mark.requirement("SMILE-NODE-08")
def test_disks_of_nodes_are_encrypted_and_of_the_documented_size(cluster):
    def disk(group):
        (mapping,) = cluster.of(TEMPLATE)[f"smile-application-{group}"]["blockDeviceMappings"]
        return mapping["ebs"]

    assert {group: disk(group)["volumeSize"] for group in ("web", "api", "batch")} == {
        "web": 30,
        "api": 50,
        "batch": 100,
    }
    assert {(d["volumeType"], d["encrypted"], d["kmsKeyId"]) for d in map(disk, ("web", "api", "batch"))} == {
        ("gp3", "true", KEY)
    }


@pytest.mark.requirement("SMILE-NODE-10")
@pytest.mark.requirement("SMILE-NODE-16")
def test_nodes_come_from_a_pinned_image_and_are_replaced_a_third_at_a_time(cluster):
    for group in cluster.of(GROUP).values():
        assert group["amiType"] == "AL2023_x86_64_STANDARD"
        assert group["releaseVersion"] == RELEASES["1.36"].node_release
        assert group["version"] == "1.36"
        assert 0 < group["updateConfig"]["maxUnavailablePercentage"] * 3 <= 100
        assert group["nodeRepairConfig"] == {"enabled": True}


def kubelet_of(template):
    """What a launch template's user data says to the kubelet, as nodeadm reads it."""
    (part,) = message_from_bytes(b64decode(template["userData"])).get_payload()
    assert part.get_content_type() == "application/node.eks.aws"
    config = yaml.safe_load(part.get_payload())
    assert (config["apiVersion"], config["kind"]) == ("node.eks.aws/v1alpha1", "NodeConfig")
    return config["spec"]["kubelet"]["config"]


@pytest.mark.requirement("SMILE-OBS-15")
def test_nodes_rotate_the_logs_of_containers_as_the_settings_say(cluster, data, cluster_of):
    few = cluster_of(container_logs=ContainerLogs(max_mib=20, max_files=3))
    for recording, size, files in ((cluster, "10Mi", 5), (data, "10Mi", 5), (few, "20Mi", 3)):
        templates = recording.of(TEMPLATE)
        assert len(templates) == len(recording.of(GROUP)) > 1
        for template in templates.values():
            assert kubelet_of(template) == {"containerLogMaxSize": size, "containerLogMaxFiles": files}


def test_gpu_nodes_are_there_if_named_and_come_from_nvidias_image(cluster_of):
    gpu = NodeGroup(ami_type="AL2023_x86_64_NVIDIA", instance_types=("g5.xlarge",), labels={"workload": "gpu"})
    recording = cluster_of("data", groups={**CLUSTERS["data"].groups, "gpu": gpu})
    assert {g["labels"]["workload"]: g["amiType"] for g in recording.of(GROUP).values()} == {
        "compute": "AL2023_x86_64_STANDARD",
        "memory": "AL2023_x86_64_STANDARD",
        "gpu": "AL2023_x86_64_NVIDIA",
    }


@pytest.mark.requirement("SMILE-NODE-12")
def test_the_autoscaler_decides_how_many_nodes_there_are(cluster):
    groups = [each for each in cluster.resources if each.type == f"aws:{GROUP}"]
    assert {tuple(each.ignore_changes) for each in groups} == {("scalingConfig.desiredSize",)}
    for each in groups:
        assert each.inputs["tags"]["k8s.io/cluster-autoscaler/enabled"] == "true"
        assert each.inputs["tags"]["k8s.io/cluster-autoscaler/smile-prod"] == "owned"
    (size,) = (s for s in document(cluster, "smile-application-cluster-autoscaler") if s["Sid"] == "SizeGroups")
    assert size["Condition"] == {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/smile-prod": "owned"}}


@pytest.mark.requirement("SMILE-NODE-13")
def test_nodes_are_bought_on_demand_but_batch_may_be_spot(cluster, cluster_of):
    assert {g["capacityType"] for g in cluster.of(GROUP).values()} == {"ON_DEMAND"}
    batch = NodeGroup(instance_types=("c5.2xlarge", "m5.xlarge"), capacity="SPOT")
    recording = cluster_of(groups={**CLUSTERS["application"].groups, "batch": batch})
    spot = recording.of(GROUP)["smile-application-batch"]
    assert (spot["capacityType"], spot["instanceTypes"]) == ("SPOT", ["c5.2xlarge", "m5.xlarge"])
    assert recording.of(GROUP)["smile-application-web"]["capacityType"] == "ON_DEMAND"


@pytest.mark.requirement("SMILE-NODE-14")
def test_nodes_have_no_public_address_and_carry_our_security_group_only(cluster):
    for template in cluster.of(TEMPLATE).values():
        (interface,) = template["networkInterfaces"]
        assert interface["associatePublicIpAddress"] == "false"
        assert interface["securityGroups"] == ["sg-nodes"]
        assert "keyName" not in template


def test_pods_cant_take_the_role_of_their_node(cluster):
    for template in cluster.of(TEMPLATE).values():
        assert template["metadataOptions"]["httpTokens"] == "required"
        assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    attached = cluster.of("iam/rolePolicyAttachment:RolePolicyAttachment")
    of_nodes = {
        a["policyArn"].rpartition("/")[2] for n, a in attached.items() if n.startswith("smile-application-nodes")
    }
    assert of_nodes == {*NODE_POLICIES, "pull-images"}


@pytest.mark.parametrize("autoscaler", ["cluster_autoscaler", "karpenter"])
def test_nodes_of_every_origin_carry_the_policy_of_the_registry(cluster_of, autoscaler):
    recording = cluster_of(autoscaler=autoscaler)
    attached = recording.of("iam/rolePolicyAttachment:RolePolicyAttachment")["smile-application-nodes-pull-images"]
    assert attached["policyArn"] == PULL_POLICY
    assert attached["role"] == recording.of("iam/role:Role")["smile-application-nodes"]["name"]
    assert recording.result["node_role_arn"] == "arn:of:Role/smile-application-nodes"


def test_everything_of_a_node_is_tagged(cluster):
    for template in cluster.of(TEMPLATE).values():
        tagged = {each["resourceType"]: each["tags"] for each in template["tagSpecifications"]}
        assert set(tagged) == {"instance", "volume", "network-interface"}
        for tags in tagged.values():
            assert tags["Project"] == "smile5"
            assert tags["cluster.k8s.amazonaws.com/name"] == "smile-prod"


@pytest.mark.requirement("SMILE-NODE-15")
def test_groups_are_labelled_and_some_are_only_for_their_own_pods(cluster, data):
    groups = [*cluster.of(GROUP).values(), *data.of(GROUP).values()]
    assert {group["labels"]["workload"] for group in groups} == {"web", "api", "batch", "compute", "memory"}
    assert not any("nodeGroupName" in group for group in groups)
    taints = {
        g["labels"]["workload"]: [(t["key"], t["value"], t["effect"]) for t in g.get("taints", ())] for g in groups
    }
    assert taints == {
        "web": [],
        "api": [],
        **{name: [("workload", name, "NO_SCHEDULE")] for name in ("batch", "compute", "memory")},
    }


@pytest.mark.requirement("SMILE-EKS-12")
def test_every_add_on_is_there_in_a_pinned_version(cluster):
    addons = {each["addonName"]: each["addonVersion"] for each in cluster.of(ADDON).values()}
    assert addons == dict(RELEASES["1.36"].addons)
    assert set(addons) == set(ADDONS)
    network = next(each for each in cluster.of(ADDON).values() if each["addonName"] == "vpc-cni")
    assert json.loads(network["configurationValues"]) == {"enableNetworkPolicy": "true"}
    asked = control_plane(cluster).inputs
    assert asked["bootstrapSelfManagedAddons"] is False
    assert asked["kubeProxyAddonOptions"] == {"enabled": False}


def test_nodes_wait_for_what_makes_them_ready_and_the_rest_waits_for_nodes(cluster):
    def needs(name, kind):
        (found,) = (each for each in cluster.resources if each.name == name and each.type == f"platform:cluster:{kind}")
        return {urn.rpartition("::")[2] for urn in found.dependencies}

    for group in ("web", "api", "batch"):
        before = needs(f"smile-application-{group}", "NodeGroup")
        assert {f"smile-application-base-{addon}" for addon in BEFORE_NODES} <= before
        assert {f"smile-application-nodes-{policy}" for policy in NODE_POLICIES} <= before
    late = needs("smile-application-late", "Addons")
    assert {"smile-application-web", "smile-application-api", "smile-application-batch"} <= late
    made = {n.removeprefix("smile-application-late-") for n in cluster.of(ADDON) if "-late-" in n}
    assert made == set(ADDONS) - set(BEFORE_NODES)


def test_add_ons_run_where_every_group_of_nodes_is_tainted(cluster, data, cluster_of, environment):
    def values(recording):
        return {
            each["addonName"]: json.loads(each["configurationValues"])
            for each in recording.of(ADDON).values()
            if "configurationValues" in each and each["addonName"] != "vpc-cni"
        }

    plain = {
        "agent": {"otelConfig": collector(environment)},
        "applicationSignals": {"enabled": False},
        "manager": {"applicationSignals": {"autoMonitor": {"monitorAllServices": False}}},
    }
    assert values(cluster) == {"amazon-cloudwatch-observability": plain}
    toleration = {"key": "workload", "operator": "Equal", "value": "compute", "effect": "NoSchedule"}
    assert values(data) == {
        "coredns": {"tolerations": [toleration]},
        "metrics-server": {"tolerations": [toleration]},
        "aws-ebs-csi-driver": {"controller": {"tolerations": [toleration]}},
        "aws-efs-csi-driver": {"controller": {"tolerations": [toleration]}},
        "amazon-cloudwatch-observability": {
            **plain,
            "manager": {**plain["manager"], "tolerations": [toleration]},
        },
    }
    evicting = NodeGroup(taints=(Taint(key="only", value="web", effect="NO_EXECUTE"),))
    recording = cluster_of(groups={"web": evicting, "api": evicting})
    assert values(recording)["coredns"]["tolerations"][0]["effect"] == "NoExecute"


@pytest.mark.requirement("SMILE-NODE-11")
@pytest.mark.requirement("SMILE-OBS-16")
def test_cloudwatch_agent_runs_on_every_node_and_writes_to_encrypted_log_groups_only(cluster, data):
    for recording, name in ((cluster, "smile-prod"), (data, "smile-prod-data")):
        assert "amazon-cloudwatch-observability" in {each["addonName"] for each in recording.of(ADDON).values()}
        groups = {each["name"]: each for each in recording.of(LOGS).values() if "containerinsights" in each["name"]}
        assert {path.rpartition("/")[2] for path in groups} == {"application", "dataplane", "host", "performance"}
        assert all(each["kmsKeyId"].endswith("key/logs") for each in groups.values())
        agent = f"smile-{'data' if name.endswith('data') else 'application'}-late-cloudwatch-agent"
        (write,) = (s for s in document(recording, agent) if s["Sid"] == "WriteLogs")
        assert "logs:CreateLogGroup" not in write["Action"]
        assert all(f"/aws/containerinsights/{name}/" in resource for resource in write["Resource"])


@pytest.mark.requirement("SMILE-OBS-02")
def test_container_insights_are_enhanced_as_aws_configures_the_agent(cluster, data):
    """AWS's own configuration has them on; one of ours would take its place, and ``false`` end them."""
    for recording in (cluster, data):
        (addon,) = (a for a in recording.of(ADDON).values() if a["addonName"] == "amazon-cloudwatch-observability")
        values = json.loads(addon["configurationValues"])
        assert "containerInsights" not in values
        assert "config" not in values["agent"]


def test_agent_takes_traces_names_their_environment_and_sends_them_within_the_region(cluster):
    (addon,) = (a for a in cluster.of(ADDON).values() if a["addonName"] == "amazon-cloudwatch-observability")
    config = json.loads(addon["configurationValues"])["agent"]["otelConfig"]
    made = config["service"]["pipelines"]["traces/services"]
    for part, names in made.items():
        assert set(names) <= set(config[part])
    assert set(config["service"]["extensions"]) <= set(config["extensions"])
    (action,) = config["processors"][made["processors"][0]]["actions"]
    assert action == {"key": "environment", "value": "prod", "action": "upsert"}
    exporter = config["exporters"][made["exporters"][0]]
    assert exporter == {"region": "ap-southeast-3", "indexed_attributes": ["environment"]}
    permitted = cluster.permissions("smile-application-late-cloudwatch-agent")["WriteTraces"]["Action"]
    assert permitted == ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTraceSegments"]


@pytest.mark.requirement("SMILE-EKS-12")
def test_add_ons_that_need_aws_have_roles_that_only_their_pods_take_on(cluster):
    bound = {
        each["addonName"]: sorted(a["serviceAccount"] for a in each["podIdentityAssociations"])
        for each in cluster.of(ADDON).values()
        if each.get("podIdentityAssociations")
    }
    assert bound == {
        "vpc-cni": ["aws-node"],
        "aws-ebs-csi-driver": ["ebs-csi-controller-sa"],
        "aws-efs-csi-driver": ["efs-csi-controller-sa", "efs-csi-node-sa"],
        "amazon-cloudwatch-observability": ["cloudwatch-agent"],
    }
    assert trust(cluster, "smile-application-base-aws-node") == {
        "Sid": "PodsOfServiceAccount",
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {
            "StringEquals": {
                "aws:RequestTag/eks-cluster-arn": CLUSTER,
                "aws:RequestTag/kubernetes-namespace": "kube-system",
                "aws:RequestTag/kubernetes-service-account": "aws-node",
            }
        },
    }


def test_disks_are_made_with_the_stacks_key_and_touched_where_the_driver_made_them(cluster):
    statements = {s["Sid"]: s for s in document(cluster, "smile-application-late-ebs-csi-controller-sa")}
    assert statements["LetNodesDecrypt"]["Resource"] == statements["Encrypt"]["Resource"] == [KEY]
    assert statements["LetNodesDecrypt"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    assert statements["UseVolumes"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/ebs.csi.aws.com/cluster": "true"}
    }


def test_only_the_drivers_nodes_mount_files(cluster):
    sids = {
        name: {s["Sid"] for s in document(cluster, f"smile-application-late-efs-csi-{name}-sa")}
        for name in ("node", "controller")
    }
    assert "MountFiles" in sids["node"]
    assert "MountFiles" not in sids["controller"]


def wide(recording):
    """What roles may change in AWS without a resource or a condition that says on what."""
    looks = ("Describe", "Get", "List")
    return {
        (name, action)
        for name in recording.of("iam/policy:Policy")
        for statement in document(recording, name)
        if statement["Resource"] == ["*"] and "Condition" not in statement
        for action in statement["Action"]
        if not action.split(":")[1].startswith(looks)
    }


def test_every_permission_says_on_what(cluster, data, cluster_of):
    for recording in (cluster, data, cluster_of(autoscaler="karpenter")):
        policies = recording.of("iam/policy:Policy")
        assert policies
        for name in policies:
            assert all(statement["Resource"] for statement in document(recording, name)), name


def test_no_role_changes_anything_without_a_limit(cluster, data, cluster_of):
    """X-Ray takes traces of the account, and no resource of it (https://docs.aws.amazon.com/service-authorization/)."""
    found = wide(cluster) | wide(data) | wide(cluster_of(autoscaler="karpenter"))
    assert {action for _, action in found} == {"xray:PutTraceSegments"}
    assert all(name.endswith("-cloudwatch-agent") for name, _ in found)


@pytest.mark.requirement("SMILE-EKS-13")
def test_controllers_have_roles_of_their_own(cluster, data):
    def bound(recording):
        found = recording.of("eks/podIdentityAssociation:PodIdentityAssociation").values()
        return {(each["namespace"], each["serviceAccount"]) for each in found}

    assert bound(cluster) == {("kube-system", "cluster-autoscaler"), ("kube-system", "aws-load-balancer-controller")}
    assert bound(data) == {("kube-system", "cluster-autoscaler")}
    (register,) = (
        s for s in document(cluster, "smile-application-aws-load-balancer-controller") if s["Sid"] == "RegisterPods"
    )
    assert register["Resource"] == [
        "arn:aws:elasticloadbalancing:ap-southeast-3:123456789012:targetgroup/smile-prod-*/*"
    ]


def test_karpenter_takes_the_autoscalers_place_by_setting(cluster_of):
    recording = cluster_of(autoscaler="karpenter")
    accounts = {a["serviceAccount"] for a in recording.of("eks/podIdentityAssociation:PodIdentityAssociation").values()}
    assert accounts == {"karpenter", "aws-load-balancer-controller"}
    queues = {queue["name"]: queue for queue in recording.of("sqs/queue:Queue").values()}
    assert set(queues) == {"smile-prod-interruptions", "smile-prod-interruptions-dead"}
    assert all(queue["kmsMasterKeyId"].endswith("key/queues") for queue in queues.values())
    redrive = json.loads(queues["smile-prod-interruptions"]["redrivePolicy"])
    assert redrive["deadLetterTargetArn"].endswith(":smile-prod-interruptions-dead")
    kinds = {
        json.loads(r["eventPattern"])["detail-type"][0] for r in recording.of("cloudwatch/eventRule:EventRule").values()
    }
    assert "EC2 Spot Instance Interruption Warning" in kinds
    assert len(kinds) == len(recording.of("cloudwatch/eventTarget:EventTarget")) == 5
    (passed,) = (s for s in document(recording, "smile-application-karpenter") if s["Sid"] == "PassNodeRole")
    assert passed["Resource"] == [recording.result["node_role_arn"]]
    none = cluster_of(autoscaler="none")
    assert "smile-application-cluster-autoscaler" not in none.of("iam/role:Role")


# https://karpenter.sh/docs/reference/cloudformation/#controller-authorization
KARPENTER = """
    ec2:CreateFleet ec2:CreateLaunchTemplate ec2:CreateTags ec2:DeleteLaunchTemplate ec2:RunInstances
    ec2:TerminateInstances ec2:DescribeAvailabilityZones ec2:DescribeImages ec2:DescribeInstances
    ec2:DescribeInstanceTypeOfferings ec2:DescribeInstanceTypes ec2:DescribeLaunchTemplates ec2:DescribeSecurityGroups
    ec2:DescribeSpotPriceHistory ec2:DescribeSubnets iam:AddRoleToInstanceProfile iam:CreateInstanceProfile
    iam:DeleteInstanceProfile iam:GetInstanceProfile iam:PassRole iam:RemoveRoleFromInstanceProfile
    iam:TagInstanceProfile pricing:GetProducts sqs:DeleteMessage sqs:GetQueueUrl sqs:ReceiveMessage ssm:GetParameter
    eks:DescribeCluster
"""


def test_karpenter_may_do_what_its_authors_say_it_needs(cluster_of):
    statements = document(cluster_of(autoscaler="karpenter"), "smile-application-karpenter")
    allowed = {action for each in statements for action in each["Action"]}
    assert set(KARPENTER.split()) - allowed == set()
    assert all(each["Resource"] for each in statements)
    changing = [each for each in statements if each["Action"][0].startswith(("ec2:Create", "ec2:Term", "ec2:Delete"))]
    unowned = [each["Sid"] for each in changing if "kubernetes.io/cluster/" not in json.dumps(each.get("Condition"))]
    assert unowned == ["LaunchFrom"]  # images, snapshots, groups and subnets, which carry no such tag


@pytest.mark.requirement("SMILE-NODE-13")
def test_documentation_says_how_reserved_capacity_is_had_without_the_program():
    text = " ".join(Path("docs/components/cluster.md").read_text().split())
    assert "Buy a Compute Savings Plan for the groups' minimum (three times two nodes)" in text
    groups = CLUSTERS["application"].groups.values()
    assert [group.min_nodes for group in groups] == [2, 2, 2]


ALARM = "cloudwatch/metricAlarm:MetricAlarm"


@pytest.mark.requirement("SMILE-OBS-04")
def test_nodes_and_pods_have_alarms(cluster_of):
    of_cluster = ("failed-nodes", "node-memory", "node-disk", "pending-pods", "pod-cpu", "pod-memory")
    of_group = [f"{group}-{role}" for group in DOCUMENTED["application"] for role in ("cpu", "network")]
    made = cluster_of().of(ALARM)
    assert set(made) == {f"smile-application-{each}" for each in (*of_cluster, *of_group)}
    assert not cluster_of(alarms=False).of(ALARM)
    silent = made["smile-application-failed-nodes"]
    assert (silent["treatMissingData"], silent["threshold"]) == ("breaching", 0)


@pytest.mark.requirement("SMILE-PERF-04")
def test_a_node_that_sends_what_it_may_only_for_minutes_raises_an_alarm(cluster_of):
    alarm = cluster_of().of(ALARM)["smile-application-web-network"]
    assert CLUSTERS["application"].groups["web"].instance_types == ("m5.large",)
    per_minute = 0.8 * 0.75e9 / 8 * 60  # bytes: m5.large has 0.75 Gbit/s at any time, 10 for minutes
    assert alarm["threshold"] == per_minute
    assert (alarm["metricName"], alarm["statistic"], alarm["period"]) == ("NetworkOut", "Maximum", 60)
    assert alarm["dimensions"] == {"AutoScalingGroupName": "group-of:NodeGroup/smile-application-web"}


def test_karpenters_queues_have_alarms_of_their_own(cluster_of):
    made = cluster_of(autoscaler="karpenter").of(ALARM)
    queues = {alarm["dimensions"]["QueueName"] for alarm in made.values() if "QueueName" in alarm["dimensions"]}
    assert queues == {"smile-prod-interruptions", "smile-prod-interruptions-dead"}


def test_services_have_a_range_of_their_own_by_setting_alone(cluster, cluster_of):
    name = "kubernetesServiceIpAddressRange"
    assert name not in control_plane(cluster).inputs
    made = cluster_of(service_cidr=IPv4Network("10.100.0.0/16"))
    assert control_plane(made).inputs[name] == "10.100.0.0/16"
