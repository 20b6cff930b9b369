"""What AWS knows about resources together: unique names, references that must exist, what blocks a deletion.

The tables below are the one place that says which service refuses what; everything else is derived from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NETWORK_USERS: Final = (
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/instance:Instance",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
    "aws:lambda/function:Function",
    "aws:efs/mountTarget:MountTarget",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:ecs/service:Service",
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:rds/proxy:Proxy",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    "aws:mq/broker:Broker",
    "aws:msk/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "aws:redshift/cluster:Cluster",
    "aws:apigatewayv2/vpcLink:VpcLink",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
)


@dataclass(frozen=True)
class Block:
    """A resource that cannot be deleted while certain others use it, and how AWS words that."""

    code: str
    message: str  # with {id}, {name} and {user}
    users: tuple[str, ...]  # types, or types followed by `#property`


BLOCKS: Final[dict[str, Block]] = {
    # EC2: whatever lives in a network keeps it; rules and tables that only describe it do not.
    "aws:ec2/vpc:Vpc": Block(
        "DependencyViolation",
        "The vpc '{id}' has dependencies and cannot be deleted. ({user})",
        (
            "aws:ec2/subnet:Subnet",
            "aws:ec2/internetGateway:InternetGateway",
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/routeTable:RouteTable",
            "aws:ec2/networkAcl:NetworkAcl",
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
            "aws:ec2/vpnGateway:VpnGateway",
            *_NETWORK_USERS,
        ),
    ),
    "aws:ec2/subnet:Subnet": Block(
        "DependencyViolation",
        "The subnet '{id}' has dependencies and cannot be deleted. ({user})",
        _NETWORK_USERS,
    ),
    "aws:ec2/securityGroup:SecurityGroup": Block(
        "DependencyViolation",
        "resource {id} has a dependent object ({user})",
        (
            *_NETWORK_USERS,
            "aws:ec2/securityGroupRule:SecurityGroupRule#sourceSecurityGroupId",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule#referencedSecurityGroupId",
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule#referencedSecurityGroupId",
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/launchTemplate:LaunchTemplate",
        ),
    ),
    "aws:ec2/internetGateway:InternetGateway": Block(
        "DependencyViolation",
        "Network {id} has some mapped public address(es). Please unmap those public address(es) before detaching "
        "the gateway. ({user})",
        (),
    ),
    "aws:ec2/routeTable:RouteTable": Block(
        "DependencyViolation",
        "The routeTable '{id}' has dependencies and cannot be deleted. ({user})",
        ("aws:ec2/routeTableAssociation:RouteTableAssociation",),
    ),
    "aws:ec2/eip:Eip": Block(
        "InvalidIPAddress.InUse",
        "Address {id} is in use. ({user})",
        ("aws:ec2/natGateway:NatGateway", "aws:ec2/eipAssociation:EipAssociation"),
    ),
    "aws:ec2/networkInterface:NetworkInterface": Block(
        "InvalidNetworkInterface.InUse",
        "Interface: [{id}] in use. ({user})",
        ("aws:ec2/instance:Instance", "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"),
    ),
    "aws:ebs/volume:Volume": Block(
        "VolumeInUse",
        "Volume {id} is currently attached ({user})",
        ("aws:ec2/volumeAttachment:VolumeAttachment",),
    ),
    # IAM: a role, user or group goes only when nothing hangs on it; a policy when nobody has it.
    "aws:iam/role:Role": Block(
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first. ({user})",
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment#role",
            "aws:iam/policyAttachment:PolicyAttachment#roles",
            "aws:iam/rolePolicy:RolePolicy#role",
            "aws:iam/instanceProfile:InstanceProfile#role",
        ),
    ),
    "aws:iam/user:User": Block(
        "DeleteConflict",
        "Cannot delete entity, must remove what belongs to it first. ({user})",
        (
            "aws:iam/userPolicyAttachment:UserPolicyAttachment#user",
            "aws:iam/userPolicy:UserPolicy#user",
            "aws:iam/accessKey:AccessKey#user",
            "aws:iam/userGroupMembership:UserGroupMembership#user",
        ),
    ),
    "aws:iam/group:Group": Block(
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first. ({user})",
        ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment#group", "aws:iam/groupMembership:GroupMembership#group"),
    ),
    "aws:iam/policy:Policy": Block(
        "DeleteConflict",
        "Cannot delete a policy attached to entities. ({user})",
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment#policyArn",
            "aws:iam/userPolicyAttachment:UserPolicyAttachment#policyArn",
            "aws:iam/groupPolicyAttachment:GroupPolicyAttachment#policyArn",
            "aws:iam/policyAttachment:PolicyAttachment#policyArn",
        ),
    ),
    # Load balancing and certificates.
    "aws:lb/targetGroup:TargetGroup": Block(
        "ResourceInUse",
        "Target group '{id}' is currently in use by a listener or a rule ({user})",
        (
            "aws:lb/listener:Listener",
            "aws:lb/listenerRule:ListenerRule",
            "aws:alb/listener:Listener",
            "aws:alb/listenerRule:ListenerRule",
        ),
    ),
    "aws:acm/certificate:Certificate": Block(
        "ResourceInUseException",
        "Certificate {id} in account is in use. ({user})",
        (
            "aws:lb/listener:Listener",
            "aws:alb/listener:Listener",
            "aws:lb/listenerCertificate:ListenerCertificate",
            "aws:cloudfront/distribution:Distribution",
            "aws:apigateway/domainName:DomainName",
            "aws:apigatewayv2/domainName:DomainName",
        ),
    ),
    # Databases, caches, clusters.
    "aws:rds/subnetGroup:SubnetGroup": Block(
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group '{id}' because at least one database instance is still using it. ({user})",
        ("aws:rds/instance:Instance#dbSubnetGroupName", "aws:rds/cluster:Cluster#dbSubnetGroupName"),
    ),
    "aws:rds/parameterGroup:ParameterGroup": Block(
        "InvalidDBParameterGroupState",
        "One or more database instances are still members of this parameter group {id}. ({user})",
        ("aws:rds/instance:Instance#parameterGroupName",),
    ),
    "aws:rds/cluster:Cluster": Block(
        "InvalidDBClusterStateFault",
        "Cluster cannot be deleted, it still contains DB instances in non-deleting state. ({user})",
        ("aws:rds/clusterInstance:ClusterInstance#clusterIdentifier",),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": Block(
        "CacheSubnetGroupInUse",
        "Cache subnet group {id} is currently in use by a cache cluster. ({user})",
        (
            "aws:elasticache/replicationGroup:ReplicationGroup#subnetGroupName",
            "aws:elasticache/cluster:Cluster#subnetGroupName",
        ),
    ),
    "aws:eks/cluster:Cluster": Block(
        "ResourceInUseException",
        "Cluster has nodegroups attached ({user})",
        ("aws:eks/nodeGroup:NodeGroup#clusterName", "aws:eks/fargateProfile:FargateProfile#clusterName"),
    ),
    "aws:ecs/cluster:Cluster": Block(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active. ({user})",
        ("aws:ecs/service:Service#cluster",),
    ),
    "aws:efs/fileSystem:FileSystem": Block(
        "FileSystemInUse",
        "FileSystem {id} has mount targets ({user})",
        ("aws:efs/mountTarget:MountTarget#fileSystemId",),
    ),
    # Things that must be empty.
    "aws:s3/bucket:Bucket": Block(
        "BucketNotEmpty",
        "The bucket you tried to delete is not empty ({user})",
        ("aws:s3/bucketObject:BucketObject#bucket", "aws:s3/bucketObjectv2:BucketObjectv2#bucket"),
    ),
    "aws:route53/zone:Zone": Block(
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted. ({user})",
        ("aws:route53/record:Record#zoneId",),
    ),
    "aws:backup/vault:Vault": Block(
        "InvalidRequestException",
        "Backup vault {id} contains recovery points ({user})",
        (),
    ),
}
"""Resources whose deletion AWS refuses while others use them. Not here: KMS keys (deletion is scheduled and aliases go
with the key), log groups, queues, topics and everything else that AWS deletes under its users."""


@dataclass(frozen=True)
class Unique:
    """A name that two resources may not share, and how AWS words the refusal."""

    property: str
    code: str
    message: str  # with {value}
    within: tuple[str, ...] = ()  # other properties that bound the scope
    everywhere: bool = False  # across accounts and regions


UNIQUE: Final[dict[str, Unique]] = {
    "aws:s3/bucket:Bucket": Unique(
        "bucket",
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
        "Select a different name and try again. ({value})",
        everywhere=True,
    ),
    "aws:ec2/securityGroup:SecurityGroup": Unique(
        "name", "InvalidGroup.Duplicate", "The security group '{value}' already exists for the VPC", ("vpcId",)
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Unique(
        "name", "InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use. ({value})"
    ),
    "aws:ec2/keyPair:KeyPair": Unique("keyName", "InvalidKeyPair.Duplicate", "The keypair '{value}' already exists."),
    "aws:ec2/route:Route": Unique(
        "destinationCidrBlock",
        "RouteAlreadyExists",
        "The route identified by {value} already exists.",
        ("routeTableId",),
    ),
    "aws:ec2/networkAclRule:NetworkAclRule": Unique(
        "ruleNumber",
        "NetworkAclEntryAlreadyExists",
        "The network acl entry identified by {value} already exists.",
        ("networkAclId", "egress"),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Unique(
        "subnetId",
        "Resource.AlreadyAssociated",
        "the specified association for route table conflicts with an existing association ({value})",
    ),
    "aws:iam/policy:Policy": Unique(
        "name", "EntityAlreadyExists", "A policy called {value} already exists. Duplicate names are not allowed."
    ),
    "aws:lb/loadBalancer:LoadBalancer": Unique(
        "name", "DuplicateLoadBalancerName", "A load balancer with the same name '{value}' exists"
    ),
    "aws:lb/targetGroup:TargetGroup": Unique(
        "name", "DuplicateTargetGroupName", "A target group with the same name '{value}' exists"
    ),
    "aws:lb/listener:Listener": Unique(
        "port",
        "DuplicateListener",
        "A listener already exists on this port for this load balancer ({value})",
        ("loadBalancerArn",),
    ),
    "aws:lb/listenerRule:ListenerRule": Unique(
        "priority", "PriorityInUse", "Priority '{value}' is currently in use", ("listenerArn",)
    ),
    "aws:rds/instance:Instance": Unique(
        "identifier", "DBInstanceAlreadyExists", "DB instance already exists ({value})"
    ),
    "aws:efs/fileSystem:FileSystem": Unique(
        "creationToken", "FileSystemAlreadyExists", "File system already exists with creation token {value}"
    ),
    "aws:secretsmanager/secret:Secret": Unique(
        "name", "ResourceExistsException", "The operation failed because the secret {value} already exists."
    ),
    "aws:sns/topic:Topic": Unique(
        "name", "InvalidParameter", "Topic already exists with different attributes ({value})"
    ),
    "aws:sqs/queue:Queue": Unique(
        "name", "QueueAlreadyExists", "A queue already exists with the same name and a different value ({value})"
    ),
    "aws:sfn/stateMachine:StateMachine": Unique(
        "name", "StateMachineAlreadyExists", "State Machine Already Exists: '{value}'"
    ),
    "aws:cognito/userPoolDomain:UserPoolDomain": Unique("domain", "InvalidParameterException", "Domain {value} exists"),
}
"""Names that are unique although they are not the id. A name that is the id is unique without being listed."""

_TAKEN: Final[dict[str, tuple[str, str]]] = {
    "dynamodb": ("ResourceInUseException", "Table already exists: {value}"),
    "ecr": ("RepositoryAlreadyExistsException", "The repository with name '{value}' already exists in the registry"),
    "eks": ("ResourceInUseException", "{what} already exists with name: {value}"),
    "iam": ("EntityAlreadyExists", "{what} with name {value} already exists."),
    "kms": ("AlreadyExistsException", "An alias with the name {value} already exists"),
    "lambda": ("ResourceConflictException", "{what} already exist: {value}"),
    "rds": ("{what}AlreadyExists", "{what} {value} already exists"),
}


def taken(token: str, value: str) -> tuple[str, str]:
    """Error code and words for a name that is its resource's id and is already used."""
    _, module, what = token.split(":")
    code, message = _TAKEN.get(
        module.split("/")[0], ("ResourceAlreadyExistsException", "{what} {value} already exists")
    )
    return code.format(what=what), message.format(what=what, value=value)


