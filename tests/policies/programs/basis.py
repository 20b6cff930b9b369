"""What programs begin with: a provider that is pinned to Jakarta, a network, a bucket, a role."""

import json

import pulumi
import pulumi_aws as aws

ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:ap-southeast-3:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
TAGS = {"Project": "shop", "Environment": "prod", "Owner": "team", "CostCentre": "1", "DataClass": "internal"}
_providers = []


def begin():
    """Before each program: its provider, which `options` names from then on."""
    given = {"region": "ap-southeast-3", "allowed_account_ids": [ACCOUNT], "default_tags": {"tags": TAGS}}
    _providers[:] = [aws.Provider("jakarta", **given)]


def options(**more):
    """Of each resource."""
    return pulumi.ResourceOptions(provider=_providers[0], **more)


def document(*statements):
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource):
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def trusted_by(principal):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
        }
    )


def role(name, service, *statements):
    """A role of a service with one policy."""
    made = aws.iam.Role(
        f"{name}-role",
        assume_role_policy=trusted_by({"Service": service}),
        description=f"What {name} does",
        permissions_boundary=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        opts=options(),
    )
    aws.iam.RolePolicy(f"{name}-policy", role=made.id, policy=document(*statements), opts=options())
    return made


def network():
    """Two private subnets in two zones, with flow logs; the VPC's default group lets nothing through."""
    vpc = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=options())
    aws.ec2.DefaultSecurityGroup("closed", vpc_id=vpc.id, ingress=[], egress=[], opts=options())
    aws.ec2.FlowLog(
        "network",
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="s3",
        log_destination="arn:aws:s3:::logs",
        opts=options(),
    )
    subnets = [
        aws.ec2.Subnet(
            f"private-{zone}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{number}.0/24",
            opts=options(),
            availability_zone=f"ap-southeast-3{zone}",
            map_public_ip_on_launch=False,
        )
        for number, zone in enumerate("ab")
    ]
    return subnets, vpc


def bucket(name, *, is_public=False):
    """A bucket with all that belongs to it, or as an example of a web site has it."""
    made = aws.s3.Bucket(name, opts=options(protect=True))
    blocks = dict.fromkeys(
        ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), not is_public
    )
    aws.s3.BucketPublicAccessBlock(name, bucket=made.id, **blocks, opts=options())
    aws.s3.BucketVersioning(name, bucket=made.id, versioning_configuration={"status": "Enabled"}, opts=options())
    aws.s3.BucketOwnershipControls(
        name, bucket=made.id, rule={"objectOwnership": "BucketOwnerEnforced"}, opts=options()
    )
    rule = {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
        "bucketKeyEnabled": True,
    }
    aws.s3.BucketServerSideEncryptionConfiguration(name, bucket=made.id, rules=[rule], opts=options())
    aging = {
        "id": "old",
        "status": "Enabled",
        "noncurrentVersionExpiration": {"noncurrentDays": 90},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }
    aws.s3.BucketLifecycleConfiguration(name, bucket=made.id, rules=[aging], opts=options())
    aws.s3.BucketLogging(name, bucket=made.id, target_bucket="logs", target_prefix=name, opts=options())
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": pulumi.Output.concat(made.arn, "/*"),
    }
    secure = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [made.arn, pulumi.Output.concat(made.arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    old = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [made.arn, pulumi.Output.concat(made.arn, "/*")],
        "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    }
    aws.s3.BucketPolicy(name, bucket=made.id, policy=document(everybody if is_public else secure, old), opts=options())
    return made
