"""``smile release`` with the real engine: it reads its preview, changes a listener rule, and nothing else."""

import json

import pytest
from engine_runs import PROD, ROOT, copy_of_program

PROGRAM = """
from components.core import sdk_performance

sdk_performance.apply()
import pulumi
from pulumi_aws import ec2, lb

from components.core.environment import Environment
from components.core.provider import aws_provider
from settings import load_for_program

settings = load_for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
opts = pulumi.ResourceOptions(provider=aws_provider(environment, settings.default_tags))
vpc = ec2.Vpc("smile", cidr_block="10.0.0.0/16", opts=opts)
subnets = [
    ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone, opts=opts).id
    for number, zone in enumerate(settings.network.zones)
]
group = ec2.SecurityGroup("smile", vpc_id=vpc.id, description="load balancer", opts=opts).id
balancer = lb.LoadBalancer("smile", internal=True, subnets=subnets, security_groups=[group], opts=opts)
groups = {
    colour: lb.TargetGroup(colour, port=443, protocol="HTTPS", target_type="ip", vpc_id=vpc.id, opts=opts).arn
    for colour in ("blue", "green")
}
listener = lb.Listener(
    "smile",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[
        {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "403"}}
    ],
    opts=opts,
)
shares = settings.release.of("orders").by_colour
lb.ListenerRule(
    "orders",
    listener_arn=listener.arn,
    conditions=[{"path_pattern": {"values": ["/api/orders"]}}],
    actions=[
        {
            "type": "forward",
            "forward": {"target_groups": [{"arn": groups[each], "weight": shares[each]} for each in groups]},
        }
    ],
    opts=opts,
)
pulumi.export("shares", shares)
"""
CONFIG = PROD | {"smile:workloads": {"versions": {"orders": {"blue": "r7", "green": "r8"}}}}
pytestmark = pytest.mark.xdist_group("release")


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    program = copy_of_program(tmp_path_factory.mktemp("release"))
    (program.cwd / "__main__.py").write_text(PROGRAM)
    (program.cwd / "Pulumi.prod.yaml").write_text(json.dumps({"config": CONFIG}))
    program.succeeds("up", "--stack", "prod", "--yes", "--skip-preview")
    return program


def release(program, *words):
    command = [str(ROOT / ".venv" / "bin" / "smile"), "release", "--stack", "prod", "--unwatched", *words]
    return program.smile("offline", "--", *command)


def shares(program):
    return program.resources("prod")[0]["outputs"]["shares"]


@pytest.mark.requirement("SMILE-DEPLOY-08")
@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_a_canary_is_previewed_and_made(serving):
    done = release(serving, "--canary", "10")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "preview: update orders" in done.stderr
    assert shares(serving) == {"blue": 90, "green": 10}


def test_it_goes_no_further_where_more_would_change(serving):
    (serving.cwd / "Pulumi.prod.yaml").write_text(json.dumps({"config": CONFIG | {"smile:tags": {"owner": "others"}}}))
    before = shares(serving)
    done = release(serving, "--canary", "50")
    assert done.returncode == 1
    assert "more than weights would change" in done.stderr
    assert shares(serving) == before
