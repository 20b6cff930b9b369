"""What a resource is billed for: a function for each type of resource, from its inputs to items of a month.

What depends on use isn't here but in usage.yaml, and what costs nothing in free.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cli.cost.resources import Resource, Stack

HOURS = 730
"""Of a month, as AWS's own calculator counts them."""

Amounts = Mapping[str, float]
"""Item -> how much of it in a month."""
Model = Callable[[Resource, Stack, Amounts], Amounts]

MODELS: dict[str, Model] = {}
"""Type -> what a resource of it is billed for, given its stack and its use."""


def billed(*types: str) -> Callable[[Model], Model]:
    """Declare what the resources of some types are billed for."""

    def declare(model: Model) -> Model:
        MODELS.update(dict.fromkeys(types, model))
        return model

    return declare


EACH: Mapping[str, Amounts] = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {"cloudwatch.composite-alarm": 1},
    "aws:cloudwatch/dashboard:Dashboard": {"cloudwatch.dashboard": 1},
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {"cloudwatch.metric": 1},
    "aws:ec2/eip:Eip": {"ipv4.hours": HOURS},
    "aws:ec2/natGateway:NatGateway": {"nat.hours": HOURS},  # its address is a resource of its own
    "aws:eks/cluster:Cluster": {"eks.hours": HOURS},  # extended support would cost more
    "aws:kinesis/streamConsumer:StreamConsumer": {"kinesis.fan-out-hours": HOURS},
    "aws:kms/key:Key": {"kms.key": 1},  # each of its first two rotations costs as much again
    "aws:route53/zone:Zone": {"route53.zone": 1},
}
"""Type -> what each resource of it is billed for, whatever its inputs."""


def same(amounts: Amounts) -> Model:
    """A model that doesn't look at the resource."""

    def model(_: Resource, __: Stack, ___: Amounts) -> Amounts:
        return amounts

    return model


MODELS.update({kind: same(amounts) for kind, amounts in EACH.items()})


def whole(value: object, default: int = 0) -> int:
    """A number that an engine or an unknown may give as something else."""
    return int(value) if isinstance(value, int | float) else default


def first(value: object) -> Mapping[str, Any]:
    """The first mapping of a list, or the mapping itself."""
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, dict) else {}


@billed("aws:ec2/instance:Instance")
def instance(resource: Resource, _: Stack, usage: Amounts) -> Amounts:
    """Hours that it runs, and its disk, which is there all the time."""
    disk = first(resource.inputs.get("rootBlockDevice"))
    return {
        f"ec2.{resource.inputs.get('instanceType')}": usage["instance_hours"],
        f"ebs.{disk.get('volumeType', 'gp3')}-gib": whole(disk.get("volumeSize"), 8),
    }


@billed("aws:eks/nodeGroup:NodeGroup")
def node_group(resource: Resource, stack: Stack, _: Amounts) -> Amounts:
    """Its nodes at the desired size, on demand, of the first type, with their disks."""
    nodes = whole(first(resource.inputs.get("scalingConfig")).get("desiredSize"))
    kind = (resource.inputs.get("instanceTypes") or ["unknown"])[0]
    template = stack.needed(resource, "launchTemplate")
    mappings = template.inputs.get("blockDeviceMappings") if template else None
    disk = first(first(mappings).get("ebs"))
    size = whole(disk.get("volumeSize"), whole(resource.inputs.get("diskSize"), 20))
    return {f"ec2.{kind}": nodes * HOURS, f"ebs.{disk.get('volumeType', 'gp3')}-gib": nodes * size}


@billed("aws:autoscaling/group:Group")
def scaling_group(resource: Resource, stack: Stack, _: Amounts) -> Amounts:
    """The instances that there always are, on demand, with their disks; those under load come on top."""
    template = stack.needed(resource, "launchTemplate")
    about = template.inputs if template else {}
    disk = first(first(about.get("blockDeviceMappings")).get("ebs"))
    instances = whole(resource.inputs.get("minSize"))
    return {
        f"ec2.{about.get('instanceType', 'unknown')}": instances * HOURS,
        f"ebs.{disk.get('volumeType', 'gp3')}-gib": instances * whole(disk.get("volumeSize"), 8),
    }


@billed("aws:rds/instance:Instance")
def database(resource: Resource, stack: Stack, _: Amounts) -> Amounts:
    """Hours and storage, of two zones with a standby; the secret that RDS itself keeps."""
    inputs = resource.inputs
    source = stack.needed(resource, "replicateSourceDb")
    engine = inputs.get("engine") or (source.inputs.get("engine") if source else "unknown")
    size = inputs.get("allocatedStorage") or (source.inputs.get("allocatedStorage") if source else 0)
    zones = "multi" if inputs.get("multiAz") is True else "single"
    kind = inputs.get("storageType") or "gp3"
    return {
        f"rds.{engine}.{inputs.get('instanceClass')}.{zones}": HOURS,
        f"rds.{kind}-{zones}-gib": whole(size),
        "secretsmanager.secret": int(inputs.get("manageMasterUserPassword") is True),
    }


