"""Roles that AWS services keep for themselves in an account (service-linked roles), and what needs each of them.

A service makes its role with the first resource that needs it, where whoever makes that resource may call
``iam:CreateServiceLinkedRole``. In a new account that is a race: the resource is refused until the role has spread
("Unable to create the resource. Verify that you have permission to create service linked role. Otherwise wait and try
again later"), and RDS's subnet groups need the role without making it. So an administrator makes them first, once for
each account: ``aws iam create-service-linked-role --aws-service-name SERVICE``. One that is there answers
``InvalidInput`` with "has been taken in this account". Pulumi's ``aws.iam.ServiceLinkedRole`` fails then; no program
here registers one.

Names and principals are those of AWS's managed policies and of each service's page "Using service-linked roles", found
by https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceLinkedRole:
    """A service's own role.

    Attributes:
        service: principal that takes it on, and that ``create-service-linked-role`` is given.
        name: of the role.
        needed_by: Pulumi types whose first resource in an account needs it.
    """

    service: str
    name: str
    needed_by: tuple[str, ...]

    @property
    def resource(self) -> str:
        """What follows the account in its ARN."""
        return f"role/aws-service-role/{self.service}/{self.name}"


CONFIG = ServiceLinkedRole("config.amazonaws.com", "AWSServiceRoleForConfig", ("aws:cfg/recorder:Recorder",))
"""A recorder is given this role: it isn't made on the way."""
SERVICE_LINKED_ROLES = (
    ServiceLinkedRole(
        "access-analyzer.amazonaws.com", "AWSServiceRoleForAccessAnalyzer", ("aws:accessanalyzer/analyzer:Analyzer",)
    ),
    ServiceLinkedRole(
        "autoscaling.amazonaws.com",
        "AWSServiceRoleForAutoScaling",
        ("aws:autoscaling/group:Group", "aws:eks/nodeGroup:NodeGroup"),
    ),
    ServiceLinkedRole(
        "backup.amazonaws.com",
        "AWSServiceRoleForBackup",
        ("aws:backup/selection:Selection", "aws:efs/backupPolicy:BackupPolicy"),
    ),
    CONFIG,
    ServiceLinkedRole(
        "config-conforms.amazonaws.com", "AWSServiceRoleForConfigConforms", ("aws:cfg/conformancePack:ConformancePack",)
    ),
    ServiceLinkedRole(
        "ecr.amazonaws.com",
        "AWSServiceRoleForECRTemplate",
        ("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",),
    ),
    ServiceLinkedRole("ecs.amazonaws.com", "AWSServiceRoleForECS", ("aws:ecs/cluster:Cluster",)),
    ServiceLinkedRole(
        "ecs.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        ("aws:appautoscaling/target:Target",),
    ),
    ServiceLinkedRole("eks.amazonaws.com", "AWSServiceRoleForAmazonEKS", ("aws:eks/cluster:Cluster",)),
    ServiceLinkedRole(
        "eks-nodegroup.amazonaws.com", "AWSServiceRoleForAmazonEKSNodegroup", ("aws:eks/nodeGroup:NodeGroup",)
    ),
    ServiceLinkedRole(
        "elasticache.amazonaws.com",
        "AWSServiceRoleForElastiCache",
        ("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/subnetGroup:SubnetGroup"),
    ),
    ServiceLinkedRole(
        "elasticfilesystem.amazonaws.com",
        "AWSServiceRoleForAmazonElasticFileSystem",
        ("aws:efs/backupPolicy:BackupPolicy", "aws:efs/replicationConfiguration:ReplicationConfiguration"),
    ),
    ServiceLinkedRole(
        "elasticloadbalancing.amazonaws.com",
        "AWSServiceRoleForElasticLoadBalancing",
        ("aws:lb/loadBalancer:LoadBalancer",),
    ),
    ServiceLinkedRole(
        "emr-containers.amazonaws.com",
        "AWSServiceRoleForAmazonEMRContainers",
        ("aws:emrcontainers/virtualCluster:VirtualCluster",),
    ),
    ServiceLinkedRole(
        "guardduty.amazonaws.com", "AWSServiceRoleForAmazonGuardDuty", ("aws:guardduty/detector:Detector",)
    ),
    ServiceLinkedRole(
        "inspector2.amazonaws.com",
        "AWSServiceRoleForAmazonInspector2",
        ("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", "aws:inspector2/enabler:Enabler"),
    ),
    ServiceLinkedRole(
        "malware-protection.guardduty.amazonaws.com",
        "AWSServiceRoleForAmazonGuardDutyMalwareProtection",
        ("aws:guardduty/detectorFeature:DetectorFeature",),
    ),
    ServiceLinkedRole(
        "ops.apigateway.amazonaws.com",
        "AWSServiceRoleForAPIGateway",
        ("aws:apigateway/restApi:RestApi", "aws:apigatewayv2/vpcLink:VpcLink"),
    ),
    ServiceLinkedRole(
        "pullthroughcache.ecr.amazonaws.com",
        "AWSServiceRoleForECRPullThroughCache",
        ("aws:ecr/pullThroughCacheRule:PullThroughCacheRule",),
    ),
    ServiceLinkedRole(
        "rds.amazonaws.com", "AWSServiceRoleForRDS", ("aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup")
    ),
    ServiceLinkedRole(
        "reports.backup.amazonaws.com", "AWSServiceRoleForBackupReports", ("aws:backup/framework:Framework",)
    ),
    ServiceLinkedRole(
        "restore-testing.backup.amazonaws.com",
        "AWSServiceRoleForBackupRestoreTesting",
        ("aws:backup/restoreTestingPlan:RestoreTestingPlan",),
    ),
    ServiceLinkedRole(
        "route53resolver.amazonaws.com",
        "AWSServiceRoleForRoute53Resolver",
        ("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",),
    ),
    ServiceLinkedRole(
        "securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub", ("aws:securityhub/account:Account",)
    ),
    # Where a node group, or Karpenter, buys spot instances.
    ServiceLinkedRole("spot.amazonaws.com", "AWSServiceRoleForEC2Spot", ("aws:eks/nodeGroup:NodeGroup",)),
)
"""Those of the types that the components make."""
FURTHER_ROLES = (
    # https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-service-linked-roles.html
    ServiceLinkedRole("mq.amazonaws.com", "AWSServiceRoleForAmazonMQ", ("aws:mq/broker:Broker",)),
    # https://docs.aws.amazon.com/ses/latest/dg/using-service-linked-roles.html
    ServiceLinkedRole(
        "ses.amazonaws.com",
        "AWSServiceRoleForAmazonSES",
        ("aws:sesv2/configurationSet:ConfigurationSet", "aws:sesv2/emailIdentity:EmailIdentity"),
    ),
    # https://docs.aws.amazon.com/waf/latest/developerguide/shd-using-service-linked-roles.html
    ServiceLinkedRole("shield.amazonaws.com", "AWSServiceRoleForAWSShield", ("aws:shield/protection:Protection",)),
)
"""Those of types that further programs alone make: SMILE's pipeline may make none of them."""


def roles_for(types: Collection[str]) -> list[ServiceLinkedRole]:
    """What an account needs before resources of these Pulumi types, whatever program makes them."""
    return [role for role in (*SERVICE_LINKED_ROLES, *FURTHER_ROLES) if {*types} & {*role.needed_by}]
