"""Kubernetes, the nodes' image, add-ons and their configuration are there as the clusters pin them."""

import json
from dataclasses import replace

import pytest

from components.cluster.settings import Cluster
from doctor.checks import kubernetes
from settings import load_from_files

VERSIONS, IMAGES, RELEASES, ADDONS = kubernetes.CHECKS
IMAGE = (
    "/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/"
    "amazon-eks-node-al2023-x86_64-standard-1.36-v20260903/image_id"
)


@pytest.mark.parametrize(
    ("status", "verdict"), [("STANDARD_SUPPORT", "fine"), ("EXTENDED_SUPPORT", "warning"), ("UNSUPPORTED", "blocks")]
)
def test_kubernetes_is_in_standard_support(says, status, verdict):
    answer = {"clusterVersions": [{"clusterVersion": "1.36", "versionStatus": status}]}
    assert says(VERSIONS, {"eks": [("describe_cluster_versions", answer)]})["Kubernetes 1.36"].verdict == verdict


def test_a_version_that_eks_has_not_blocks_and_says_which_there_are(says):
    answer = {"clusterVersions": [{"clusterVersion": "1.34", "versionStatus": "STANDARD_SUPPORT"}]}
    result = says(VERSIONS, {"eks": [("describe_cluster_versions", answer)]})["Kubernetes 1.36"]
    assert (result.verdict, result.found) == ("blocks", "not there")
    assert "EKS has 1.34" in result.fix


def published(name, value="ami-1"):
    return ("get_parameter", {"Parameter": {"Name": name, "Value": value}}, {"Name": name})


def test_images_are_those_of_aws_public_parameters(says):
    told = says(IMAGES, {"ssm": [published(IMAGE), published(kubernetes.BASTION_IMAGE)]})
    assert [each.verdict for each in told.values()] == ["fine", "fine"]


def test_a_release_that_the_region_lacks_blocks(says):
    told = says(IMAGES, {"ssm": [("get_parameter", "ParameterNotFound"), published(kubernetes.BASTION_IMAGE)]})
    lacking = told[f"nodes' image 1.36.3-20260903 ({IMAGE})"]
    assert (lacking.verdict, lacking.found) == ("blocks", "no such parameter")


NEWEST = "/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended/release_version"


@pytest.mark.parametrize(
    ("newest", "verdict", "found"),
    [
        ("1.36.3-20260903", "fine", "1.36.3-20260903"),
        ("1.36.4-20261003", "fine", "1.36.4-20261003, 30 days newer than 1.36.3-20260903"),
        ("1.36.4-20261004", "warning", "1.36.4-20261004, 31 days newer than 1.36.3-20260903"),
    ],
)
def test_nodes_are_at_most_a_month_behind_the_newest_release(says, newest, verdict, found):
    (result,) = says(RELEASES, {"ssm": [published(NEWEST, newest)]}).values()
    assert (result.verdict, result.found) == (verdict, found)


def test_a_version_without_a_newest_release_is_said(says):
    (result,) = says(RELEASES, {"ssm": [("get_parameter", "ParameterNotFound")]}).values()
    assert (result.verdict, result.found) == ("warning", "no such parameter")


@pytest.mark.parametrize("kind", kubernetes.AMIS)
def test_every_kind_of_image_has_a_parameter(kind):
    cluster = Cluster(version="1.36", node_release="1.36.3-20260903")
    place = kubernetes.AMIS[kind]
    name = kubernetes.image_parameter(cluster, kind)
    assert f"/amazon-linux-2023/{place}/amazon-eks-node-al2023-{place.replace('/', '-')}-1.36-v20260903/" in name


def addon_answers(schema, version=None):
    """What EKS says of the add-ons of prod's application cluster."""
    cluster = load_from_files("prod").clusters["application"]
    taints = kubernetes.tolerated([*cluster.groups.values()])
    for addon, pinned in cluster.addon_versions.items():
        there = version or pinned
        yield (
            "describe_addon_versions",
            {"addons": [{"addonName": addon, "addonVersions": [{"addonVersion": there}]}]},
            {"addonName": addon, "kubernetesVersion": "1.36"},
        )
        if version is None and kubernetes.configuration(addon, taints):
            yield (
                "describe_addon_configuration",
                {"configurationSchema": json.dumps(schema)},
                {"addonName": addon, "addonVersion": pinned},
            )


@pytest.mark.parametrize(
    ("schema", "verdict"), [({"type": "object"}, "fine"), ({"additionalProperties": False, "properties": {}}, "blocks")]
)
def test_configuration_of_add_ons_is_what_their_own_schema_takes(application, schema, verdict):
    told = application(addon_answers(schema))
    result = told["configuration of vpc-cni of cluster application"]
    assert result.verdict == verdict
    assert verdict == "fine" or "enableNetworkPolicy" in result.found
    assert told["add-on coredns of cluster application"].verdict == "fine"


def test_an_add_on_version_that_eks_lacks_blocks_and_names_those_it_has(application):
    told = application(addon_answers({}, version="v0.0.1-eksbuild.1"))
    result = told["add-on vpc-cni of cluster application"]
    assert (result.verdict, result.found) == ("blocks", "v0.0.1-eksbuild.1")
    assert "for Kubernetes 1.36" in result.needed


@pytest.fixture
def application(account_of):
    """Check the add-ons of the application cluster alone."""

    def look(answers):
        account = account_of({"eks": list(answers)})
        clusters = {"application": account.settings.clusters["application"]}
        settings = account.settings.model_copy(update={"clusters": clusters})
        changed = replace(account, settings=settings)
        return {result.subject: result for result in kubernetes.addons(changed)}

    return look
