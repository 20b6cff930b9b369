"""The real engine on the offline providers: programs as others write them, from preview to destroy."""

import base64
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.offline.offline_workspace import ROOT, Workspace

pytestmark = pytest.mark.engine
Make = Callable[[str], Workspace]


def test_an_application_lives_its_whole_life(workspace: Make) -> None:
    it = workspace("application")
    preview = it.run("preview")
    assert re.search(r"vpc +: \[unknown\]", preview)
    it.run("up", "--yes", "--skip-preview")
    out = it.outputs()
    assert out["account"] == "123456789012"
    assert re.fullmatch(r"vpc-[0-9a-f]{17}", out["vpc"])
    assert out["balancer_vpc"] == out["vpc"]
    assert re.fullmatch(r"web-[0-9a-f]{7}-\d+\.ap-southeast-3\.elb\.amazonaws\.com", out["balancer"])
    assert re.fullmatch(r"database-?[0-9a-f]{7}\.\w+\.ap-southeast-3\.rds\.amazonaws\.com:3306", out["database"])
    assert re.fullmatch(r"website-[0-9a-f]{7}", out["bucket"])
    assert re.fullmatch(r"d\w{13}\.cloudfront\.net", out["website"])
    assert re.fullmatch(r"https://\w{10}\.execute-api\.ap-southeast-3\.amazonaws\.com", out["api"])
    assert out["function"].startswith("arn:aws:lambda:ap-southeast-3:123456789012:function:function-")
    assert out["tags"] == {"Project": "offline"}
    assert re.fullmatch(r"[A-Za-z0-9]{24}", out["password"])
    assert out["password"] not in json.dumps(it.state())

    it.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    it.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    _drift(it.database, "aws:ec2/vpc:Vpc", "enableDnsHostnames", value=False)
    assert "enableDnsHostnames" in it.run("refresh", "--yes", "--skip-preview", "--diff")
    assert "enableDnsHostnames" in it.run("up", "--yes", "--skip-preview", "--diff")

    _forget(it, "aws:ec2/natGateway:NatGateway")
    refused = it.run("destroy", "--yes", "--skip-preview", fails=True)
    assert "DependencyViolation" in refused
    nat = next(id_ for type_, id_ in it.cloud() if type_ == "aws:ec2/natGateway:NatGateway")
    assert f"NatGateway {nat}" in refused
    it.run("import", "aws:ec2/natGateway:NatGateway", "found", nat, "--yes", "--generate-code=false", "--protect=false")
    imported = next(r["urn"] for r in it.state() if r["type"] == "aws:ec2/natGateway:NatGateway")
    it.run("destroy", "--yes", "--skip-preview", "--target", imported)
    it.run("destroy", "--yes", "--skip-preview")
    assert it.cloud() == []


def _drift(database: Path, type_: str, prop: str, *, value: object) -> None:
    """Someone changes a resource in the console."""
    connection = sqlite3.connect(database)
    for column in ("inputs", "outputs"):
        text = json.dumps(value)
        connection.execute(
            f"UPDATE resource SET {column} = json_set({column}, '$.{prop}', json(?)) WHERE type = ?", (text, type_)
        )
    connection.commit()
    connection.close()


def _forget(it: Workspace, type_: str) -> None:
    """The engine forgets a resource that goes on existing."""
    urn = next(resource["urn"] for resource in it.state() if resource["type"] == type_)
    it.run("state", "delete", urn, "--yes")


def test_clusters_register_what_the_real_plugin_registers(workspace: Make) -> None:
    it = workspace("cluster")
    calls = it.database.parent / "calls.log"
    it.environment["PULUMI_DEBUG_GRPC"] = str(calls)
    said = it.run("up", "--yes", "--skip-preview")
    assert "not found in" not in said  # what the SDK says when one of its outputs is read by a name of the wire
    del it.environment["PULUMI_DEBUG_GRPC"]
    asked = set(re.findall(r'"tok":"(aws:[^"]+)"', calls.read_text(encoding="utf-8")))
    assert {"aws:index/getPartition:getPartition", "aws:eks/getAddonVersion:getAddonVersion"} <= asked
    state = it.state()
    for name in ("blue", "green"):
        parent = next(r["urn"] for r in state if r["type"] == "eks:index:Cluster" and r["urn"].endswith(f"::{name}"))
        children = {(r["type"], r["urn"].rsplit("::", 1)[-1]) for r in state if r.get("parent") == parent}
        assert children == {
            ("aws:eks/cluster:Cluster", f"{name}-eksCluster"),
            ("pulumi:providers:kubernetes", f"{name}-eks-k8s"),
            ("aws:eks/addon:Addon", f"{name}-kube-proxy"),
        }
        (cluster,) = (r for r in state if r.get("parent") == parent and r["type"] == "aws:eks/cluster:Cluster")
        access = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
        assert cluster["inputs"]["accessConfig"] == access
        assert cluster["inputs"]["bootstrapSelfManagedAddons"] is True
        assert "accessConfig.bootstrapClusterCreatorAdminPermissions" in cluster["ignoreChanges"]
        (proxy,) = (r for r in state if r.get("parent") == parent and r["type"] == "aws:eks/addon:Addon")
        assert proxy["inputs"]["preserve"] is True
    out = it.outputs()
    assert re.fullmatch(r"https://[0-9A-F]{32}\.gr7\.ap-southeast-3\.eks\.amazonaws\.com", out["blue-endpoint"])
    assert out["blue-endpoint"] != out["green-endpoint"]
    assert re.fullmatch(r"apps-green-[0-9a-f]{8}", out["green-namespace"])
    assert out["kubeconfig"]["clusters"][0]["cluster"]["certificate-authority-data"]
    token = json.loads(out["operator"])["users"][0]["user"]["exec"]["args"]
    assert token[:2] == ["--region", "ap-southeast-3"]
    assert token[-4:] == ["--role", "arn:aws:iam::123456789012:role/operator", "--profile", "operations"]
    (template,) = (r for r in state if r["type"] == "aws:ec2/launchTemplate:LaunchTemplate")
    (disk,) = template["inputs"]["blockDeviceMappings"]
    assert (disk["ebs"]["encrypted"], disk["ebs"]["volumeSize"]) == ("true", 40)
    assert template["inputs"]["networkInterfaces"][0]["associatePublicIpAddress"] == "true"
    it.ends_unchanged()


