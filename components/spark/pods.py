"""What Spark's pods are given: processors, memory, nodes, ports; as properties of Spark, and as a namespace's quota."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from components.cluster.addons import EFFECTS, tolerations
from components.cluster.node_group_settings import NodeGroup
from components.spark.settings import Pod, Spark
from components.workloads.quantities import mebibytes, millicores

DRIVER_PORT, BLOCK_PORT = 7078, 7079
"""TCP ports on which driver and executors talk: Spark's own defaults in Kubernetes, or else the system picks one."""
PORTS = (DRIVER_PORT, BLOCK_PORT)
SUBMITTER = {"pods": 1, "cpu": 1_000, "memory": 2_048}
"""What the quota leaves for the pod that starts a job: thousandths of a processor, and MiB."""


def properties(spark: Spark) -> dict[str, str]:
    """Of the classification ``spark-defaults``; where the pods run is in their templates."""
    return {
        "spark.dynamicAllocation.enabled": "true",
        "spark.dynamicAllocation.shuffleTracking.enabled": "true",  # Kubernetes has no external shuffle service
        "spark.dynamicAllocation.minExecutors": str(spark.fewest_executors),
        "spark.dynamicAllocation.initialExecutors": str(spark.fewest_executors),
        "spark.dynamicAllocation.maxExecutors": str(spark.most_executors),
        "spark.driver.port": str(DRIVER_PORT),
        "spark.driver.blockManager.port": str(BLOCK_PORT),
        "spark.blockManager.port": str(BLOCK_PORT),
        # One job may replace single days of a table: the others' files stay.
        "spark.sql.sources.partitionOverwriteMode": "dynamic",
        **of_pod("driver", spark.driver),
        **of_pod("executor", spark.executor),
    }


def of_pod(role: str, pod: Pod) -> dict[str, str]:
    """Processors and memory of the driver or of each executor."""
    memory = mebibytes(pod.memory)
    overhead = memory // 4
    return {
        f"spark.{role}.cores": str(millicores(pod.cpu_limit) // 1000),
        f"spark.kubernetes.{role}.request.cores": pod.cpu_request,
        f"spark.kubernetes.{role}.limit.cores": pod.cpu_limit,
        f"spark.{role}.memory": f"{memory - overhead}m",
        f"spark.{role}.memoryOverhead": f"{overhead}m",
    }


def template(group: NodeGroup) -> str:
    """A pod template, as JSON: on the nodes of a group alone, with tolerations, which Spark has no property for.

    https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/pod-templates.html
    """
    spec = {"nodeSelector": dict(group.labels), "tolerations": tolerations(group.taints)}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": spec}, sort_keys=True)


def submitter(spark: Spark, groups: Mapping[str, NodeGroup]) -> dict[str, str]:
    """Of the classification ``emr-job-submitter``: where the pod runs that starts a job.

    https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/emr-eks-job-submitter.html
    """
    group = groups[spark.submitter_group]
    found = {f"jobsubmitter.node.selector.{label}": value for label, value in group.labels.items()}
    for taint in group.taints:
        found[f"jobsubmitter.node.toleration.{taint.key}"] = taint.value
        found[f"jobsubmitter.node.toleration.{taint.key}.effect"] = EFFECTS[taint.effect]
    return found


def quota(spark: Spark) -> dict[str, str]:
    """What the pods of as many jobs take as there is room for; nothing is reached from outside the namespace."""
    sums = {"pods": 0, "requests.cpu": 0, "limits.cpu": 0, "requests.memory": 0, "limits.memory": 0}
    for number, request, limit, memory in sizes(spark):
        sums["pods"] += number
        sums["requests.cpu"] += number * request
        sums["limits.cpu"] += number * limit
        sums["requests.memory"] += number * memory
        sums["limits.memory"] += number * memory
    units = {"cpu": "m", "memory": "Mi"}
    hard = {name: f"{spark.at_once * each}{units.get(name.partition('.')[2], '')}" for name, each in sums.items()}
    return hard | {"services.loadbalancers": "0", "services.nodeports": "0"}


def sizes(spark: Spark) -> Iterator[tuple[int, int, int, int]]:
    """Number, processors requested and at most (thousandths), and memory (MiB), of each kind of pod of a job."""
    yield SUBMITTER["pods"], SUBMITTER["cpu"], SUBMITTER["cpu"], SUBMITTER["memory"]
    for number, pod in ((1, spark.driver), (spark.most_executors, spark.executor)):
        yield number, millicores(pod.cpu_request), millicores(pod.cpu_limit), mebibytes(pod.memory)
