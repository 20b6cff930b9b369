"""The clusters on the real engine: what the EKS package makes for our options, with what the program adds to it."""

import json
import shutil
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "programs" / "clusters.py"
CLUSTERS = {"application": "smile-staging", "data": "smile-staging-data"}


@pytest.fixture
def clusters(changed):
    """A project of the clusters alone."""
    shutil.copy(PROGRAM, changed.cwd / "__main__.py")
    return changed


def names(urns):
    """The last part of each URN."""
    return {urn.rpartition("::")[2] for urn in urns}


@pytest.mark.requirement("SMILE-EKS-01")
@pytest.mark.requirement("SMILE-EKS-02")
@pytest.mark.requirement("SMILE-EKS-11")
def test_clusters_are_made_as_the_real_package_makes_them_stay_unchanged_and_go(clusters):
    clusters.succeeds("up", "--stack", "staging", "--yes", "--skip-preview")
    resources = json.loads(clusters.succeeds("stack", "export", "--stack", "staging"))["deployment"]["resources"]
    for purpose, physical in CLUSTERS.items():
        made = children_of_package(resources, purpose)
        check_cluster(made["aws:eks/cluster:Cluster"], purpose, physical)
        check_provider_of(made["aws:eks/cluster:Cluster"], made["pulumi:providers:kubernetes"])
        check_order(resources, purpose)
    check_providers(resources)
    out = json.loads(clusters.succeeds("stack", "output", "--stack", "staging", "--json", "--show-secrets"))
    for purpose, physical in CLUSTERS.items():
        assert out[f"{purpose}-name"] == physical
        (user,) = json.loads(out[f"{purpose}-kubeconfig"])["users"]
        assert user["user"]["exec"]["command"] == "aws"
    clusters.succeeds("up", "--stack", "staging", "--yes", "--skip-preview", "--expect-no-changes")
    # Node groups, add-ons and entries before the cluster: AWS refuses to delete one that still has some.
    clusters.succeeds("destroy", "--stack", "staging", "--yes", "--skip-preview")


def children_of_package(resources, purpose):
    """Type -> resource, of what the package's component made: the cluster and a provider for it, nothing else."""
    (component,) = (
        r["urn"] for r in resources if r["type"] == "eks:index:Cluster" and r["urn"].endswith(f"::{purpose}")
    )
    children = [r for r in resources if r.get("parent") == component]
    assert {(r["type"], r["urn"].rpartition("::")[2]) for r in children} == {
        ("aws:eks/cluster:Cluster", f"{purpose}-eksCluster"),
        ("pulumi:providers:kubernetes", f"{purpose}-eks-k8s"),
    }
    return {r["type"]: r for r in children}


def check_cluster(cluster, purpose, physical):
    """What it is told, by the package and by the program, and what it depends on."""
    inputs = cluster["inputs"]
    assert inputs["name"] == physical
    assert inputs["accessConfig"] == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    assert inputs["zonalShiftConfig"] == {"enabled": True}
    assert inputs["bootstrapSelfManagedAddons"] is False
    assert len(inputs["vpcConfig"]["subnetIds"]) == 3
    assert len(inputs["vpcConfig"]["securityGroupIds"]) == 1
    assert inputs["tagsAll"]["ManagedBy"] == "pulumi"
    assert set(cluster["ignoreChanges"]) == {
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "bootstrapSelfManagedAddons",
    }
    group = "smile-control-plane" if purpose == "application" else "smile-data-control-plane"
    needs = names(cluster["dependencies"])
    assert {group, f"{purpose}-control-plane", "smile-private-a", "smile-private-b", "smile-private-c"} <= needs


def check_provider_of(cluster, provider):
    """The Kubernetes provider goes to the cluster, as the package reads it, for tokens of its Region."""
    said, found = json.loads(provider["inputs"]["kubeconfig"]), cluster["outputs"]
    (server,), (user,) = said["clusters"], said["users"]
    assert server["cluster"] == {
        "server": found["endpoint"],
        "certificate-authority-data": found["certificateAuthority"]["data"],
    }
    of_cluster = ["--region", "ap-southeast-3", "eks", "get-token", "--cluster-name", found["name"]]
    assert user["user"]["exec"]["args"] == [*of_cluster, "--output", "json"]


def check_order(resources, purpose):
    """Log group, the role's permissions and so on are there before the cluster, and until it is gone."""
    (component,) = (r for r in resources if r["type"] == "eks:index:Cluster" and r["urn"].endswith(f"::{purpose}"))
    kinds = {urn.rpartition("$")[2].partition("::")[0] for urn in component["dependencies"]}
    assert {"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:cloudwatch/logGroup:LogGroup"} <= kinds
    made = [r["urn"].rpartition("::")[2] for r in resources]
    assert made.index(f"{purpose}-base-vpc-cni") < made.index(
        next(n for n in made if n.startswith(f"{purpose}-late-core"))
    )


def check_providers(resources):
    """Every AWS resource, the package's too, has the program's provider: a default one takes any Region."""
    for resource in resources:
        if resource["type"].startswith("aws:"):
            assert resource["provider"].split("::")[2:4] == ["pulumi:providers:aws", "smile"], resource["urn"]
