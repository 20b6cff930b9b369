"""What AWS does and no source here says: few, and each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from offline.schema.catalogue import ResourceType
from offline.schema.naming import words
from offline.schema.wording import Relation

_ROUTE_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_ROUTE_TARGETS = (
    "carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
    "networkInterfaceId", "odbNetworkArn", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
)  # fmt: skip

_PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_ISSUED = "domainName keyAlgorithm subjectAlternativeNames validationMethod validationOptions earlyRenewalDuration"
_ROUTING = (
    "cidrRoutingPolicy failoverRoutingPolicies geolocationRoutingPolicies geoproximityRoutingPolicy "
    "latencyRoutingPolicies multivalueAnswerRoutingPolicy weightedRoutingPolicies"
)


def _only(*groups: str) -> tuple[Relation, ...]:
    """At most one of each group may be given."""
    return tuple(Relation("at most one", tuple(group.split())) for group in groups)


def _not_beside(name: str, others: str) -> tuple[Relation, ...]:
    """None of ``others`` may be given beside ``name``."""
    return tuple(Relation("conflict", (name, other)) for other in others.split())


# What the provider refuses and its documentation doesn't say, or says in headings that the SDK's text has lost.
RELATIONS: Final[Mapping[str, tuple[Relation, ...]]] = {
    "aws:ec2/route:Route": (
        Relation("exactly one", _ROUTE_DESTINATIONS),
        Relation("exactly one", _ROUTE_TARGETS),
    ),
    "aws:acm/certificate:Certificate": _not_beside("privateKey", _ISSUED) + _not_beside("certificateBody", _ISSUED),
    "aws:autoscaling/attachment:Attachment": (Relation("exactly one", ("elb", "lbTargetGroupArn")),),
    "aws:autoscaling/group:Group": (
        Relation("exactly one", ("launchConfiguration", "launchTemplate", "mixedInstancesPolicy")),
        *_not_beside("trafficSources", "loadBalancers targetGroupArns"),
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (Relation("exactly one", ("policyName", "resourceArn")),),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        *_only("statistic extendedStatistic", "threshold thresholdMetricId"),
        *_not_beside("metricQueries", "dimensions extendedStatistic metricName namespace period statistic"),
    ),
    "aws:ec2/flowLog:FlowLog": _only(
        "eniId regionalNatGatewayId subnetId transitGatewayAttachmentId transitGatewayId vpcId"
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _only("securityGroupNames vpcSecurityGroupIds"),
    "aws:ec2/networkAclRule:NetworkAclRule": (Relation("exactly one", ("cidrBlock", "ipv6CidrBlock")),),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (
        *_only("self sourceSecurityGroupId"),
        *_not_beside("cidrBlocks", "self sourceSecurityGroupId"),
        *_not_beside("ipv6CidrBlocks", "self sourceSecurityGroupId"),
    ),
    "aws:ec2/subnet:Subnet": _only("availabilityZone availabilityZoneId", "cidrBlock ipv4NetmaskLength"),
    # A VPC may take a block of its own choice out of a pool, although CloudFormation has it name one of the two.
    "aws:ec2/vpc:Vpc": (
        *_only("cidrBlock ipv4NetmaskLength"),
        Relation("at least one", ("cidrBlock", "ipv4IpamPoolId")),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": _only("authToken userGroupIds"),
    "aws:route53/record:Record": _only(_ROUTING),
    "aws:route53/zone:Zone": _only("delegationSetId vpcs"),
    "aws:secretsmanager/secretVersion:SecretVersion": _only("secretBinary secretString secretStringWo"),
    "aws:sqs/queue:Queue": _only("kmsMasterKeyId sqsManagedSseEnabled"),
    "aws:ssm/parameter:Parameter": _only("insecureValue value valueWo"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (Relation("exactly one", _PEERS),),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (Relation("exactly one", _PEERS),),
}

# Named like ARNs, but a document's or a service's name will do.
LOOSE_ARNS: Final = frozenset({"taskArn", "twoWayChannelArn"})

# A class whose every input (but the named ones) is fixed: its calls create and delete, or change a whole that the
# provider addresses by what the input says.
_FIXED_BUT: Final[Mapping[str, frozenset[str]]] = {
    "aws:ec2/securityGroupRule:SecurityGroupRule": frozenset({"description"}),
    "aws:ec2/networkAclRule:NetworkAclRule": frozenset(),
    "aws:ec2/launchConfiguration:LaunchConfiguration": frozenset(),
    "aws:ec2/tag:Tag": frozenset({"value"}),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": frozenset(),
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": frozenset(),
    "aws:iam/userLoginProfile:UserLoginProfile": frozenset(),
    "aws:rds/snapshotCopy:SnapshotCopy": frozenset({"tags"}),
    "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": frozenset({"tags"}),
}

_REPLACES: Final[Mapping[str, frozenset[str]]] = {
    # The provider reaches these calls by names that no source pairs with its own: `ami` is `ImageId` ...
    "aws:ec2/instance:Instance": words(
        "ami associatePublicIpAddress ebsBlockDevices[].deviceName ebsOptimized ephemeralBlockDevices "
        "hibernation hostId placementGroup placementPartitionNumber primaryNetworkInterface privateIp "
        "rootBlockDevice.deviceName rootBlockDevice.encrypted rootBlockDevice.kmsKeyId tenancy"
    ),
    "aws:ec2/keyPair:KeyPair": frozenset({"publicKey"}),
    "aws:ec2/natGateway:NatGateway": frozenset({"privateIp"}),
    "aws:ec2/managedPrefixList:ManagedPrefixList": frozenset({"addressFamily"}),
    "aws:backup/vault:Vault": frozenset({"kmsKeyArn"}),
    "aws:dynamodb/table:Table": frozenset({"localSecondaryIndexes"}),
    "aws:elasticache/cluster:Cluster": frozenset({"subnetGroupName"}),
    "aws:elasticache/replicationGroup:ReplicationGroup": frozenset({"subnetGroupName"}),
    "aws:cloudwatch/eventTarget:EventTarget": frozenset({"eventBusName", "targetId"}),
    "aws:s3/bucket:Bucket": frozenset({"objectLockEnabled"}),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": frozenset({"repository"}),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": frozenset({"policy"}),
    # The service renames in place, or has a call for it, that the provider doesn't use.
    "aws:ec2/launchTemplate:LaunchTemplate": frozenset({"name"}),
    "aws:iam/policy:Policy": frozenset({"name"}),
    "aws:autoscaling/policy:Policy": frozenset({"name"}),
    "aws:ecs/service:Service": frozenset({"name", "launchType", "iamRole"}),
    "aws:cloudfront/publicKey:PublicKey": frozenset({"encodedKey", "name"}),
    "aws:cloudwatch/eventRule:EventRule": frozenset({"eventBusName"}),
    "aws:cloudwatch/logGroup:LogGroup": frozenset({"logGroupClass"}),
    # CloudFormation replaces these on a condition only; in the provider there is none.
    "aws:kms/key:Key": frozenset({"keyUsage", "multiRegion"}),
    "aws:rds/instance:Instance": frozenset({"availabilityZone", "engine", "s3Import", "username"}),
    "aws:rds/cluster:Cluster": frozenset({"engine", "masterUsername", "s3Import"}),
    "aws:rds/clusterInstance:ClusterInstance": frozenset({"dbSubnetGroupName", "engine", "identifier"}),
    "aws:eks/nodeGroup:NodeGroup": frozenset({"subnetIds"}),
    "aws:eks/fargateProfile:FargateProfile": frozenset({"subnetIds"}),
    "aws:apigatewayv2/api:Api": frozenset({"protocolType"}),
    "aws:apigatewayv2/apiMapping:ApiMapping": frozenset({"apiId"}),
    "aws:apigatewayv2/integration:Integration": frozenset({"integrationSubtype", "integrationType"}),
    "aws:apigatewayv2/deployment:Deployment": frozenset({"triggers"}),
    "aws:apigateway/deployment:Deployment": frozenset({"restApi", "triggers"}),
    "aws:acm/certificate:Certificate": frozenset({"validationMethod", "validationOptions"}),
    "aws:acm/certificateValidation:CertificateValidation": frozenset({"validationRecordFqdns"}),
    "aws:backup/selection:Selection": frozenset({"selectionTags"}),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": frozenset(
        {"changeableForDays", "maxRetentionDays", "minRetentionDays"}
    ),
    "aws:wafv2/ipSet:IpSet": frozenset({"ipAddressVersion"}),
    "aws:wafv2/ruleGroup:RuleGroup": frozenset({"capacity"}),
    "aws:ssm/association:Association": frozenset({"name"}),
    "aws:route53/resolverRule:ResolverRule": frozenset({"domainName"}),
}

_IN_PLACE: Final[Mapping[str, frozenset[str]]] = {
    # The service or the provider changes these in place although CloudFormation replaces.
    "aws:ec2/internetGateway:InternetGateway": frozenset({"vpcId"}),  # detached and attached anew
    "aws:ec2/instance:Instance": frozenset({"hostResourceGroupArn", "ipv6AddressCount", "maintenanceOptions"}),
    "aws:ec2/vpc:Vpc": frozenset({"ipv6CidrBlockNetworkBorderGroup", "ipv6IpamPoolId", "ipv6NetmaskLength"}),
    "aws:iam/group:Group": frozenset({"name"}),  # renamed in place
    "aws:iam/user:User": frozenset({"name"}),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": frozenset({"clientIdLists"}),
    "aws:rds/instance:Instance": frozenset({"dbSubnetGroupName", "identifier", "identifierPrefix"}),
    "aws:rds/proxy:Proxy": frozenset({"name"}),
    "aws:cloudwatch/eventTarget:EventTarget": frozenset({"arn"}),
    "aws:apigateway/apiKey:ApiKey": frozenset({"name"}),
    "aws:s3/bucketLogging:BucketLogging": frozenset({"targetBucket"}),
    "aws:elasticache/replicationGroup:ReplicationGroup": frozenset(
        {"preferredCacheClusterAzs", "transitEncryptionEnabled"}
    ),
}


def replaces(resource: ResourceType) -> frozenset[str]:
    """Inputs (paths) of `resource` whose change replaces it, against what the sources say."""
    fixed = _REPLACES.get(resource.token, frozenset[str]())
    if resource.token in _FIXED_BUT:
        fixed |= frozenset(resource.inputs) - _FIXED_BUT[resource.token] - {"tags", "tagsAll"}
    return fixed


def in_place(resource: ResourceType) -> frozenset[str]:
    """Inputs of `resource` that can be changed in place, against what the sources say."""
    return _IN_PLACE.get(resource.token, frozenset[str]()) | _FIXED_BUT.get(resource.token, frozenset[str]())
