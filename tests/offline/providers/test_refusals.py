"""What AWS refuses, the mock provider refuses too: before anything is changed, with AWS's error code."""

from typing import Any

import pytest

from offline.provider import OfflineError, Target
from offline.providers.aws import Aws
from offline.wire.values import UNKNOWN

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
ROLE, QUEUE, BUCKET = "aws:iam/role:Role", "aws:sqs/queue:Queue", "aws:s3/bucket:Bucket"


class Account:
    """Creates and deletes without an engine between."""

    def __init__(self, aws: Aws, config: dict[str, Any] | None = None) -> None:
        self.aws = aws
        self.config = config or {}
        self.types: dict[str, tuple[str, str]] = {}

    def target(self, type_: str, name: str) -> Target:
        return Target(urn=f"urn:pulumi:dev::test::{type_}::{name}", config=self.config, seed=b"seed")

    def create(self, type_: str, name: str, /, **inputs: Any) -> str:
        checked, failures = self.aws.check(self.target(type_, name), {}, inputs)
        assert not failures
        id_, self.outputs = self.aws.create(self.target(type_, name), checked, preview=False)
        self.types[id_] = type_, name
        return id_

    def update(self, id_: str, **inputs: Any) -> None:
        type_, name = self.types[id_]
        found = self.aws.read(self.target(type_, name), id_, ({}, {}))
        assert found is not None
        self.aws.update(self.target(type_, name), id_, (found[1], found[2]), found[1] | inputs, preview=False)

    def delete(self, id_: str) -> None:
        type_, name = self.types[id_]
        self.aws.delete(self.target(type_, name), id_)


@pytest.fixture
def account(aws: Aws) -> Account:
    return Account(aws)


def refused(code: str) -> Any:
    return pytest.raises(OfflineError, match=f"api error {code}")


def network(account: Account) -> tuple[str, str]:
    vpc = account.create(VPC, "vpc", cidrBlock="10.0.0.0/16")
    return vpc, account.create(SUBNET, "a", vpcId=vpc, cidrBlock="10.0.0.0/24")


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10.0.0.128/25", "InvalidSubnet.Conflict"),
        ("10.0.0.0/23", "InvalidSubnet.Conflict"),
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.1.0/29", "InvalidSubnet.Range"),
    ],
)
def test_a_subnet_must_fit_its_vpc_and_overlap_no_other(account: Account, block: str, code: str) -> None:
    vpc, _ = network(account)
    with refused(code):
        account.create(SUBNET, "b", vpcId=vpc, cidrBlock=block)
    account.create(SUBNET, "b", vpcId=vpc, cidrBlock="10.0.1.0/24")


def test_a_secondary_block_makes_room_for_subnets(account: Account) -> None:
    vpc, _ = network(account)
    account.create(
        "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "more", vpcId=vpc, cidrBlock="100.64.0.0/16"
    )
    account.create(SUBNET, "pods", vpcId=vpc, cidrBlock="100.64.0.0/20")


def test_a_zone_must_be_one_of_the_region(account: Account) -> None:
    vpc, _ = network(account)
    for zone in ("us-east-1a", "ap-southeast-3d"):
        with refused("InvalidParameterValue"):
            account.create(SUBNET, "b", vpcId=vpc, cidrBlock="10.0.1.0/24", availabilityZone=zone)


def test_what_is_referred_to_must_exist(account: Account) -> None:
    with refused("InvalidVpcID.NotFound"):
        account.create(SUBNET, "a", vpcId="vpc-0123456789abcdef0", cidrBlock="10.0.0.0/24")
    with refused("NotFoundException"):
        key = "arn:aws:kms:ap-southeast-3:123456789012:key/00000000-0000-4000-8000-000000000000"
        account.create(QUEUE, "q", kmsMasterKeyId=key)
    with refused("NoSuchEntity"):
        account.create(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "a",
            role="somebody",
            policyArn="arn:aws:iam::123456789012:policy/gone",
        )


