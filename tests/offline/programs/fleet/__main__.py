"""Many queues in a chain of a few links, so that an update takes long enough to be interrupted."""

import pulumi_aws as aws
from pulumi import ResourceOptions

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
before = None
for i in range(60):
    opts = ResourceOptions(depends_on=[before] if before and i % 6 else [])
    before = aws.ec2.Subnet(f"subnet-{i}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24", opts=opts)
    aws.sqs.Queue(f"queue-{i}", name=f"queue-{i}", opts=ResourceOptions(depends_on=[before]))
