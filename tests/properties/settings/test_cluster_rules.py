"""What holds of any clusters that the settings let pass."""

import json
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_facts.eks_versions import ADDONS
from components.cluster.addons import configuration, tolerated
from components.cluster.node_group_settings import SMALLEST_GIB, NodeGroup, Taint
from components.cluster.settings import public_range
from settings.rules.clusters import BOUNDS
from tests.stacks import broken, settings_of

GROUPS = [("application", name) for name in ("web", "api", "batch")] + [
    ("data", name) for name in ("compute", "memory")
]
sizes = st.integers(min_value=1, max_value=60)
taint = st.builds(Taint, key=st.sampled_from(("a", "b")), value=st.sampled_from(("", "x")))


def broken_in(cluster, name, group):
    """What is found where prod has one group of nodes."""
    types = {"instance_types": ["r5.large" if cluster == "data" else "m5.large"]}
    return broken(settings_of(clusters={cluster: {"groups": {name: types | {"volume_gib": 50} | group}}}), "clusters")


@given(st.sampled_from(GROUPS), sizes, sizes)
@pytest.mark.requirement("SMILE-NODE-01")
def test_sizes_pass_exactly_where_they_are_in_order_and_within_bounds(group, fewest, most):
    cluster, name = group
    least, greatest = BOUNDS[cluster]
    found = broken_in(cluster, name, {"min_nodes": fewest, "max_nodes": most})
    assert (not found) == (least <= fewest <= most <= greatest)
    assert all(finding.path[:4] == ("clusters", cluster, "groups", name) for finding in found)


@given(st.ip_addresses(v=4), st.integers(min_value=0, max_value=32))
@pytest.mark.requirement("SMILE-EKS-08")
def test_no_range_that_passes_is_wide_or_private(address, length):
    network = IPv4Network((int(address), length), strict=False)
    try:
        public_range(str(network))
    except ValueError:
        return
    assert network.prefixlen >= 16
    assert not network.is_private
    assert not network.overlaps(IPv4Network("10.0.0.0/8"))


@given(st.integers(min_value=-10, max_value=200))
@pytest.mark.requirement("SMILE-NODE-08")
def test_disks_are_30_to_100_gib(size):
    found = broken_in("application", "web", {"volume_gib": size}) if size >= SMALLEST_GIB else [size]
    assert (not found) == (30 <= size <= 100)


@given(st.lists(st.lists(taint, max_size=2), min_size=1, max_size=3))
def test_add_ons_tolerate_a_group_exactly_where_none_is_open_to_all(taints):
    groups = [NodeGroup(taints=tuple(each)) for each in taints]
    everywhere = all(taints)
    assert bool(tolerated(groups)) == everywhere
    told = {addon: json.dumps(configuration(addon, tolerated(groups))) for addon in ADDONS}
    assert ("tolerations" in told["coredns"]) == everywhere
    # What runs on every node tolerates every taint already.
    assert "tolerations" not in told["vpc-cni"] + told["kube-proxy"] + told["eks-pod-identity-agent"]
