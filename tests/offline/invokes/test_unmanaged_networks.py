"""Lookups of networks that are not in the cloud, and what AWS fills by what was asked for."""

from typing import Any

from offline.provider import Target
from offline.providers.aws import Aws
from offline.wire.values import UNKNOWN

ZONES = ["ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c"]


def call(aws: Aws, name: str, **arguments: Any) -> dict[str, Any]:
    result, failures = aws.invoke(f"aws:ec2/{name}:{name}", arguments, {"region": "ap-southeast-3"})
    assert not failures
    return result


def create(aws: Aws, type_: str, logical: str, /, **inputs: Any) -> tuple[str, dict[str, Any]]:
    target = Target(urn=f"urn:pulumi:dev::test::{type_}::{logical}", config={"region": "ap-southeast-3"}, seed=b"s")
    checked, failures = aws.check(target, {}, inputs)
    assert not failures
    return aws.create(target, checked, preview=False)


def by_vpc(vpc: str) -> list[dict[str, Any]]:
    return [{"name": "vpc-id", "values": [vpc]}]


def test_the_default_vpc_has_a_subnet_in_each_zone(aws: Aws) -> None:
    vpc = call(aws, "getVpc", default=True)
    assert vpc["cidrBlock"] == "172.31.0.0/16"
    ids = call(aws, "getSubnets", filters=by_vpc(vpc["id"]))["ids"]
    subnets = [call(aws, "getSubnet", id=id_) for id_ in ids]
    assert [subnet["availabilityZone"] for subnet in subnets] == ZONES
    assert [subnet["cidrBlock"] for subnet in subnets] == ["172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20"]
    assert {subnet["vpcId"] for subnet in subnets} == {vpc["id"]}
    assert call(aws, "getSubnets")["ids"] == ids
    assert call(aws, "getSubnets", filters=[{"name": "default-for-az", "values": ["true"]}])["ids"] == ids


def test_a_vpc_that_another_stack_made_has_subnets_and_a_group_of_its_own(aws: Aws) -> None:
    vpc, other = (call(aws, "getVpc", tags={"Name": name})["id"] for name in ("shared", "other"))
    ids = call(aws, "getSubnets", filters=by_vpc(vpc))["ids"]
    assert len(set(ids)) == len(ZONES)
    assert not set(ids) & set(call(aws, "getSubnets", filters=by_vpc(other))["ids"])
    assert call(aws, "getSecurityGroups", filters=by_vpc(vpc))["vpcIds"] == [vpc]


