"""Alarms of a cluster: of each group of nodes, as EC2 sees it; of all nodes and pods, as Container Insights does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
from pulumi_aws import eks

from aws_facts.ec2_network import baseline_mbps
from components.cluster.inputs import ClusterArgs
from components.core.alarms import Alarms
from components.core.context import Severity

BUSY_PERCENT, FULL_PERCENT, NEARLY_ALL = 90, 85, 0.8
MINUTE = 60
PENDING_MINUTES = 15
"""A node that the autoscaler adds is there within these; a pod that still waits fits nowhere."""


def made_by(args: ClusterArgs, parent: pulumi.Resource) -> Alarms:
    """What makes the alarms of a cluster: nodes fail together."""
    return Alarms(context=args.context, tags=args.tags, parent=parent, runbook="cluster", incident="cluster")


def group_alarms(name: str, args: ClusterArgs, group: str, nodes: eks.NodeGroup, parent: pulumi.Resource) -> None:
    """CPU and network of the nodes of one group.

    The network's is of the busiest node, and of what each may send at any time: EC2 lets small instances exceed that
    for minutes only. The launch template has detailed monitoring on: there is a figure each minute.
    """
    made, types = made_by(args, parent), args.settings.groups[group].instance_types
    megabits = baseline_mbps(types) * NEARLY_ALL

    def add(role: str, text: str, metric: str, statistic: str, above: float) -> None:
        of_page = replace(made, runbook="network") if role == "network" else made
        of_page.add(
            f"{name}-{role}",
            "warning",
            name=f"{args.name}-nodes-{group}-{role}",
            description=text,
            namespace="AWS/EC2",
            metric_name=metric,
            dimensions={"AutoScalingGroupName": nodes.resources[0].autoscaling_groups[0].name},
            statistic=statistic,
            period=MINUTE,
            evaluation_periods=15,
            threshold=above,
        )

    add("cpu", f"Nodes {group}: CPU above {BUSY_PERCENT} % for 15 minutes", "CPUUtilization", "Average", BUSY_PERCENT)
    add(
        "network",
        f"Nodes {group}: one sends over {megabits:g} Mbit/s, 80 % of what it may at any time, for 15 minutes",
        "NetworkOut",
        "Maximum",
        megabits * 1_000_000 / 8 * MINUTE,
    )


def cluster_alarms(name: str, args: ClusterArgs, parent: pulumi.Resource, after: Sequence[pulumi.Resource]) -> None:
    """Nodes that fail or fill up, pods that find no node, ``after`` the agent that reports them.

    Where the agent says nothing of failed nodes for 15 minutes, nothing else of the cluster would be noticed either
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html).
    """
    made = replace(made_by(args, parent), after=after)

    def add(role: str, severity: Severity, text: str, metric: str, above: float, **more: Any) -> None:
        watched: dict[str, Any] = {
            "namespace": "ContainerInsights",
            "metric_name": metric,
            "dimensions": {"ClusterName": args.name},
            "statistic": "Maximum",
            "period": MINUTE,
            "evaluation_periods": PENDING_MINUTES,
            "threshold": above,
        }
        made.add(f"{name}-{role}", severity, name=f"{args.name}-{role}", description=text, **watched | more)

    add(
        "failed-nodes",
        "critical",
        f"{args.name}: a node has failed, or the cluster reports nothing, for 15 minutes",
        "cluster_failed_node_count",
        0,
        treat_missing_data="breaching",
    )
    full = f"{args.name}: a node's %s is over {FULL_PERCENT} %% full"
    add("node-memory", "warning", full % "memory", "node_memory_utilization", FULL_PERCENT)
    add("node-disk", "warning", full % "disk", "node_filesystem_utilization", FULL_PERCENT)
    add("pending-pods", "warning", f"{args.name}: a pod has found no node for 15 minutes", "pod_status_pending", 0)
    over = f"{args.name}: a pod uses over {FULL_PERCENT} %% of the %s that it may"
    add("pod-cpu", "warning", over % "CPU", "pod_cpu_utilization_over_pod_limit", FULL_PERCENT)
    add("pod-memory", "warning", over % "memory", "pod_memory_utilization_over_pod_limit", FULL_PERCENT)


def interruption_alarms(name: str, args: ClusterArgs, queues: Mapping[str, str], parent: pulumi.Resource) -> None:
    """Karpenter takes its warnings within minutes, or isn't there; what it couldn't read is kept.

    Args:
        name: logical name of the queue.
        args: of the cluster.
        queues: role -> physical name of a queue.
        parent: the component.
    """
    made = Alarms(context=args.context, tags=args.tags, parent=parent, runbook="cluster")
    for role, queue in queues.items():
        made.add(
            f"{name}-{role}",
            "warning",
            name=f"{queue}-waiting",
            description=f"{queue}: a warning of Karpenter's has waited for over 2 minutes",
            namespace="AWS/SQS",
            metric_name="ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": queue},
            statistic="Maximum",
            period=MINUTE,
            evaluation_periods=1,
            threshold=120,
            treat_missing_data="ignore",
        )
