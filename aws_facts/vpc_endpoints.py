"""AWS services that a VPC reaches by a private address.

The names are those after ``com.amazonaws.REGION.``
(https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html). Not every Region, and not
every zone of one, has all of them: ``aws ec2 describe-vpc-endpoint-services`` lists what there is.
"""

from __future__ import annotations

# fmt: off
GATEWAY_ENDPOINTS = ("s3", "dynamodb")
"""Reached by a route, free of charge."""
INTERFACE_ENDPOINTS = (
    "acm-pca", "application-autoscaling", "athena", "autoscaling", "backup", "cloudformation", "cloudtrail",
    "codebuild", "config", "ebs", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry",
    "eks", "eks-auth", "elasticache", "elasticfilesystem", "elasticloadbalancing", "emr-containers", "events",
    "execute-api", "glue", "guardduty-data", "kinesis-firehose", "kinesis-streams", "kms", "lambda", "logs",
    "monitoring", "rds", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "states", "sts",
    "synthetics", "transfer", "xray",
)
"""Reached by a network interface in each zone, charged by the hour."""
WITHOUT_POLICIES = frozenset({"cloudtrail"})
"""Services whose endpoints take no policy: AWS answers one with an error."""
# fmt: on
