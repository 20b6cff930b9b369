"""The network, who may talk to whom in it, and what is encrypted."""

import json

import pytest


def of_tier(tier):
    return [f"Subnet/epicvibe-{tier}-{zone}" for zone in "abc"]


INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.mark.requirement("EPIC-NET-01")
def test_load_balancer_and_nat_are_public_and_all_else_is_not(program):
    assert program.one("ec2/vpc:Vpc")["cidrBlock"] == "10.30.0.0/16"
    assert program.one("lb/loadBalancer:LoadBalancer")["subnets"] == of_tier("public")
    assert {each["subnetId"] for each in program.of("ec2/natGateway:NatGateway").values()} <= set(of_tier("public"))
    assert program.one("elasticache/subnetGroup:SubnetGroup")["subnetIds"] == of_tier("private")
    assert program.one("rds/subnetGroup:SubnetGroup")["subnetIds"] == of_tier("database")
    for service in program.of("ecs/service:Service").values():
        assert service["networkConfiguration"]["subnets"] == of_tier("private")
        assert service["networkConfiguration"]["assignPublicIp"] is False


@pytest.mark.requirement("EPIC-NET-01")
def test_private_subnets_leave_by_nat_and_database_subnets_not_at_all(program):
    routes = program.of("ec2/route:Route")
    assert {name for name, each in routes.items() if each.get("gatewayId")} == {"epicvibe-public-default"} or all(
        "public" in name for name, each in routes.items() if each.get("gatewayId")
    )
    assert {name for name, each in routes.items() if each.get("natGatewayId")} == {
        f"epicvibe-private-{zone}-default" for zone in "abc"
    }
    assert not [name for name in routes if "database" in name]
    assert len(program.of("ec2/internetGateway:InternetGateway")) == 1


@pytest.mark.requirement("EPIC-NET-01")
def test_production_has_a_nat_gateway_in_each_zone(production):
    assert len(production.of("ec2/natGateway:NatGateway")) == 3


@pytest.mark.requirement("EPIC-NET-02")
def test_each_part_is_reached_by_what_needs_it_alone(program):
    reached = {}
    for each in program.of(INGRESS).values():
        source = each.get("referencedSecurityGroupId") or each.get("prefixListId") or each.get("cidrIpv4")
        reached.setdefault(each["securityGroupId"].removeprefix("SecurityGroup/epicvibe-"), set()).add(
            (source.removeprefix("SecurityGroup/epicvibe-"), each["fromPort"])
        )
    cloudfront = "id-of-com.amazonaws.global.cloudfront.origin-facing"
    assert reached == {
        "load-balancer": {(cloudfront, 443)},
        "load-balancer-http": {(cloudfront, 80)},
        "web": {("load-balancer", 8443), ("worker", 8443)},
        "database": {("web", 5432), ("worker", 5432), ("rotation", 5432)},
        "cache": {("web", 6379), ("worker", 6379)},
        "endpoints": {("rotation", 443), ("10.30.0.0/16", 443)},
    }


@pytest.mark.requirement("EPIC-NET-03")
def test_every_role_keeps_within_the_boundary(program):
    roles = {
        name: each for name, each in program.of("iam/role:Role").items() if not name.startswith("epicvibe-delivery")
    }
    assert len(roles) > 5
    assert {name for name, each in roles.items() if not each.get("permissionsBoundary")} == set()


@pytest.mark.requirement("EPIC-NET-04")
def test_keys_and_logins_are_in_secrets_manager_and_nowhere_else(program):
    secrets = {each["name"].partition("/")[2] for each in program.of("secretsmanager/secret:Secret").values()}
    assert {"postgres/application", "external/django-secret-key", "external/payment-gateway"} <= secrets
    assert not program.of("secretsmanager/secretVersion:SecretVersion")  # people and rotation write the values
    primary = program.of("rds/instance:Instance")["epicvibe-database"]
    assert primary["manageMasterUserPassword"] is True
    assert "password" not in primary
    read = program.permissions("epicvibe-web-task")["ReadOwnSecrets"]["Resource"]
    assert len(read) == 3


@pytest.mark.requirement("EPIC-NET-05")
def test_data_are_encrypted_with_keys_of_the_stack_and_on_the_way(program):
    assert {"epicvibe-database", "epicvibe-cache", "epicvibe-objects", "epicvibe-queues", "epicvibe-secrets"} <= set(
        program.of("kms/key:Key")
    )
    parameters = {
        each["name"]: each["value"] for each in program.one("rds/parameterGroup:ParameterGroup")["parameters"]
    }
    assert (parameters["rds.force_ssl"], parameters["ssl_min_protocol_version"]) == ("1", "TLSv1.2")
    for name, policy in program.of("s3/bucketPolicy:BucketPolicy").items():
        denied = [each for each in json.loads(policy["policy"])["Statement"] if each["Effect"] == "Deny"]
        assert any(each.get("Condition", {}).get("Bool") == {"aws:SecureTransport": "false"} for each in denied), name
    assert program.one("lb/targetGroup:TargetGroup")["protocol"] == "HTTPS"
