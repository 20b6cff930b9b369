"""An object that the program gives is read back with what AWS adds to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from offline.cloud.store import Cloud
from offline.packages.aws import Aws
from offline.packages.package import Target
from offline.wire import UNKNOWN


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Aws]:
    cloud = Cloud(tmp_path / "cloud.db")
    yield Aws(cloud, "7.0.0")
    cloud.close()


def target(token: str) -> Target:
    return Target(urn=f"urn:pulumi:dev::test::{token}::it", config={})


def made(aws: Aws, token: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
    return aws.create(target(token), inputs, preview=False)


def test_a_cluster_has_a_security_group_of_its_own_and_the_vpc_of_its_subnets(aws: Aws) -> None:
    vpc, _ = made(aws, "aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet, _ = made(aws, "aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock="10.0.0.0/24")
    cluster = target("aws:eks/cluster:Cluster")
    before: dict[str, Any] = {"vpcConfig": {"subnetIds": [subnet]}, "name": "it"}
    after: dict[str, Any] = {"vpcConfig": {"subnetIds": [subnet], "endpointPrivateAccess": True}, "name": "it"}

    _, planned = aws.create(cluster, before, preview=True)
    assert planned["vpcConfig"] == {"subnetIds": [subnet], "clusterSecurityGroupId": UNKNOWN, "vpcId": UNKNOWN}

    id_, outputs = aws.create(cluster, before, preview=False)
    group = outputs["vpcConfig"]["clusterSecurityGroupId"]
    assert group.startswith("sg-")
    assert outputs["vpcConfig"] == {"subnetIds": [subnet], "clusterSecurityGroupId": group, "vpcId": vpc}
    rule = {"type": "ingress", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"]}
    assert made(aws, "aws:ec2/securityGroupRule:SecurityGroupRule", securityGroupId=group, **rule)

    for preview in (True, False):
        changed = aws.update(cluster, id_, (before, outputs), after, preview=preview)
        assert changed["vpcConfig"] == {**after["vpcConfig"], "clusterSecurityGroupId": group, "vpcId": vpc}


def test_arns_name_what_a_resource_belongs_to(aws: Aws) -> None:
    def arn(token: str, **inputs: Any) -> str:
        return made(aws, token, **inputs)[1]["arn"]

    balancer = arn("aws:lb/loadBalancer:LoadBalancer", name="orders", loadBalancerType="network")
    listener = arn("aws:lb/listener:Listener", loadBalancerArn=balancer, port=443)
    rule = arn("aws:lb/listenerRule:ListenerRule", listenerArn=listener, priority=1)
    assert listener.startswith(balancer.replace(":loadbalancer/net/orders/", ":listener/net/orders/") + "/")
    assert rule.startswith(listener.replace(":listener/", ":listener-rule/") + "/")
    for name in ("/orders/host", "orders-host"):
        assert arn("aws:ssm/parameter:Parameter", name=name).endswith(f":parameter/{name.removeprefix('/')}")
