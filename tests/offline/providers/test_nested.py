"""An object that the program gives is read back with what AWS adds to it."""

import base64
import re
from typing import Any

from offline.provider import Target
from offline.providers.aws import Aws
from offline.wire.values import UNKNOWN


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


def test_a_cluster_has_what_clients_need_to_reach_it(aws: Aws) -> None:
    _, outputs = made(aws, "aws:eks/cluster:Cluster", name="it")
    certificate = base64.b64decode(outputs["certificateAuthority"]["data"]).decode()
    assert certificate.startswith("-----BEGIN CERTIFICATE-----")
    issuer = outputs["identities"][0]["oidcs"][0]["issuer"]
    assert re.fullmatch(r"https://oidc\.eks\.ap-southeast-3\.amazonaws\.com/id/[0-9A-F]{32}", issuer)
    assert outputs["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "172.20.0.0/16"


def test_what_is_given_of_a_cluster_s_network_stays(aws: Aws) -> None:
    given = {"serviceIpv4Cidr": "10.100.0.0/16"}
    _, outputs = made(
        aws, "aws:eks/cluster:Cluster", name="it",
        kubernetesNetworkConfig=given,
    )  # fmt: skip
    assert outputs["kubernetesNetworkConfig"] == {"ipFamily": "ipv4", "serviceIpv4Cidr": "10.100.0.0/16"}


def test_a_broker_is_reached_by_each_of_its_protocols(aws: Aws) -> None:
    _, outputs = made(
        aws, "aws:mq/broker:Broker", brokerName="it", engineType="ActiveMQ", engineVersion="5.19",
        hostInstanceType="mq.m5.large", users=[{"username": "it", "password": "long-enough"}],
    )  # fmt: skip
    (instance,) = outputs["instances"]
    ends = {endpoint.partition("://")[0]: endpoint.rpartition(":")[2] for endpoint in instance["endpoints"]}
    assert ends == {"ssl": "61617", "amqp+ssl": "5671", "stomp+ssl": "61614", "mqtt+ssl": "8883", "wss": "61619"}