def test_defaults_that_come_with_a_vpc_can_be_referred_to(account: Account) -> None:
    account.create(VPC, "vpc", cidrBlock="10.0.0.0/16")
    group = account.outputs["defaultSecurityGroupId"]
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/16", "fromPort": 1, "toPort": 2}
    account.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", **rule)
    adopted = account.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", vpcId=account_vpc(account))
    assert adopted == group


def account_vpc(account: Account) -> str:
    return next(id_ for id_, (type_, _) in account.types.items() if type_ == VPC)


def test_a_security_group_of_another_vpc_is_refused(account: Account) -> None:
    _, subnet = network(account)
    other = account.create(VPC, "other", cidrBlock="10.9.0.0/16")
    group = account.create(GROUP, "group", vpcId=other, name="group")
    with refused("InvalidParameter"):
        account.create("aws:lb/loadBalancer:LoadBalancer", "lb", subnets=[subnet], securityGroups=[group])


@pytest.mark.parametrize(
    ("type_", "inputs", "code"),
    [
        (QUEUE, {"name": "orders"}, "QueueAlreadyExists"),
        (ROLE, {"name": "app", "assumeRolePolicy": "{}"}, "EntityAlreadyExists"),
        (BUCKET, {"bucket": "smile-assets"}, "BucketAlreadyExists"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/smile"}, "ResourceAlreadyExistsException"),
        ("aws:kms/alias:Alias", {"name": "alias/smile", "targetKeyId": "k"}, "AlreadyExistsException"),
        ("aws:dynamodb/table:Table", {"name": "events"}, "ResourceInUseException"),
    ],
)
def test_a_name_can_be_used_once(account: Account, type_: str, inputs: dict[str, Any], code: str) -> None:
    first = account.create(type_, "one", **inputs)
    with refused(code):
        account.create(type_, "two", **inputs)
    account.delete(first)
    account.create(type_, "two", **inputs)


def test_names_are_unique_by_account_and_region_but_buckets_everywhere(aws: Aws) -> None:
    jakarta = Account(aws, {"region": "ap-southeast-3", "allowedAccountIds": ["111111111111"]})
    virginia = Account(aws, {"region": "us-east-1", "allowedAccountIds": ["111111111111"]})
    staging = Account(aws, {"region": "ap-southeast-3", "assumeRole": {"roleArn": "arn:aws:iam::222222222222:role/x"}})
    for account in (jakarta, virginia, staging):
        account.create(QUEUE, "q", name="orders")
    assert staging.outputs["arn"] == "arn:aws:sqs:ap-southeast-3:222222222222:orders"
    jakarta.create(BUCKET, "b", bucket="smile-assets")
    with refused("BucketAlreadyExists"):
        staging.create(BUCKET, "b", bucket="smile-assets")


def test_settings_may_be_put_twice_on_one_bucket(account: Account) -> None:
    bucket = account.create(BUCKET, "b", bucket="smile-assets")
    for name in ("one", "two"):
        account.create(
            "aws:s3/bucketVersioning:BucketVersioning",
            name,
            bucket=bucket,
            versioningConfiguration={"status": "Enabled"},
        )


def test_what_is_in_use_cannot_be_deleted(account: Account) -> None:
    vpc, subnet = network(account)
    account.aws.read(account.target(SUBNET, "a"), subnet, ({}, {}))  # the engine knows it
    with refused("DependencyViolation") as refusal:
        account.delete(vpc)
    assert subnet in str(refusal.value)
    account.delete(subnet)
    account.delete(vpc)


def test_a_role_with_policies_cannot_be_deleted(account: Account) -> None:
    role = account.create(ROLE, "app", name="app", assumeRolePolicy="{}")
    attachment = account.create(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "app",
        role=role,
        policyArn="arn:aws:iam::aws:policy/ReadOnlyAccess",
    )
    account.aws.read(account.target(*account.types[attachment]), attachment, ({}, {}))
    with refused("DeleteConflict"):
        account.delete(role)
    account.delete(attachment)
    account.delete(role)


def test_deletion_protection_holds(account: Account) -> None:
    table = account.create("aws:dynamodb/table:Table", "t", name="events", deletionProtectionEnabled=True)
    with refused("OperationNotPermitted"):
        account.delete(table)


def test_a_refused_operation_changes_nothing(account: Account) -> None:
    vpc, _ = network(account)
    before = account.aws.cloud.of_type("123456789012", None, SUBNET)
    with refused("InvalidSubnet.Conflict"):
        account.create(SUBNET, "b", vpcId=vpc, cidrBlock="10.0.0.0/24")
    assert account.aws.cloud.of_type("123456789012", None, SUBNET) == before


def test_import_reads_only_what_a_program_may_say(account):
    queue = account.create(QUEUE, "queue", tags={"a": "b"})
    found = account.aws.read(account.target(QUEUE, "imported"), queue, ({}, {}))
    assert found is not None
    _, inputs, outputs = found
    assert inputs["tags"] == {"a": "b"}
    assert "tagsAll" not in inputs
    assert outputs["id"] == queue


@pytest.mark.parametrize(
    ("type_", "size", "code", "inputs"),
    [
        (
            "aws:rds/instance:Instance",
            "allocatedStorage",
            "InvalidParameterCombination",
            {"engine": "mysql", "instanceClass": "db.r5.large", "skipFinalSnapshot": True},
        ),
        ("aws:ebs/volume:Volume", "size", "InvalidParameterValue", {"availabilityZone": "ap-southeast-3a"}),
    ],
)
def test_storage_grows_and_never_shrinks(
    account: Account, type_: str, size: str, code: str, inputs: dict[str, Any]
) -> None:
    id_ = account.create(type_, "data", **inputs, **{size: 100})
    account.update(id_, **{size: 200})
    with refused(code):
        account.update(id_, **{size: 199})
    found = account.aws.read(account.target(type_, "data"), id_, ({}, {}))
    assert found is not None
    assert found[2][size] == 200


def test_what_aws_protects_goes_only_from_a_disposable_cloud(aws: Aws) -> None:
    account = Account(aws)
    database = {"engine": "mysql", "instanceClass": "db.r5.large", "allocatedStorage": 100, "deletionProtection": True}
    id_ = account.create("aws:rds/instance:Instance", "data", **database)
    with refused("OperationNotPermitted"):
        account.delete(id_)
    account.aws = Aws(aws.cloud, "7.0.0", disposable=True)
    account.delete(id_)
    assert not aws.cloud.of_type("123456789012", None, "aws:rds/instance:Instance")


@pytest.mark.parametrize(("length", "said"), [(57, ["plus 7 random chars is longer than maximum length 64"]), (56, [])])
def test_a_name_that_gets_too_long_with_its_suffix_is_refused(aws: Aws, length: int, said: list[str]) -> None:
    target = Target(urn=f"urn:pulumi:dev::test::{ROLE}::{'x' * length}", config={}, seed=b"seed")
    _, failures = aws.check(target, {}, {"assumeRolePolicy": "{}"})
    assert len(failures) == len(said)
    assert all(words in each.reason for words, each in zip(said, failures, strict=True))


def test_a_policy_given_as_an_object_is_kept_as_text(account: Account) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    account.create("aws:iam/policy:Policy", "policy", policy=document)
    assert account.outputs["policy"] == (
        '{"Statement":[{"Action":"sqs:*","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}'
    )
    inputs, _ = account.aws.check(
        account.target("aws:iam/policy:Policy", "later"), {}, {"policy": {"Statement": [{"Resource": UNKNOWN}]}}
    )
    assert inputs["policy"] == UNKNOWN
