"""Each stack through its life on the real engine, with every pack enforcing."""

import json

import pytest

from cli.preview import policy_arguments

STACKS = ("dev", "staging", "prod")


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.requirement("SMILE-GEN-02")
@pytest.mark.requirement("SMILE-GEN-05")
@pytest.mark.requirement("SMILE-DEPLOY-11")
def test_stack_is_created_stays_unchanged_and_is_destroyed(offline, stack):
    offline.succeeds("up", "--stack", stack, "--yes", "--skip-preview", *policy_arguments(stack))
    offline.succeeds("up", "--stack", stack, "--yes", "--expect-no-changes", *policy_arguments(stack))
    offline.succeeds("refresh", "--stack", stack, "--yes", "--skip-preview", "--expect-no-changes")
    resources = json.loads(offline.succeeds("stack", "export", "--stack", stack))["deployment"]["resources"]
    assert {"aws:ec2/vpc:Vpc", "aws:kms/key:Key"} <= {resource["type"] for resource in resources}
    offline.succeeds("destroy", "--stack", stack, "--yes", "--skip-preview")
    left = json.loads(offline.succeeds("stack", "export", "--stack", stack))["deployment"].get("resources", [])
    assert left == []


def test_preview_of_all_stacks_prints_a_verdict_for_each(offline):
    done = offline.smile("preview")
    assert done.returncode == 0, done.stdout + done.stderr
    for stack in STACKS:
        assert f"Previewing update ({stack})" in done.stdout
    verdicts = [line.split()[0] for line in done.stdout.splitlines() if line.endswith("green")]
    assert verdicts == sorted(STACKS)
    assert "offline" in done.stderr
