"""SMILE_BENCH_RESOURCES resources in the mix of a real stack: network rules, queues and alarms, log groups, roles."""

import json
import os
import sys
from pathlib import Path

import pulumi
import pulumi_aws as aws

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from components.core import sdk_performance
from components.core.early_registration import begun

sdk_performance.apply()
COUNT = int(os.environ["SMILE_BENCH_RESOURCES"])

provider = aws.Provider("jakarta", region="ap-southeast-3", allowed_account_ids=["123456789012"])
options = pulumi.ResourceOptions(provider=provider)
KEY_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "kms:*",
                "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            },
        ],
    }
)
group = aws.ec2.SecurityGroup("group", description="bench", vpc_id="vpc-0a1b2c3d4e5f60718", opts=options)
key = aws.kms.Key("key", enable_key_rotation=True, description="bench", policy=KEY_POLICY, opts=options)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
        ],
    }
)


def rule(index: int) -> None:
    """A security group rule."""
    aws.vpc.SecurityGroupIngressRule(
        f"rule-{index}",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=f"10.{index // 250 % 250}.{index % 250}.0/24",
        description="bench",
        opts=options,
    )


def queue(index: int) -> None:
    """An encrypted queue."""
    aws.sqs.Queue(f"queue-{index}", name=f"bench-{index}", kms_master_key_id=key.arn, opts=options)


def logs(index: int) -> None:
    """An encrypted log group."""
    aws.cloudwatch.LogGroup(
        f"logs-{index}", name=f"/bench/{index}", retention_in_days=30, kms_key_id=key.arn, opts=options
    )


def alarm(index: int) -> None:
    """An alarm on the queue before it."""
    aws.cloudwatch.MetricAlarm(
        f"alarm-{index}",
        name=f"bench-{index}",
        namespace="AWS/SQS",
        metric_name="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": f"bench-{index - 1}"},
        statistic="Maximum",
        period=300,
        evaluation_periods=1,
        threshold=600,
        comparison_operator="GreaterThanThreshold",
        alarm_actions=["arn:aws:sns:ap-southeast-3:123456789012:bench"],
        opts=options,
    )


def role(index: int) -> None:
    """A role that EC2 may assume."""
    aws.iam.Role(f"role-{index}", name=f"bench-{index}", assume_role_policy=TRUST, opts=options)


MIX = (rule, rule, rule, queue, alarm, rule, logs, queue, alarm, role)
LAYER = 100


async def program() -> None:
    """All of them, in layers as SMILE's program has them."""
    for first in range(0, COUNT, LAYER):
        for position in range(first, min(first + LAYER, COUNT)):
            MIX[position % len(MIX)](position)
        await begun(first)


pulumi.run(program)
