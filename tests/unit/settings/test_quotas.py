"""What a stack takes of its account's quotas."""

import pytest

from components.cluster.capacity import GRAPHICS, STANDARD, STANDARD_SPOT, Vcpus, surge
from components.cluster.node_group_settings import NodeGroup
from settings import load_from_files
from settings.quotas import vcpus
from tests.stacks import settings_of


@pytest.mark.parametrize(
    ("stack", "fewest"),
    # 2 m5.large, 2 m5.xlarge, 2 c5.2xlarge, the bastion; but in dev a node of r5.large and one of r5.xlarge.
    [("prod", 4 + 8 + 16 + 2 + 2 + 4), ("staging", 4 + 8 + 16 + 2 + 2 + 4), ("dev", 4 + 8 + 16 + 2)],
)
def test_a_first_update_takes_the_vcpus_of_every_group_at_its_least_and_the_bastions(stack, fewest):
    needed = vcpus(load_from_files(stack))
    assert set(needed) == {STANDARD}
    assert needed[STANDARD].fewest == fewest
    assert needed[STANDARD].most > fewest


def test_spot_instances_and_gpus_count_towards_quotas_of_their_own():
    groups = {
        "web": {"instance_types": ["m5.large"], "min_nodes": 2, "max_nodes": 4},
        "batch": {"instance_types": ["m5.xlarge", "c5.2xlarge"], "min_nodes": 2, "max_nodes": 2, "capacity": "SPOT"},
        "gpu": {"instance_types": ["g5.xlarge"], "min_nodes": 1, "max_nodes": 1, "ami_type": "AL2023_x86_64_NVIDIA"},
    }
    settings = settings_of(clusters={"application": {"groups": groups}}, bastion={"enabled": False})
    assert vcpus(settings) == {
        STANDARD: Vcpus(2 * 2, (4 + 6) * 2),
        STANDARD_SPOT: Vcpus(2 * 8, (2 + 6) * 8),
        GRAPHICS: Vcpus(4, (1 + 6) * 4),
    }


def test_a_replacement_starts_two_nodes_a_zone_or_a_third_of_a_large_group():
    assert surge(NodeGroup(min_nodes=2, max_nodes=4), zones=3) == 6
    assert surge(NodeGroup(min_nodes=2, max_nodes=50), zones=3) == 17


def test_nothing_is_taken_where_nothing_runs():
    assert vcpus(settings_of(bastion={"enabled": False})) == {}
