"""What the pipeline of a program reads and changes whose services are fleets of EC2 instances, without containers.

Actions and ARNs are those of the service authorization reference, and of AWS's resource schemas for the types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.delivery.container_services import of_services
from components.delivery.services import (
    AUDIT,
    COMPUTE,
    DATA,
    EDGE,
    NETWORK,
    ORIGIN_LOCK,
    PASSED_TO,
    READ,
    Work,
)

FLEETS = (
    Work("ec2", "CreateLaunchTemplate RunInstances", "*/*"),
    Work(
        "ec2",
        "CreateLaunchTemplateVersion DeleteLaunchTemplate DeleteLaunchTemplateVersions ModifyLaunchTemplate",
        "launch-template/*",
        tagged=True,
    ),
    Work(
        "autoscaling",
        "AttachLoadBalancerTargetGroups AttachTrafficSources CancelInstanceRefresh CreateAutoScalingGroup "
        "CreateOrUpdateTags DeleteAutoScalingGroup DeletePolicy DeleteTags DetachLoadBalancerTargetGroups "
        "DetachTrafficSources DisableMetricsCollection EnableMetricsCollection PutScalingPolicy ResumeProcesses "
        "StartInstanceRefresh SuspendProcesses UpdateAutoScalingGroup",
        "autoScalingGroup:*:autoScalingGroupName/{prefix}-*",
    ),
)
SCHEDULES = (
    *of_services(COMPUTE, "lambda", "scheduler"),
    Work(
        "scheduler", "CreateScheduleGroup DeleteScheduleGroup TagResource UntagResource", "schedule-group/{project}-*"
    ),
)
WORK: Mapping[str, Sequence[Work]] = {
    "network": (*NETWORK, *of_services(AUDIT, "route53resolver")),
    "data": of_services(DATA, "rds", "elasticache", "sqs", "secretsmanager"),
    "fleets": (*FLEETS, *SCHEDULES),
    "edge": (*EDGE, ORIGIN_LOCK),
    "operations": (),
}
"""Name of a policy -> its table."""
READS: Mapping[str, str] = {
    service: names
    for service, names in READ.items()
    if service
    in {
        *("acm", "autoscaling", "budgets", "ce", "cloudfront", "cloudwatch", "ec2", "elasticache", "events"),
        *("elasticloadbalancing", "iam", "kms", "lambda", "logs", "rds", "route53", "route53resolver", "s3"),
        *("scheduler", "secretsmanager", "sns", "sqs", "wafv2"),
    }
}
"""Service -> what shows how its resources are set up."""
HANDED_TO = (
    *(each for each in PASSED_TO if each in {"ec2", "lambda", "monitoring.rds", "scheduler"}),
    "vpc-flow-logs",
)
"""Services that the program hands roles to."""
