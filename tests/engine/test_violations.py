"""A change that breaks a control fails the preview, and says which control, on what, and what to write instead."""

import pytest
from engine_runs import PACKS, ROOT, copy_of_program, edit

PROGRAM = """
from components.core import sdk_performance, source_positions

sdk_performance.apply()
from layers import base_layer
from settings import load_for_program

source_positions.record()
base = base_layer(load_for_program())
"""
OPEN_SSH = """
from pulumi_aws import vpc
vpc.SecurityGroupIngressRule(
    "open-ssh", security_group_id=base.network.security_group_ids["application"], description="oops",
    ip_protocol="tcp", from_port=20, to_port=30, cidr_ipv4="0.0.0.0/0", opts=base.options(),
)
"""
OPEN_SSH_HERE = OPEN_SSH.replace('base.network.security_group_ids["application"]', "group.id").replace(
    "base.options()", "options"
)
QUEUE_ABROAD = """
from pulumi_aws import sqs
key = base.keys.arns["queues"]
sqs.Queue("abroad", region="us-east-1", kms_master_key_id=key, opts=base.options())
"""


def append(program, code):
    main = program.cwd / "__main__.py"
    main.write_text(main.read_text() + code)


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    """One preview of prod's network and keys with the three changes at once."""
    program = copy_of_program(tmp_path_factory.mktemp("violations"))
    (program.cwd / "__main__.py").write_text(PROGRAM)
    append(program, OPEN_SSH)
    append(program, QUEUE_ABROAD)
    edit(
        program.cwd / "components" / "core" / "log_group.py",
        '        kms_key_id=context.keys["logs"],\n',
        "",
    )
    return program.pulumi("preview", "--stack", "prod", *PACKS)


@pytest.mark.parametrize(
    ("control", "resource", "remedy"),
    [
        ("LP-SG-001", "SecurityGroupIngressRule: open-ssh", "Fix: Name the group"),
        ("ENC-CLOUDWATCH-001", "LogGroup: smile-flow-logs", "Fix: Set kmsKeyId"),
        ("RES-AWS-002", "Queue: abroad", "Fix: "),
    ],
)
@pytest.mark.xdist_group("violations")  # they look at one preview
@pytest.mark.requirement("SMILE-AUDIT-10")
def test_broken_control_fails_the_preview_with_id_resource_and_remedy(verdict, control, resource, remedy):
    assert verdict.returncode != 0
    lines = verdict.stdout.splitlines()
    found = [
        number for number, line in enumerate(lines) if "[mandatory]" in line and control in line and resource in line
    ]
    assert found, verdict.stdout
    assert any(remedy in line for line in lines[found[0] : found[0] + 4]), verdict.stdout


def test_update_stops_before_the_violating_resource_exists(small):
    words = ["up", "--stack", "dev", "--yes", "--skip-preview", "--policy-pack", str(ROOT / "policies/least_privilege")]
    small.succeeds(*words)
    append(small, OPEN_SSH_HERE)
    done = small.pulumi(*words)
    assert done.returncode != 0
    broken = [line for line in done.stdout.splitlines() if "[mandatory]" in line]
    assert any("LP-SG-001" in line for line in broken)
    assert all("SecurityGroupIngressRule: open-ssh" in line for line in broken)
    urns = [each["urn"] for each in small.resources("dev")]
    assert any(urn.endswith("::group") for urn in urns)
    assert not any(urn.endswith("::open-ssh") for urn in urns)
