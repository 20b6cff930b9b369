"""Karpenter, instead of the Cluster Autoscaler: what it may do, and the queue that warns it of ending instances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import cloudwatch, sqs

from components.cluster.alarms import interruption_alarms
from components.cluster.inputs import ClusterArgs
from components.core.environment import Environment
from components.core.iam import ANY, Statement, document
from components.queues.queue_policy import denials
from components.queues.settings import DAY, LONGEST_RETENTION

KEPT_SECONDS = 300
"""A warning comes two minutes before the end: later it is of no use."""
RECEIVES = 3
"""After which a message goes to the dead-letter queue."""
DEAD = "-dead"
WARNINGS: Mapping[str, tuple[str, str]] = {
    "health": ("aws.health", "AWS Health Event"),
    "spot-interruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state-change": ("aws.ec2", "EC2 Instance State-change Notification"),
    "capacity-reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""Name of the rule -> source and kind of the event."""


class Interruptions(pulumi.ComponentResource):
    """A queue that EventBridge sends a message to when an instance will end.

    Attributes:
        queue_url: for Karpenter's setting ``interruptionQueue``.
    """

    queue_url: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:Interruptions", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        queue = self.queue()
        if args.settings.alarms:
            names = {"waiting": f"{args.name}-interruptions", "dead-letters": f"{args.name}-interruptions{DEAD}"}
            interruption_alarms(name, args, names, self)
        for warning, (source, kind) in WARNINGS.items():
            self.rule(warning, {"source": [source], "detail-type": [kind]})
        self.queue_url = queue.url
        self.register_outputs({"queueUrl": self.queue_url})

    @property
    def rules_arn(self) -> str:
        """Pattern of the ARNs of the rules that write to the queue."""
        return self.args.environment.arn("events", f"rule/{self.args.name}-*")

    def queue(self) -> sqs.Queue:
        """The queue, which only these rules write to; what Karpenter fails to handle is kept for people."""
        live, dead = (queue_arn(self.args.environment, self.args.name, of) for of in ("", DEAD))
        sources = {"redrivePermission": "byQueue", "sourceQueueArns": [live]}
        kept = self.make(f"{self.name}{DEAD}", dead, LONGEST_RETENTION * DAY, redrive_allow_policy=json.dumps(sources))
        redrive = {"deadLetterTargetArn": dead, "maxReceiveCount": RECEIVES}
        rules_send = Statement(
            sid="RulesSend",
            principals={"Service": "events.amazonaws.com"},
            actions=["sqs:SendMessage"],
            resources=[live],
            conditions={"ArnLike": {"aws:SourceArn": self.rules_arn}},
        )
        return self.make(self.name, live, KEPT_SECONDS, rules_send, after=[kept], redrive_policy=json.dumps(redrive))

    def make(  # noqa: PLR0913 - what the two queues differ in
        self,
        name: str,
        arn: str,
        kept_seconds: int,
        *allowed: Statement,
        after: Sequence[sqs.Queue] = (),
        redrive_policy: str | None = None,
        redrive_allow_policy: str | None = None,
    ) -> sqs.Queue:
        """A queue that nobody reaches from another account or without TLS."""
        queue = sqs.Queue(
            name,
            name=arn.rpartition(":")[2],
            message_retention_seconds=kept_seconds,
            redrive_policy=redrive_policy,
            redrive_allow_policy=redrive_allow_policy,
            kms_master_key_id=self.args.context.keys["queues"],
            tags=self.args.tags("interruptions"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        policy = document(*allowed, *denials(self.args.environment, arn))
        sqs.QueuePolicy(name, queue_url=queue.url, policy=policy, opts=self.child)
        return queue

    def rule(self, warning: str, pattern: Mapping[str, Sequence[str]]) -> None:
        """One kind of event, and that it goes to the queue."""
        args = self.args
        rule = cloudwatch.EventRule(
            f"{self.name}-{warning}",
            name=f"{args.name}-{warning}",
            description=f"Warns Karpenter: {pattern['detail-type'][0]}",
            event_pattern=json.dumps(pattern),
            tags=args.tags(warning),
            opts=self.child,
        )
        cloudwatch.EventTarget(
            f"{self.name}-{warning}",
            rule=rule.name,
            arn=queue_arn(args.environment, args.name),
            opts=self.child,
        )


def queue_arn(environment: Environment, cluster: str, of: str = "") -> str:
    """ARN of the queue or, with DEAD, of its dead-letter queue; known before it exists."""
    return environment.arn("sqs", f"{cluster}-interruptions{of}")


def karpenter(
    environment: Environment, cluster: str, node_role_arn: pulumi.Input[str], queue_key_arn: pulumi.Input[str]
) -> list[Statement]:
    """Launch and end instances that carry the cluster's tag, with the role of its nodes and no other."""
    owned, pool = f"kubernetes.io/cluster/{cluster}", "karpenter.sh/nodepool"
    new = {"StringEquals": {f"aws:RequestTag/{owned}": "owned"}, "StringLike": {f"aws:RequestTag/{pool}": ANY}}
    own = {"StringEquals": {f"aws:ResourceTag/{owned}": "owned"}, "StringLike": {f"aws:ResourceTag/{pool}": ANY}}
    launch = ["ec2:CreateFleet", "ec2:RunInstances"]
    launched = [
        environment.arn("ec2", f"{kind}/*")
        for kind in ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
    ]
    profile = f"arn:{environment.partition}:iam::{environment.account_id}:instance-profile/*"
    return [
        Statement(
            sid="LaunchFrom",
            actions=launch,
            resources=[
                f"arn:{environment.partition}:ec2:{environment.region}::image/*",
                f"arn:{environment.partition}:ec2:{environment.region}::snapshot/*",
                *(environment.arn("ec2", f"{kind}/*") for kind in ("security-group", "subnet")),
            ],
        ),
        Statement(sid="LaunchFromOwnTemplates", actions=launch, resources=[launched[2]], conditions=own),
        Statement(sid="Launch", actions=[*launch, "ec2:CreateLaunchTemplate"], resources=launched, conditions=new),
        Statement(
            sid="TagNew",
            actions=["ec2:CreateTags"],
            resources=launched,
            conditions={
                **new,
                "StringEquals": {
                    **new["StringEquals"],
                    "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
                },
            },
        ),
        Statement(
            sid="TagOwn",
            actions=["ec2:CreateTags"],
            resources=[launched[1]],
            conditions={
                **own,
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
                },
            },
        ),
        Statement(
            sid="EndOwn",
            actions=["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            resources=launched[1:3],
            conditions=own,
        ),
        Statement(
            sid="PassNodeRole",
            actions=["iam:PassRole"],
            resources=[node_role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        Statement(
            sid="MakeProfiles",
            actions=["iam:CreateInstanceProfile", "iam:TagInstanceProfile"],
            resources=[profile],
            conditions={"StringEquals": {f"aws:RequestTag/{owned}": "owned"}},
        ),
        Statement(
            sid="UseOwnProfiles",
            actions=[
                "iam:AddRoleToInstanceProfile",
                "iam:DeleteInstanceProfile",
                "iam:RemoveRoleFromInstanceProfile",
            ],
            resources=[profile],
            conditions={"StringEquals": {f"aws:ResourceTag/{owned}": "owned"}},
        ),
        Statement(sid="LookAtProfiles", actions=["iam:GetInstanceProfile"], resources=[profile]),
        Statement(
            sid="HearWarnings",
            actions=["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            resources=[queue_arn(environment, cluster)],
        ),
        Statement(sid="ReadWarnings", actions=["kms:Decrypt"], resources=[queue_key_arn]),
        Statement(
            sid="LookAtCluster",
            actions=["eks:DescribeCluster"],
            resources=[environment.arn("eks", f"cluster/{cluster}")],
        ),
        Statement(
            sid="LookUpImages",
            actions=["ssm:GetParameter"],
            resources=[f"arn:{environment.partition}:ssm:{environment.region}::parameter/aws/service/*"],
        ),
        Statement(
            sid="LookAtOffers",
            actions=[
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeCapacityReservations",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstanceTypeOfferings",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances",
                "ec2:DescribeLaunchTemplates",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSpotPriceHistory",
                "ec2:DescribeSubnets",
                "iam:ListInstanceProfiles",
                "pricing:GetProducts",
            ],
            resources=[ANY],
            allow_any="EC2, IAM and the price list show everything or nothing",
        ),
    ]
