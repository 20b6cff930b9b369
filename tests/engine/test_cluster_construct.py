"""The clusters in staging's state: what the EKS package makes for our options, with what the program adds to it."""

import json

import pytest
from lives import looks_at

CLUSTERS = {"smile-application": "smile-staging", "smile-data": "smile-staging-data"}
"""Logical name of each, and physical name."""


def names(urns):
    """The last part of each URN."""
    return {urn.rpartition("::")[2] for urn in urns}


@looks_at("staging")
@pytest.mark.requirement("SMILE-EKS-01")
@pytest.mark.requirement("SMILE-EKS-02")
@pytest.mark.requirement("SMILE-EKS-11")
def test_clusters_are_made_as_the_real_package_makes_them(life):
    for purpose, physical in CLUSTERS.items():
        made = children_of_package(life.resources, purpose)
        check_cluster(made["aws:eks/cluster:Cluster"], purpose, physical)
        check_provider_of(made["aws:eks/cluster:Cluster"], made["pulumi:providers:kubernetes"])
        check_order(life.resources, purpose)
    check_providers(life.resources)


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
    group = "smile-control-plane" if purpose == "smile-application" else "smile-data-control-plane"
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
    assert user["user"]["exec"]["command"] == "aws"
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
