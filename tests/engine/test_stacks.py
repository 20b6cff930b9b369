"""Each stack through its life on the real engine, with every pack enforcing."""

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


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-GEN-02")
@pytest.mark.requirement("SMILE-GEN-05")
@pytest.mark.requirement("SMILE-DEPLOY-11")
def test_stack_is_created_and_stays_unchanged(life):
    assert {"aws:ec2/vpc:Vpc", "aws:kms/key:Key"} <= {resource["type"] for resource in life.resources}
    assert life.unchanged


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-GEN-04")
def test_every_part_of_the_platform_is_a_component(life):
    assert set(PARTS.values()) <= {resource["type"] for resource in life.resources}


@looks_at(*STACKS)
def test_nothing_is_left_of_a_destroyed_stack(life):
    assert life.left == []


def test_preview_of_all_stacks_prints_a_verdict_for_each(offline):
    done = offline.smile("preview")
    assert done.returncode == 0, done.stdout + done.stderr
    for stack in STACKS:
        assert f"Previewing update ({stack})" in done.stdout
    verdicts = [line.split()[0] for line in done.stdout.splitlines() if line.endswith("green")]
    assert verdicts == sorted(STACKS)
    assert "can't be decided before deployment" not in done.stdout
    assert "offline" in done.stderr
