"""The clusters' settings: what each stack gets, and what is refused."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from aws_facts.ec2_instance_types import vcpus
from aws_facts.eks_versions import ADDONS, RELEASES, VERSIONS, advice
from components.cluster.settings import Cluster
from settings import load_from_files
from settings.node_types import FEWEST_VCPUS, MOST_VCPUS, NODE_TYPES
from tests.offers import in_jakarta
from tests.stacks import STACKS, declared

PROJECT = Path("Pulumi.yaml").resolve().parent
ROLE = "arn:aws:iam::123456789012:role/platform"


@pytest.fixture(scope="module")
def clusters():
    """Stack -> its clusters."""
    return {stack: load_from_files(stack, PROJECT).clusters for stack in STACKS}


@pytest.mark.requirement("SMILE-EKS-01")
@pytest.mark.requirement("SMILE-EKS-02")
def test_every_stack_has_an_application_cluster_and_dev_no_data_cluster(clusters):
    assert {stack: (each["application"].enabled, each["data"].enabled) for stack, each in clusters.items()} == {
        "dev": (True, False),
        "staging": (True, True),
        "prod": (True, True),
    }


@pytest.mark.requirement("SMILE-EKS-05")
@pytest.mark.requirement("SMILE-EKS-06")
@pytest.mark.requirement("SMILE-NODE-13")
def test_groups_are_the_documented_ones_smaller_in_dev_and_staging(clusters):
    def sizes(groups):
        return {name: (group.min_nodes, group.max_nodes) for name, group in groups.items()}

    most = {"dev": (4, 2), "staging": (10, 5), "prod": (50, 20)}
    for stack, each in clusters.items():
        application, data = most[stack]
        documented = {
            "application": dict.fromkeys(("web", "api", "batch"), (2, application)),
            "data": dict.fromkeys(("compute", "memory"), (1, data)),
        }
        for cluster, expected in documented.items():
            found = sizes(each[cluster].groups)
            assert {name: found[name] for name in expected} == expected
            assert set(found) == {*expected, *declared("clusters", cluster, "groups")}
        groups = [*each["application"].groups.values(), *each["data"].groups.values()]
        assert {group.capacity for group in groups} == {"ON_DEMAND"}


@pytest.mark.requirement("SMILE-EKS-03")
def test_versions_are_in_standard_support_and_the_newest_is_the_default():
    today = date(2026, 11, 21)
    assert Cluster().version == VERSIONS[0] == "1.36"
    assert all(release.standard_support_ends > today for release in RELEASES.values())
    for version, release in RELEASES.items():
        assert release.node_release.startswith(f"{version}.")
        assert set(release.addons) == set(ADDONS)
        assert advice(version, release.standard_support_ends) is None
        assert str(release.standard_support_ends) in advice(version, release.standard_support_ends + timedelta(days=1))


@pytest.mark.requirement("SMILE-NODE-09")
def test_node_types_have_2_to_16_vcpus_and_are_offered_in_jakarta():
    offered = in_jakarta("aws_ec2_instance/instancetype_enum.json")["enum"]
    assert set(NODE_TYPES) <= set(offered)
    assert all(FEWEST_VCPUS <= vcpus(each) <= MOST_VCPUS for each in NODE_TYPES)
    assert (vcpus("m5.large"), vcpus("c5.2xlarge"), vcpus("g5.4xlarge")) == (2, 8, 16)


def test_a_stack_says_of_a_group_only_what_is_different(load):
    spot = group("capacity: SPOT, instance_types: [c5.2xlarge, m5.xlarge]", "batch")
    groups = load(f"config: {{smile:clusters: {{{spot}}}}}").clusters["application"].groups
    assert list(groups) == list(declared("clusters", "application", "groups"))
    batch = groups["batch"]
    assert (batch.capacity, batch.max_nodes, batch.volume_gib) == ("SPOT", 50, 100)
    assert batch.instance_types == ("c5.2xlarge", "m5.xlarge")
    assert [taint.value for taint in batch.taints] == ["batch"]


def test_gpu_nodes_are_there_only_if_named(load):
    gpu = group("ami_type: AL2023_x86_64_NVIDIA, instance_types: [g5.xlarge], min_nodes: 1", "gpu", "data")
    groups = load(f"config: {{smile:clusters: {{{gpu}}}}}").clusters["data"].groups
    assert list(groups) == [*declared("clusters", "data", "groups"), "gpu"]
    assert groups["gpu"].instance_types == ("g5.xlarge",)


def test_the_version_decides_image_and_add_ons_unless_they_are_given(load):
    given = "application: {version: '1.35', addons: {vpc-cni: v1.22.9-eksbuild.1}}"
    cluster = load(f"config: {{smile:clusters: {{{given}}}}}").clusters["application"]
    assert cluster.release == RELEASES["1.35"].node_release
    assert cluster.addon_versions == {**RELEASES["1.35"].addons, "vpc-cni": "v1.22.9-eksbuild.1"}
    pinned = "application: {node_release: 1.36.4-20261101}"
    assert load(f"config: {{smile:clusters: {{{pinned}}}}}").clusters["application"].release == "1.36.4-20261101"


def group(text, name="web", cluster="application"):
    return f"{cluster}: {{groups: {{{name}: {{{text}}}}}}}"


REFUSED = [
    ("application: {version: '1.34'}", 'smile:clusters.application.version: got "1.34"'),
    ("application: {version: 1.36}", 'got 1.36, did you mean "1.36", in quotes? valid: in quotes, 1.36, 1.35'),
    ("application: {version: '1.24'}", "valid: in quotes, 1.36, 1.35"),
    ("application: {enabled: false}", "smile:clusters.application.enabled: got false; valid: true in production"),
    (group("min_nodes: 5, max_nodes: 4"), "smile:clusters.application.groups.web.min_nodes: got 5; valid: 2 to 4"),
    (group("min_nodes: 1"), "groups.web.min_nodes: got 1; valid: 2 to 50"),
    (group("max_nodes: 51"), "groups.web.max_nodes: got 51; valid: 2 to 50"),
    (group("min_nodes: 0", "memory", "data"), "min_nodes: got 0; valid: 1 to 450"),
    (group("max_nodes: 21", "memory", "data"), "max_nodes: got 21; valid: 1 to 20"),
    (group("instance_types: [m6i.large]"), 'got "m6i.large"'),
    (group("instance_types: [c6i.xlarge]"), "valid: m5.large, m5.xlarge, c5.2xlarge"),
    (group("instance_types: [r5.large]"), 'got "r5.large"; valid: m5.large, m5.xlarge, c5.2xlarge in the group web'),
    (group("instance_types: [m5.large]", "memory", "data"), "valid: r5.large, r5.xlarge in the group memory"),
    (
        group("ami_type: AL2023_x86_64_NVIDIA, instance_types: [r5.large]", "gpu", "data"),
        "valid: g5.xlarge, g5.2xlarge, g5.4xlarge in the group gpu",
    ),
    (group("ami_type: AL2023_ARM_64_STANDARD"), "valid: AL2023_x86_64_STANDARD, AL2023_x86_64_NVIDIA"),
    (group("ami_type: AL2_x86_64"), 'web.ami_type: got "AL2_x86_64"'),
    (group("instance_types: [large]"), "groups.web.instance_types"),
    (group("instance_types: []"), "instance_types: got []; valid: types of EC2, such as m5.large; at least one"),
    (group("volume_gib: 29"), "groups.web.volume_gib: got 29; valid: 30 to 100"),
    (group("volume_gib: 101"), "groups.web.volume_gib: got 101; valid: 30 to 100"),
    (group("capacity: SPOT"), 'groups.web.capacity: got "SPOT"; valid: ON_DEMAND; SPOT in the group batch only'),
    (group("capacity: spot"), "valid: ON_DEMAND, SPOT"),
    (group("taints: [{key: a, effect: NoSchedule}]"), "smile:clusters.application.groups.web.taints"),
    (group("taints: [{key: a}, {key: a, value: b}]"), "got a with NO_SCHEDULE again"),
    (group("labels: {'-bad': x}"), "labels"),
    (group("labels: {good: 'not a label'}"), "labels"),
    (group("min: 2"), "min"),
    (group("max_nodes: 4", "Workers"), "smile:clusters.application.groups"),
    ("application: {public_access_cidrs: [0.0.0.0/0]}", 'got "0.0.0.0/0", wider than /16'),
    ("application: {public_access_cidrs: [128.0.0.0/1]}", "wider than /16"),
    ("application: {public_access_cidrs: [10.0.0.0/16]}", "not a range of public addresses"),
    ("application: {public_access_cidrs: [103.1.2.3/24]}", "not an IPv4 range without host bits"),
    ("application: {public_access_cidrs: ['::/0']}", "not an IPv4 range"),
    (
        "application: {node_release: 1.35.6-20260818}",
        'got "1.35.6-20260818" with Kubernetes 1.36; valid: a release of 1.36',
    ),
    ("application: {node_release: latest}", "VERSION.PATCH-YYYYMMDD"),
    ("application: {addons: {kube-proxy: v1.35.3-eksbuild.11}}", "with Kubernetes 1.36; valid: a version of 1.36"),
    ("application: {addons: {coredns: latest}}", "smile:clusters.application.addons"),
    ("application: {addons: {core-dns: v1.14.3-eksbuild.16}}", "coredns"),
    ("application: {access: {admin_role_arns: [platform]}}", "ARNs of roles"),
    (
        f"application: {{access: {{admin_role_arns: [{ROLE}], read_only_role_arns: [{ROLE}]}}}}",
        "read_only_role_arns[0]: got arn:aws:iam::123456789012:role/platform again; valid: each role once",
    ),
    ("application: {autoscaler: keda}", "cluster_autoscaler, karpenter, none"),
    ("application: {container_logs: {max_mib: 0}}", "application.container_logs.max_mib: got 0; valid: 1 to 100"),
    ("application: {container_logs: {max_mib: 10Mi}}", 'container_logs.max_mib: got "10Mi"; valid: 1 to 100'),
    ("application: {container_logs: {max_files: 1}}", "container_logs.max_files: got 1; valid: 2 to 10"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_bad_input_is_refused_with_what_is_valid(mistakes, text, message):
    (line,) = (line for line in mistakes(f"config: {{smile:clusters: {{{text}}}}}") if "smile:clusters" in line)
    assert line.startswith("Pulumi.prod.yaml")
    assert message in line


def test_services_run_on_groups_that_there_are(mistakes, load):
    others = [name for name in load("config: {}").clusters["application"].groups if name != "batch"]
    (line,) = mistakes("config: {smile:clusters: {application: {groups: {batch: null}}}}")
    assert f"smile:workloads.node_groups.worker: no group batch; valid: {', '.join(others)}" in line


def test_two_groups_of_a_name_are_refused(mistakes):
    text = """\
config:
  smile:clusters:
    application:
      groups:
        web: {max_nodes: 4}
        web: {max_nodes: 6}
"""
    (line,) = mistakes(text)
    assert "web" in line


def test_a_data_cluster_that_is_not_there_reads_no_database(mistakes):
    text = "config: {smile:clusters: {data: {enabled: false}}, smile:network: {database_access: {data_nodes: true}}}"
    (line,) = (line for line in mistakes(text) if "smile:network" in line)
    assert "smile:network.database_access.data_nodes: got true, but there is no data cluster" in line
