"""A small platform that differs by generation: resources come and go, are updated, and are replaced in both orders."""

import os

import pulumi_aws as aws
from pulumi import ResourceOptions

generation = int(os.environ["GENERATION"])
trust = '{"Version": "2012-10-17", "Statement": []}'

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
for i in range(4):
    subnet = aws.ec2.Subnet(f"subnet-{i}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24")
    group = aws.ec2.SecurityGroup(f"group-{i}", vpc_id=vpc.id, description=f"generation {generation}")  # new, then old
    # Its name is its id: the old one goes first.
    role = aws.iam.Role(f"role-{i}", name=f"role-{i}", path=f"/{generation}/", assume_role_policy=trust)
    aws.iam.RolePolicyAttachment(f"attachment-{i}", role=role.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    aws.cloudwatch.LogGroup(f"log-{i}", name=f"log-{i}", retention_in_days=(7, 14)[generation % 2])
    before = subnet
    for j in range(4):
        number = 4 * generation + 4 * i + j  # the first four of the last generation are gone, four others are new
        before = aws.sqs.Queue(
            f"queue-{number}", name=f"queue-{number}", opts=ResourceOptions(depends_on=[before, group])
        )