@billed("aws:elasticache/replicationGroup:ReplicationGroup")
def cache(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Its nodes: a primary and its replicas in each shard."""
    inputs = resource.inputs
    nodes = whole(inputs.get("numNodeGroups"), 1) * (1 + whole(inputs.get("replicasPerNodeGroup")))
    nodes = whole(inputs.get("numCacheClusters"), nodes)
    return {f"elasticache.{inputs.get('engine', 'redis')}.{inputs.get('nodeType')}": nodes * HOURS}


@billed("aws:efs/fileSystem:FileSystem")
def files(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Provisioned throughput; what is stored and elastic throughput go by use."""
    return {"efs.provisioned-mibps": whole(resource.inputs.get("provisionedThroughputInMibps"))}


@billed("aws:ebs/volume:Volume")
def volume(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Its size."""
    return {f"ebs.{resource.inputs.get('type', 'gp3')}-gib": whole(resource.inputs.get("size"))}


@billed("aws:ec2/vpcEndpoint:VpcEndpoint")
def endpoint(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """An interface in each zone; gateway endpoints cost nothing."""
    if resource.inputs.get("vpcEndpointType") != "Interface":
        return {}
    return {"vpc-endpoint.hours": HOURS * len(resource.inputs.get("subnetIds") or ())}


@billed("aws:lb/loadBalancer:LoadBalancer")
def load_balancer(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Its hours; capacity units go by use."""
    return {"nlb.hours" if resource.inputs.get("loadBalancerType") == "network" else "alb.hours": HOURS}


@billed("aws:wafv2/webAcl:WebAcl")
def web_acl(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Itself, and each rule; a group of rules counts as one."""
    return {"waf.acl": 1, "waf.rule": len(resource.inputs.get("rules") or ())}


@billed("aws:secretsmanager/secret:Secret")
def secret(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Itself, and each replica."""
    return {"secretsmanager.secret": 1 + len(resource.inputs.get("replicas") or ())}


@billed("aws:route53/healthCheck:HealthCheck")
def health_check(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Itself; HTTPS, a short interval, latency and a search string are features that cost besides."""
    inputs = resource.inputs
    features = [
        str(inputs.get("type", "")).startswith("HTTPS"),
        whole(inputs.get("requestInterval"), 30) < 30,
        inputs.get("measureLatency") is True,
        bool(inputs.get("searchString")),
    ]
    return {"route53.health-check": 1, "route53.health-check-feature": sum(features)}


@billed("aws:cloudwatch/metricAlarm:MetricAlarm")
def alarm(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Each metric that it watches; with a band of anomaly detection, three."""
    inputs = resource.inputs
    queries = [each for each in inputs.get("metricQueries") or () if isinstance(each, dict)]
    metrics = sum("metric" in each for each in queries) or 1
    periods = [inputs.get("period"), *(first(each.get("metric")).get("period") for each in queries)]
    fine = any(whole(period, 60) < 60 for period in periods)
    factor = 3 if inputs.get("thresholdMetricId") else 1
    return {"cloudwatch.alarm-high-resolution" if fine else "cloudwatch.alarm": metrics * factor}


@billed("aws:synthetics/canary:Canary")
def canary(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Its runs, by a schedule such as ``rate(5 minutes)``; without one that can be read, one an hour."""
    words = str(first(resource.inputs.get("schedule")).get("expression", "")).removeprefix("rate(").rstrip(")").split()
    minutes = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60}
    every = int(words[0]) * minutes[words[1]] if len(words) == 2 and words[1] in minutes and words[0].isdigit() else 60
    return {"synthetics.runs": HOURS * 60 / every if every else 0}


@billed("aws:accessanalyzer/analyzer:Analyzer")
def analyzer(resource: Resource, stack: Stack, _: Amounts) -> Amounts:
    """External access costs nothing; unused access is paid for by role and user."""
    unused = str(resource.inputs.get("type", "")).endswith("UNUSED_ACCESS")
    return {"access-analyzer.role": len(stack.of("aws:iam/role:Role", "aws:iam/user:User"))} if unused else {}


@billed("aws:ssm/parameter:Parameter")
def parameter(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Nothing, unless it is of the advanced tier."""
    return {"ssm.advanced-parameter": 1} if resource.inputs.get("tier") == "Advanced" else {}


@billed("aws:kinesis/stream:Stream")
def stream(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Hours on demand, or of its shards; what is written and read goes by use."""
    mode = first(resource.inputs.get("streamModeDetails")).get("streamMode")
    shards = whole(resource.inputs.get("shardCount"), 1)
    return {"kinesis.on-demand-hours": HOURS} if mode == "ON_DEMAND" else {"kinesis.shard-hours": shards * HOURS}


@billed("aws:kinesis/accountSettings:AccountSettings")
def streams_of_account(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """The commitment to a least throughput of all streams, where the account makes it."""
    commitment = first(resource.inputs.get("minimumThroughputBillingCommitment"))
    return {"kinesis.commitment-hours": HOURS if commitment.get("status") == "ENABLED" else 0}


@billed("aws:ecs/service:Service")
def container_service(resource: Resource, stack: Stack, _: Amounts) -> Amounts:
    """Its tasks on Fargate, by what their definition says."""
    task = stack.needed(resource, "taskDefinition")
    tasks, about = whole(resource.inputs.get("desiredCount"), 1), task.inputs if task else {}
    said = (str(about.get(each)) for each in ("cpu", "memory"))
    vcpus, gigabytes = (int(each) / 1024 if each.isdigit() else 0 for each in said)
    return {"fargate.vcpu-hours": tasks * vcpus * HOURS, "fargate.gb-hours": tasks * gigabytes * HOURS}


@billed("aws:wafv2/ruleGroup:RuleGroup")
def rule_group(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Each of its rules; the web ACL pays for the group as for a rule."""
    return {"waf.rule": len(resource.inputs.get("rules") or ())}


@billed("aws:backup/framework:Framework")
def framework(resource: Resource, _: Stack, __: Amounts) -> Amounts:
    """Its controls, evaluated by AWS Config, each for every resource: counted here once a day."""
    return {"config.evaluations": 30 * len(resource.inputs.get("controls") or ())}


@billed("aws:cloudfront/function:Function")
def edge_function(_: Resource, __: Stack, usage: Amounts) -> Amounts:
    """A call for each request, at most."""
    return {"cloudfront.function-million": usage["cloudfront_million"]}
