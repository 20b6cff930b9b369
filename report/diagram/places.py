"""Where resources of a type stand in the picture, and what is said of them there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

EDGE, ENTRY, NETWORK, DATA, KEYS, OPERATIONS = "edge", "entry", "network", "data", "keys", "operations"
TITLES: Mapping[str, str] = MappingProxyType({
    EDGE: "Edge locations, outside the border",
    ENTRY: "Entry",
    DATA: "Data and messages",
    KEYS: "Keys and secrets",
    OPERATIONS: "Watching, auditing, operating",
})  # fmt: skip

COUNTRIES: Mapping[str, str] = MappingProxyType({"ap-southeast-3": "Indonesia"})
"""Of a Region (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html), as far as needed."""

AREAS: Mapping[str, str] = MappingProxyType({
    "aws:cloudfront/distribution:Distribution": EDGE,
    "aws:route53/zone:Zone": EDGE,
    "aws:synthetics/canary:Canary": OPERATIONS,
    "aws:cloudtrail/trail:Trail": OPERATIONS,
    "aws:ssm/maintenanceWindow:MaintenanceWindow": OPERATIONS,
    "aws:ec2/natGateway:NatGateway": NETWORK,
    "aws:ec2/vpcEndpoint:VpcEndpoint": NETWORK,
    "aws:rds/instance:Instance": NETWORK,
    "aws:elasticache/replicationGroup:ReplicationGroup": NETWORK,
    "aws:efs/mountTarget:MountTarget": NETWORK,
    "aws:eks/nodeGroup:NodeGroup": NETWORK,
    "aws:ecs/service:Service": NETWORK,
    "aws:lb/loadBalancer:LoadBalancer": NETWORK,
    "aws:ec2/instance:Instance": NETWORK,
    "aws:apigateway/restApi:RestApi": ENTRY,
    "aws:backup/vault:Vault": DATA,
    "aws:ecr/repository:Repository": DATA,
    "aws:kinesis/stream:Stream": DATA,
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": DATA,
    "aws:sqs/queue:Queue": DATA,
    "aws:s3/bucket:Bucket": DATA,
    "aws:kms/key:Key": KEYS,
    "aws:secretsmanager/secret:Secret": KEYS,
    "aws:ssm/parameter:Parameter": KEYS,
})  # fmt: skip
"""Type -> area of the component that has one; of several, the first one here counts, and without any, operations."""

SUBNETS = frozenset({
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:efs/mountTarget:MountTarget",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:ecs/service:Service",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:ec2/instance:Instance",
})  # fmt: skip
"""Types whose subnets are those of their component."""

ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "aws:cloudfront/distribution:Distribution": ("priceClass",),
    "aws:route53/zone:Zone": ("name",),
    "aws:wafv2/webAcl:WebAcl": ("scope",),
    "aws:apigateway/restApi:RestApi": (),
    "aws:ec2/natGateway:NatGateway": (),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("vpcEndpointType",),
    "aws:rds/instance:Instance": ("engine", "engineVersion", "instanceClass"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("engine", "engineVersion", "nodeType"),
    "aws:efs/fileSystem:FileSystem": ("throughputMode",),
    "aws:eks/cluster:Cluster": ("version",),
    "aws:eks/nodeGroup:NodeGroup": ("instanceTypes",),
    "aws:ecs/service:Service": ("launchType",),
    "aws:lb/loadBalancer:LoadBalancer": ("loadBalancerType",),
    "aws:ec2/instance:Instance": ("instanceType",),
    "aws:lambda/function:Function": ("runtime",),
    "aws:emrcontainers/virtualCluster:VirtualCluster": (),
    "aws:backup/vault:Vault": (),
    "aws:ecr/repository:Repository": (),
    "aws:kinesis/stream:Stream": (),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (),
    "aws:athena/workgroup:Workgroup": (),
    "aws:sqs/queue:Queue": (),
    "aws:s3/bucket:Bucket": (),
    "aws:kms/key:Key": (),
    "aws:secretsmanager/secret:Secret": (),
    "aws:ssm/parameter:Parameter": (),
    "kubernetes:apps/v1:Deployment": (),
})  # fmt: skip
"""Type that has a line of its own on its component's card -> the properties that stand beside its name."""

ACCESSED = frozenset({
    "aws:s3/bucket:Bucket",
    "aws:sqs/queue:Queue",
    "aws:kinesis/stream:Stream",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "aws:secretsmanager/secret:Secret",
    "aws:ssm/parameter:Parameter",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:efs/fileSystem:FileSystem",
    "aws:rds/instance:Instance",
    "aws:lambda/function:Function",
})  # fmt: skip
"""What an IAM policy opens to whoever has it, as far as the picture shows it."""

REQUESTS: Mapping[str, frozenset[str]] = MappingProxyType({
    "aws:cloudfront/distribution:Distribution": frozenset(
        {"aws:s3/bucket:Bucket", "aws:apigateway/domainName:DomainName", "aws:lb/loadBalancer:LoadBalancer"}
    ),
    "aws:apigateway/integration:Integration": frozenset(
        {"aws:lb/loadBalancer:LoadBalancer", "aws:lambda/function:Function"}
    ),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": frozenset({"aws:s3/bucket:Bucket"}),
    "aws:cloudwatch/eventTarget:EventTarget": frozenset({"aws:lambda/function:Function", "aws:sqs/queue:Queue"}),
    "aws:sns/topicSubscription:TopicSubscription": frozenset({"aws:lambda/function:Function", "aws:sqs/queue:Queue"}),
    "aws:s3/bucketNotification:BucketNotification": frozenset({"aws:lambda/function:Function", "aws:sqs/queue:Queue"}),
})  # fmt: skip
"""Type -> types that it sends to."""

RECEIVES: Mapping[str, frozenset[str]] = MappingProxyType({
    "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding": frozenset({"aws:lb/targetGroup:TargetGroup"}),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": frozenset({"aws:kinesis/stream:Stream"}),
    "aws:lambda/eventSourceMapping:EventSourceMapping": frozenset({"aws:sqs/queue:Queue", "aws:kinesis/stream:Stream"}),
})  # fmt: skip
"""Type -> types that it gets from."""
