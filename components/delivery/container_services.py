"""What the pipeline of a program reads and changes whose services are containers on ECS Fargate, without Kubernetes.

Actions and ARNs are those of the service authorization reference; what Cloud Map does with the caller's permissions,
https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-api-permissions-ref.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from components.delivery.services import (
    AUDIT,
    COMPUTE,
    DATA,
    EDGE,
    NETWORK,
    OPERATIONS,
    ORIGIN_LOCK,
    PASSED_TO,
    READ,
    Work,
)

CONTAINERS = (
    Work(
        "ecs",
        "CreateCluster CreateService DeleteCluster DeleteService RegisterTaskDefinition StopServiceDeployment "
        "TagResource UntagResource UpdateCluster UpdateClusterSettings UpdateService",
        "cluster/{prefix}* service/{prefix}*/{prefix}-* service-deployment/{prefix}*/{prefix}-*/* "
        "task-definition/{prefix}-*:*",
    ),
    Work("ecs", "DeregisterTaskDefinition", "*"),
    Work(
        "application-autoscaling",
        "DeleteScalingPolicy DeregisterScalableTarget PutScalingPolicy RegisterScalableTarget TagResource "
        "UntagResource",
        "scalable-target/*",
    ),
    Work("servicediscovery", "CreatePrivateDnsNamespace CreateService TagResource UntagResource", "*"),
    Work(
        "servicediscovery",
        "DeleteNamespace DeleteService UpdatePrivateDnsNamespace UpdateService",
        "namespace/* service/*",
        tagged=True,
    ),
)
TRACING = (
    Work("xray", "CreateGroup CreateSamplingRule DeleteGroup DeleteSamplingRule TagResource UntagResource "
         "UpdateGroup UpdateSamplingRule", "group/{prefix}/* sampling-rule/{prefix}"),
    Work("xray", "PutEncryptionConfig", "*"),
)  # fmt: skip


def of_services(work: Iterable[Work], *services: str) -> tuple[Work, ...]:
    """The entries of a table that are about some services."""
    return tuple(each for each in work if each.service in services)


WORK: Mapping[str, Sequence[Work]] = {
    "network": (*NETWORK, *of_services(AUDIT, "route53resolver"), *TRACING),
    "data": of_services(DATA, "rds", "elasticache", "sqs", "secretsmanager", "ecr"),
    "containers": (*CONTAINERS, *of_services(COMPUTE, "lambda", "scheduler")),
    "edge": (*EDGE, ORIGIN_LOCK),
    "operations": of_services(OPERATIONS, "backup", "backup-storage"),
}
"""Name of a policy -> its table."""
READS: Mapping[str, str] = {
    **{
        service: names
        for service, names in READ.items()
        if service
        in {
            *("acm", "backup", "budgets", "ce", "cloudfront", "cloudwatch", "ec2", "ecr", "elasticache", "events"),
            *(
                "elasticloadbalancing",
                "iam",
                "kms",
                "lambda",
                "logs",
                "rds",
                "route53",
                "route53resolver",
                "s3",
                "scheduler",
            ),
            *("secretsmanager", "sns", "sqs", "wafv2", "xray"),
        }
    },
    "application-autoscaling": "Describe* List*",
    "ecs": "Describe* List*",
    "servicediscovery": "Get* List*",
}
"""Service -> what shows how its resources are set up."""
HANDED_TO = (
    *(each for each in PASSED_TO if each in {"backup", "ecr", "lambda", "monitoring.rds", "scheduler"}),
    *("ecs-tasks", "vpc-flow-logs"),
)
"""Services that the program hands roles to."""