REFERENCE: Final = re.compile(
    r"(?:vpc|subnet|sg|rtb|igw|nat|eipalloc|acl|eni|vpce|lt|tgw|eigw|pcx|vgw|fs|fsap)-[0-9a-f]{8,17}"
)
"""Ids of resources that can only come from this cloud."""

_NOT_FOUND: Final[dict[str, tuple[str, str]]] = {
    "vpc": ("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist"),
    "subnet": ("InvalidSubnetID.NotFound", "The subnet ID '{id}' does not exist"),
    "sg": ("InvalidGroup.NotFound", "The security group '{id}' does not exist"),
    "rtb": ("InvalidRouteTableID.NotFound", "The routeTable ID '{id}' does not exist"),
    "igw": ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{id}' does not exist"),
    "nat": ("InvalidNatGatewayID.NotFound", "The natGateway ID '{id}' does not exist"),
    "eipalloc": ("InvalidAllocationID.NotFound", "The allocation ID '{id}' does not exist"),
    "acl": ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{id}' does not exist"),
    "eni": ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{id}' does not exist"),
    "vpce": ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{id}' does not exist"),
    "lt": ("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID {id}, does not exist."),
    "kms": ("NotFoundException", "Key '{id}' does not exist"),
    "iam": ("NoSuchEntity", "{id} cannot be found."),
    "acm": ("CertificateNotFound", "Certificate '{id}' not found"),
    "elasticloadbalancing": ("TargetGroupNotFound", "One or more of '{id}' not found"),
    "fs": ("FileSystemNotFound", "File system '{id}' does not exist."),
}


def not_found(family: str, id_: str) -> tuple[str, str]:
    """Error code and words for a reference to what does not exist; `family` is an id's prefix or a service."""
    code, message = _NOT_FOUND.get(family, ("ResourceNotFoundException", "'{id}' does not exist"))
    return code, message.format(id=id_)


CHECKED_ARNS: Final = re.compile(
    r"arn:[\w-]+:(?P<service>kms|iam|acm|elasticloadbalancing):[\w-]*:(?P<account>\d{12}):"
    r"(?!role/aws-(?:service-role|reserved)/|user/|root|mfa/|group/)"
    r"(?:key|role|policy|certificate|targetgroup|loadbalancer)/\S+"
)
"""ARNs that services look up when they are handed over; other ARNs are taken as they are."""