def test_a_vpc_of_the_cloud_has_only_the_subnets_it_was_given(aws: Aws) -> None:
    vpc, _ = create(aws, "aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
    assert call(aws, "getSubnets", filters=by_vpc(vpc))["ids"] == []
    assert call(aws, "getSubnets", tags={"Tier": "private"})["ids"] == []


def test_a_load_balancer_can_be_put_into_the_default_vpc(aws: Aws) -> None:
    subnets = call(aws, "getSubnets")["ids"]
    _, balancer = create(aws, "aws:lb/loadBalancer:LoadBalancer", "web", subnets=subnets, name="web")
    assert balancer["subnets"] == subnets


def test_a_certificate_has_a_validation_record_for_each_name(aws: Aws) -> None:
    names = ["example.org", "*.example.org", "api.example.org"]
    _, certificate = create(
        aws,
        "aws:acm/certificate:Certificate",
        "web",
        domainName=names[0],
        subjectAlternativeNames=names[1:],
        validationMethod="DNS",
    )
    bare, wildcard, api = certificate["domainValidationOptions"]
    assert [record["domainName"] for record in (bare, wildcard, api)] == names
    assert bare["resourceRecordType"] == "CNAME"
    assert bare["resourceRecordName"].endswith(".example.org.")
    assert wildcard["resourceRecordName"] == bare["resourceRecordName"] != api["resourceRecordName"]
    _, by_mail = create(
        aws, "aws:acm/certificate:Certificate", "mail", domainName="example.org", validationMethod="EMAIL"
    )
    assert by_mail["domainValidationOptions"] == []


def test_a_managed_master_password_has_its_secret_from_then_on(aws: Aws) -> None:
    type_ = "aws:rds/instance:Instance"
    target = Target(urn=f"urn:pulumi:dev::test::{type_}::db", config={"region": "ap-southeast-3"}, seed=b"s")
    given = {"engine": "mysql", "instanceClass": "db.t4g.small", "allocatedStorage": 20, "username": "smile"}
    old, _ = aws.check(target, {}, {**given, "password": "for-now-only"})
    id_, made = aws.create(target, old, preview=False)
    assert made["masterUserSecrets"] == []
    new, failures = aws.check(target, old, {**given, "manageMasterUserPassword": True})
    assert not failures
    updated = aws.update(target, id_, (old, made), new, preview=False)
    (secret,) = updated["masterUserSecrets"]
    assert secret["secretArn"].startswith("arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:rds!db-")
    again = aws.update(target, id_, (new, updated), {**new, "backupRetentionPeriod": 7}, preview=False)
    assert again["masterUserSecrets"] == [secret]


def test_a_firewall_has_an_endpoint_in_the_zone_of_each_subnet(aws: Aws) -> None:
    vpc, _ = create(aws, "aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
    zones = list(reversed(ZONES))
    subnets = [
        create(aws, "aws:ec2/subnet:Subnet", zone, vpcId=vpc, cidrBlock=f"10.0.{number}.0/24", availabilityZone=zone)[0]
        for number, zone in enumerate(zones)
    ]
    _, policy = create(
        aws,
        "aws:networkfirewall/firewallPolicy:FirewallPolicy",
        "rules",
        firewallPolicy={"statelessDefaultActions": ["aws:drop"], "statelessFragmentDefaultActions": ["aws:drop"]},
    )
    _, firewall = create(
        aws,
        "aws:networkfirewall/firewall:Firewall",
        "inspection",
        vpcId=vpc,
        firewallPolicyArn=policy["arn"],
        subnetMappings=[{"subnetId": subnet} for subnet in subnets],
    )
    (status,) = firewall["firewallStatuses"]
    assert [state["availabilityZone"] for state in status["syncStates"]] == zones
    assert [state["attachments"][0]["subnetId"] for state in status["syncStates"]] == subnets
    assert len({state["attachments"][0]["endpointId"] for state in status["syncStates"]}) == len(zones)


def test_an_api_has_the_addresses_that_its_map_is_documented_to_hold(aws: Aws) -> None:
    _, api = create(aws, "aws:appsync/graphQLApi:GraphQLApi", "api", authenticationType="API_KEY", name="api")
    assert api["uris"]["GRAPHQL"].endswith(".appsync-api.ap-southeast-3.amazonaws.com/graphql")


def test_values_that_the_documentation_adds_in_another_sentence_are_accepted(aws: Aws) -> None:
    _, topic = create(aws, "aws:sns/topic:Topic", "alarms")
    _, subscription = create(
        aws,
        "aws:sns/topicSubscription:TopicSubscription",
        "operators",
        topic=topic["arn"],
        protocol="email",
        endpoint="operations@example.org",
    )
    assert subscription["protocol"] == "email"


OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def test_an_object_with_other_content_is_another_version(aws: Aws) -> None:
    target = Target(urn=f"urn:pulumi:dev::test::{OBJECT}::code", config={"region": "ap-southeast-3"}, seed=b"s")
    inputs, _ = aws.check(target, {}, {"bucket": "code-of-everybody", "key": "code.zip", "content": "one"})
    id_, first = aws.create(target, inputs, preview=False)
    tagged, two = inputs | {"tags": {"Name": "code"}}, inputs | {"content": "two"}
    assert aws.update(target, id_, (inputs, first), tagged, preview=False)["versionId"] == first["versionId"]
    assert aws.update(target, id_, (tagged, first), two, preview=True)["versionId"] == UNKNOWN
    second = aws.update(target, id_, (tagged, first), two, preview=False)
    assert {second["versionId"], second["etag"]}.isdisjoint({first["versionId"], first["etag"]})


def test_a_signed_archive_is_where_the_job_was_told_to_put_it(aws: Aws) -> None:
    places = {
        "source": {"s3": {"bucket": "code", "key": "a.zip", "version": "1"}},
        "destination": {"s3": {"bucket": "code", "prefix": "signed/"}},
    }
    id_, job = create(aws, "aws:signer/signingJob:SigningJob", "sign", profileName="smile", **places)
    assert job["signedObjects"] == [{"s3s": [{"bucket": "code", "key": f"signed/{id_}.zip"}]}]
