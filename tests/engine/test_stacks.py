"""Each stack through its life on the real engine, with every pack enforcing."""

import re

import pytest
from lives import STACKS, looks_at

PARTS = {
    "front end": "platform:frontend:Frontend",
    "API gateway": "platform:ingress:ApiGateway",
    "microservices": "platform:workloads:WorkloadIdentities",
    "Kubernetes": "platform:cluster:Cluster",
    "MySQL": "platform:database:Database",
    "Redis": "platform:cache:RedisCache",
    "queues": "platform:queues:MessageQueues",
    "object storage": "platform:storage:ObjectStorage",
    "functions": "platform:function:Functions",
}


@looks_at("prod")
@pytest.mark.requirement("SMILE-GEN-02")
@pytest.mark.requirement("SMILE-GEN-05")
@pytest.mark.requirement("SMILE-DEPLOY-11")
def test_prod_is_created_and_stays_unchanged_with_every_pack_and_whatever_is_refreshed(life):
    assert {"aws:ec2/vpc:Vpc", "aws:kms/key:Key"} <= {resource["type"] for resource in life.resources}
    made_by_engine = re.compile(r"pulumi:providers:\w+::default")
    count = len([each for each in life.resources if not made_by_engine.search(each["urn"])])
    assert life.unchanged.startswith(f"prod: green: {count} unchanged\n")
    verdict = life.unchanged.splitlines()[-1].split()
    assert verdict[:7] == [life.stack, str(count), *"00000"]  # nothing changes, and nothing is mandatory
    assert verdict[-1] == "green"
    assert "can't be decided before deployment" not in life.said + life.unchanged


@looks_at("dev", "staging")
@pytest.mark.requirement("SMILE-GEN-02")
@pytest.mark.requirement("SMILE-DEPLOY-11")
def test_smaller_stacks_are_created_and_stay_unchanged(life):
    assert {"aws:ec2/vpc:Vpc", "aws:kms/key:Key"} <= {resource["type"] for resource in life.resources}
    assert "can't be decided before deployment" not in life.said
    assert "unchanged" in life.does("preview", "--expect-no-changes")


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-GEN-04")
def test_every_part_of_the_platform_is_a_component(life):
    assert set(PARTS.values()) <= {resource["type"] for resource in life.resources}


@looks_at("dev", "prod")
def test_nothing_is_left_of_a_destroyed_stack(life):
    assert life.left == []