CHILDREN = {
    ("aws:autoscaling/group:Group", ""),
    ("aws:ec2/launchTemplate:LaunchTemplate", "-launchTemplate"),
    ("aws:ec2/securityGroup:SecurityGroup", "-eksClusterSecurityGroup"),
    ("aws:ec2/securityGroup:SecurityGroup", "-nodeSecurityGroup"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "-eksClusterIngressRule"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "-eksClusterInternetEgressRule"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "-eksExtApiServerClusterIngressRule"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "-eksNodeClusterIngressRule"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "-eksNodeIngressRule"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "-eksNodeInternetEgressRule"),
    ("aws:eks/accessEntry:AccessEntry", "-admins"),
    ("aws:eks/accessEntry:AccessEntry", "-defaultNodeGroupInstanceRole"),
    ("aws:eks/addon:Addon", "-coredns"),
    ("aws:eks/addon:Addon", "-kube-proxy"),
    ("aws:eks/cluster:Cluster", "-eksCluster"),
    ("aws:iam/instanceProfile:InstanceProfile", "-instanceProfile"),
    ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "-oidcProvider"),
    ("eks:index:ServiceRole", "-eksRole"),
    ("eks:index:ServiceRole", "-instanceRole"),
    ("eks:index:VpcCniAddon", "-vpc-cni"),
    ("kubernetes:core/v1:ConfigMap", "-nodeAccess"),
    ("pulumi:providers:kubernetes", "-eks-k8s"),
}
"""What the real package makes of the options in programs/cluster_options: type, and what follows the name."""
NODES = {"Group", "LaunchTemplate", "InstanceProfile", "AccessEntry", "OpenIdConnectProvider"}
"""Not made without nodes, entries and an OIDC provider."""


@pytest.mark.slow  # test_eks_options.py tries each option by itself, without an engine
def test_clusters_with_other_options_register_what_the_real_plugin_registers(workspace: Make) -> None:
    it = workspace("cluster_options")
    it.run("up", "--yes")
    state = {(r["type"], r["urn"].rsplit("::", 1)[-1]): r for r in it.state()}

    def children(name: str) -> set[tuple[str, str]]:
        parent = state["eks:index:Cluster", name]["urn"]
        return {(type_, own.removeprefix(name)) for (type_, own), r in state.items() if r.get("parent") == parent}

    # An add-on is a child of its cluster, whatever the program says.
    assert children("main") == CHILDREN | {("eks:index:Addon", "metrics")}
    without = {
        (t, n) for t, n in CHILDREN if t.rpartition(":")[2] not in NODES and n not in {"-coredns", "-instanceRole"}
    }
    assert children("bare") == without
    attachments = {name for type_, name in state if type_ == "aws:iam/rolePolicyAttachment:RolePolicyAttachment"}
    assert "main-eksRole-4b490823" in attachments
    mapped = yaml.safe_load(state["kubernetes:core/v1:ConfigMap", "main-nodeAccess"]["inputs"]["data"]["mapRoles"])
    assert [each["username"] for each in mapped] == ["ci", "system:node:{{EC2PrivateDNSName}}"]
    policy = state["aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "main-admins-view"]
    assert policy["parent"] == state["aws:eks/accessEntry:AccessEntry", "main-admins"]["urn"]
    group = state["aws:autoscaling/group:Group", "main"]["inputs"]
    assert (group["minSize"], group["maxSize"], len(group["vpcZoneIdentifiers"])) == (3, 6, 3)
    template = state["aws:ec2/launchTemplate:LaunchTemplate", "main-launchTemplate"]["inputs"]
    assert template["instanceType"] == "m5.large"
    assert "--node-labels=kind=web" in base64.b64decode(template["userData"]).decode()
    assert state["aws:autoscaling/group:Group", "more"]["inputs"]["desiredCapacity"] == 2
    managed = state["aws:eks/nodeGroup:NodeGroup", "managed"]["inputs"]
    assert managed["version"] == state["aws:eks/cluster:Cluster", "main-eksCluster"]["outputs"]["version"]
    it.ends_unchanged()


def test_options_that_would_be_left_out_are_refused_by_name(workspace: Make) -> None:
    it = workspace("cluster")
    it.edit('version="1.36",', 'version="1.36", fargate=True, storage_classes="gp3",')
    said = it.run("preview", fails=True)
    assert "eks.Cluster: fargate, storageClasses: not available offline" in said
    # The engine may cut the program off while it ends, which the SDK then tells; of the refusal no code is shown.
    assert "offline/providers" not in said
    assert "offline/server" not in said
    # In the progress and in the diagnostics, of one cluster, or of both where the engine asked for the other meanwhile.
    assert said.count("not available offline") in (2, 4)


@pytest.mark.parametrize(
    "content", [b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 8000], ids=["text", "damaged"]
)
def test_a_corrupt_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    database = tmp_path / "cloud.db"
    database.write_bytes(content)
    command = [sys.executable, "-m", "offline", "--database", str(database)]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20, check=False
    )
    assert ended.returncode == 1
    assert str(database) in ended.stderr
    assert "restore it from a copy" in ended.stderr
    assert database.read_bytes() == content
