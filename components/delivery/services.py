"""What of each AWS service the pipeline reads and changes: what it takes to make, change and remove the resources.

Actions are those that AWS's resource schemas and the provider's source name for the types that the program registers;
reading is of settings only, never of objects, messages, secrets, logs or rows. ``{prefix}`` is the stack's, such as
``acme-prod``, ``{project}`` is ``acme``. Where a service gives its resources ids instead of names, the account and
the Region are the limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_facts.service_linked_roles import SERVICE_LINKED_ROLES


@dataclass(frozen=True)
class Work:
    """Changes to one service.

    Attributes:
        service: its prefix in IAM.
        actions: names of them, separated by spaces.
        resources: what follows the account in their ARNs, separated by spaces; ``*`` alone where there is no ARN.
        tagged: only those that carry the stack's tag.
    """

    service: str
    actions: str
    resources: str
    tagged: bool = False


READ: Mapping[str, str] = {
    "access-analyzer": "GetAnalyzer List*",
    "acm": "Describe* List*",
    "apigateway": "GET",
    "athena": "GetWorkGroup ListTagsForResource",
    "autoscaling": "Describe*",
    "backup": "Describe* Get* ListBackup* ListFrameworks ListRestoreTesting* ListTags",
    "budgets": "ListTagsForResource ViewBudget",
    "ce": "GetAnomalyMonitors GetAnomalySubscriptions ListCostAllocationTags ListTagsForResource",
    "cloudfront": "Describe* Get* List*",
    "cloudtrail": "Describe* Get* List* LookupEvents",
    "cloudwatch": "Describe* GetDashboard List*",
    "config": "Describe* ListTagsForResource",
    "ec2": "Describe* GetInstanceMetadataDefaults GetManagedPrefixListEntries",
    "ecr": "Describe* GetLifecyclePolicy GetRegistryPolicy GetRegistryScanningConfiguration GetRepositoryPolicy List*",
    "eks": "Describe* List*",
    "elasticache": "Describe* List*",
    "elasticfilesystem": "Describe* List*",
    "elasticloadbalancing": "Describe* GetLoadBalancerWebACL",
    "emr-containers": "Describe* List*",
    "events": "Describe* List*",
    "firehose": "Describe* List*",
    "glue": "GetDataCatalogEncryptionSettings GetDatabase GetPartitionIndexes GetTable GetTags",
    "guardduty": "GetDetector List*",
    "iam": "Get* List*",
    "inspector2": "BatchGetAccountStatus List*",
    "kinesis": "Describe* List*",
    "kms": "DescribeKey GetKeyPolicy GetKeyRotationStatus List*",
    "lambda": "Get* List*",
    "logs": "Describe* GetDataProtectionPolicy GetDelivery* GetLogDelivery List*",
    "rds": "Describe* List*",
    "route53": "Get* List*",
    "route53resolver": "GetResolverQueryLogConfig GetResolverQueryLogConfigAssociation List*",
    "s3": "GetAccelerateConfiguration GetAccountPublicAccessBlock GetBucket* GetEncryptionConfiguration "
    "GetLifecycleConfiguration GetReplicationConfiguration List*",
    "scheduler": "Get* List*",
    "secretsmanager": "DescribeSecret GetResourcePolicy List*",
    "securityhub": "DescribeHub DescribeStandards GetEnabledStandards",
    "signer": "Describe* Get* List*",
    "sns": "Get* List*",
    "sqs": "Get* List*",
    "ssm": "Describe* GetDefaultPatchBaseline GetDocument GetMaintenanceWindow* GetPatchBaseline* List*",
    "synthetics": "Describe* Get* List*",
    "wafv2": "Get* List*",
    "xray": "GetEncryptionConfig GetGroup* GetSamplingRules List*",
}
"""Service -> what shows how its resources are set up."""

NETWORK = (
    Work(
        "ec2",
        "AllocateAddress AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress "
        "AuthorizeSecurityGroupIngress CreateFlowLogs CreateInternetGateway CreateNatGateway CreateNetworkAcl "
        "CreateNetworkAclEntry CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc "
        "CreateVpcEndpoint DeleteFlowLogs DeleteInternetGateway DeleteNatGateway DeleteNetworkAcl "
        "DeleteNetworkAclEntry DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc "
        "DeleteVpcEndpoints DetachInternetGateway DisassociateAddress DisassociateRouteTable ModifySecurityGroupRules "
        "ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint ReleaseAddress ReplaceNetworkAclAssociation "
        "ReplaceNetworkAclEntry ReplaceRoute ReplaceRouteTableAssociation RevokeSecurityGroupEgress "
        "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress "
        "UpdateSecurityGroupRuleDescriptionsIngress",
        "*/*",
    ),
    Work(
        "logs",
        "AssociateKmsKey CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DeleteMetricFilter "
        "DeleteSubscriptionFilter DisassociateKmsKey PutLogGroupDeletionProtection PutMetricFilter PutRetentionPolicy "
        "PutSubscriptionFilter TagLogGroup TagResource UntagLogGroup UntagResource",
        "log-group:*",
    ),
    Work(
        "logs",
        "CreateLogDelivery DeleteLogDelivery DeleteQueryDefinition DeleteResourcePolicy PutQueryDefinition "
        "PutResourcePolicy UpdateLogDelivery",
        "*",
    ),
    Work("events", "DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource", "rule/{project}-*"),
    Work("cloudwatch", "DeleteAlarms PutCompositeAlarm PutMetricAlarm TagResource UntagResource", "alarm:{project}-*"),
    Work(
        "sns",
        "CreateTopic DeleteTopic SetTopicAttributes Subscribe TagResource UntagResource",
        "{project}-*",
    ),
    Work("sns", "SetSubscriptionAttributes Unsubscribe", "*"),
)
DATA = (
    Work(
        "rds",
        "AddSourceIdentifierToSubscription AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica "
        "CreateDBParameterGroup CreateDBSnapshot CreateDBSubnetGroup CreateEventSubscription CreateOptionGroup "
        "DeleteDBInstance DeleteDBParameterGroup DeleteDBSubnetGroup DeleteEventSubscription DeleteOptionGroup "
        "ModifyDBInstance ModifyDBParameterGroup ModifyDBSubnetGroup ModifyEventSubscription ModifyOptionGroup "
        "RebootDBInstance RemoveSourceIdentifierFromSubscription RemoveTagsFromResource ResetDBParameterGroup",
        "db:{project}-* es:{project}-* og:* pg:* snapshot:{project}-* subgrp:{project}-*",
    ),
    Work(
        "elasticache",
        "AddTagsToResource CreateCacheParameterGroup CreateCacheSubnetGroup CreateReplicationGroup CreateSnapshot "
        "CreateUser CreateUserGroup DecreaseReplicaCount DeleteCacheParameterGroup DeleteCacheSubnetGroup "
        "DeleteReplicationGroup DeleteUser DeleteUserGroup IncreaseReplicaCount ModifyCacheParameterGroup "
        "ModifyCacheSubnetGroup ModifyReplicationGroup ModifyReplicationGroupShardConfiguration ModifyUser "
        "ModifyUserGroup RemoveTagsFromResource ResetCacheParameterGroup",
        "cluster:{project}-* parametergroup:* replicationgroup:{project}-* snapshot:{project}-* "
        "subnetgroup:{project}-* user:{project}-* usergroup:{project}-*",
    ),
    Work(
        "elasticfilesystem",
        "CreateAccessPoint CreateMountTarget CreateReplicationConfiguration DeleteAccessPoint "
        "DeleteFileSystem DeleteMountTarget DeleteReplicationConfiguration "
        "ModifyMountTargetSecurityGroups PutBackupPolicy PutLifecycleConfiguration TagResource "
        "UntagResource UpdateFileSystem UpdateFileSystemProtection",
        "access-point/* file-system/*",
    ),
    Work("elasticfilesystem", "CreateFileSystem", "*"),
    Work("elasticfilesystem", "DeleteFileSystemPolicy PutFileSystemPolicy", "file-system/*", tagged=True),
    Work("sqs", "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue", "{project}-*"),
    Work(
        "secretsmanager",
        "CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret PutResourcePolicy RotateSecret TagResource "
        "UntagResource UpdateSecret",
        "secret:{prefix}/*",
    ),
    Work(
        "ssm",
        "AddTagsToResource DeleteParameter DeleteParameters GetParameter GetParameters PutParameter "
        "RemoveTagsFromResource",
        "parameter/{project}*/*",
    ),
    Work(
        "ecr",
        "CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy PutImageScanningConfiguration "
        "PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy TagResource UntagResource",
        "repository/{project}/* repository/{project}-cache/*",
    ),
    Work(
        "ecr",
        "CreatePullThroughCacheRule CreateRepositoryCreationTemplate DeletePullThroughCacheRule DeleteRegistryPolicy "
        "DeleteRepositoryCreationTemplate PutRegistryPolicy PutRegistryScanningConfiguration "
        "UpdatePullThroughCacheRule UpdateRepositoryCreationTemplate",
        "*",
    ),
    Work("inspector2", "Disable Enable", "*"),
)
COMPUTE = (
    Work("ec2", "CreateLaunchTemplate RunInstances", "*/*"),
    Work(
        "ec2",
        "AssociateIamInstanceProfile CreateLaunchTemplateVersion DeleteLaunchTemplate DeleteLaunchTemplateVersions "
        "DisassociateIamInstanceProfile ModifyInstanceAttribute "
        "ModifyInstanceCreditSpecification ModifyInstanceMetadataOptions ModifyLaunchTemplate "
        "ModifyVolume MonitorInstances ReplaceIamInstanceProfileAssociation StartInstances StopInstances "
        "TerminateInstances UnmonitorInstances",
        "instance/* launch-template/* volume/*",
        tagged=True,
    ),
    Work(
        "eks",
        "AssociateAccessPolicy CreateAccessEntry CreateAddon CreateNodegroup "
        "CreatePodIdentityAssociation DeleteAccessEntry DeleteAddon DeleteCluster DeleteNodegroup "
        "DeletePodIdentityAssociation DisassociateAccessPolicy TagResource UntagResource UpdateAccessEntry "
        "UpdateAddon UpdateClusterConfig UpdateClusterVersion UpdateNodegroupConfig UpdateNodegroupVersion "
        "UpdatePodIdentityAssociation",
        "access-entry/{prefix}*/* addon/{prefix}*/* cluster/{prefix}* nodegroup/{prefix}*/* "
        "podidentityassociation/{prefix}*/*",
    ),
    Work("eks", "CreateCluster", "*"),
    Work(
        "lambda",
        "AddPermission CreateFunction DeleteFunction DeleteFunctionCodeSigningConfig DeleteFunctionConcurrency "
        "DeleteFunctionEventInvokeConfig PublishVersion PutFunctionCodeSigningConfig PutFunctionConcurrency "
        "PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutRuntimeManagementConfig RemovePermission "
        "TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionEventInvokeConfig",
        "function:{project}-*",
    ),
    Work("lambda", "CreateCodeSigningConfig", "*"),
    Work("lambda", "DeleteCodeSigningConfig UpdateCodeSigningConfig", "code-signing-config:*"),
    Work("signer", "StartSigningJob", "/signing-profiles/*"),
    Work("scheduler", "CreateSchedule DeleteSchedule UpdateSchedule", "schedule/*/{project}-*"),
    Work(
        "ssm",
        "AddTagsToResource CreateAssociation CreateDocument DeleteAssociation DeleteDocument RemoveTagsFromResource "
        "UpdateAssociation UpdateDocument UpdateDocumentDefaultVersion",
        "association/* document/{project}-* document/SSM-SessionManagerRunShell",
    ),
    Work(
        "ssm",
        "AddTagsToResource DeleteMaintenanceWindow DeletePatchBaseline DeregisterPatchBaselineForPatchGroup "
        "DeregisterTargetFromMaintenanceWindow DeregisterTaskFromMaintenanceWindow "
        "RegisterPatchBaselineForPatchGroup RegisterTargetWithMaintenanceWindow RegisterTaskWithMaintenanceWindow "
        "RemoveTagsFromResource UpdateMaintenanceWindow UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask "
        "UpdatePatchBaseline",
        "maintenancewindow/* patchbaseline/* windowtarget/* windowtask/*",
    ),
    Work("ssm", "CreateMaintenanceWindow CreatePatchBaseline", "*"),
)
CERTIFICATES = "AddTagsToCertificate DeleteCertificate RemoveTagsFromCertificate UpdateCertificateOptions"
FIREWALLS = (
    "AssociateWebACL CreateWebACL DeleteLoggingConfiguration DeleteWebACL PutLoggingConfiguration TagResource "
    "UntagResource UpdateWebACL"
)
"""Changes to what the load balancer and the gateway have in the Region, and CloudFront in its own."""
EDGE = (
    Work(
        "acm",
        CERTIFICATES,
        "certificate/*",
    ),
    Work(
        "elasticloadbalancing",
        "AddTags CreateListener CreateLoadBalancer CreateRule CreateTargetGroup DeleteListener DeleteLoadBalancer "
        "DeleteRule DeleteTargetGroup ModifyListener ModifyListenerAttributes ModifyLoadBalancerAttributes ModifyRule "
        "ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags SetIpAddressType SetRulePriorities SetSecurityGroups "
        "SetSubnets",
        "listener-rule/app/{project}-*/* listener/app/{project}-*/* loadbalancer/app/{project}-*/* "
        "targetgroup/{project}-*/*",
    ),
    Work("elasticloadbalancing", "CreateWebACLAssociation DeleteWebACLAssociation SetWebACL", "*"),
    Work(
        "wafv2",
        FIREWALLS,
        "regional/managedruleset/*/* regional/webacl/{prefix}-*/*",
    ),
)
ORIGIN_LOCK = Work(
    "wafv2",
    "CreateRuleGroup CreateWebACL DeleteRuleGroup TagResource UntagResource UpdateRuleGroup UpdateWebACL",
    "regional/rulegroup/{prefix}-*/*",
)
"""The group of rules by which a load balancer that CloudFront calls directly knows it."""
VPC_LINK_V1 = (
    Work(
        "elasticloadbalancing",
        "AddTags CreateListener CreateLoadBalancer DeleteListener DeleteLoadBalancer ModifyListener "
        "ModifyListenerAttributes ModifyLoadBalancerAttributes RemoveTags SetSecurityGroups SetSubnets",
        "listener/net/{project}-*/* loadbalancer/net/{project}-*/*",
    ),
    Work(
        "ec2",
        "CreateVpcEndpointServiceConfiguration DeleteVpcEndpointServiceConfigurations "
        "ModifyVpcEndpointServicePermissions",
        "*",
    ),
)
"""What a VPC link V1 takes besides
(https://docs.aws.amazon.com/apigateway/latest/developerguide/grant-permissions-to-create-vpclink.html)."""
OPERATIONS = (
    Work(
        "backup",
        "CreateBackupPlan CreateBackupSelection CreateBackupVault CreateFramework CreateRestoreTestingPlan "
        "CreateRestoreTestingSelection DeleteBackupPlan DeleteBackupSelection DeleteBackupVault "
        "DeleteBackupVaultAccessPolicy DeleteBackupVaultLockConfiguration DeleteBackupVaultNotifications "
        "DeleteFramework DeleteRestoreTestingPlan DeleteRestoreTestingSelection PutBackupVaultAccessPolicy "
        "PutBackupVaultLockConfiguration PutBackupVaultNotifications TagResource UntagResource UpdateBackupPlan "
        "UpdateFramework UpdateRestoreTestingPlan UpdateRestoreTestingSelection",
        "backup-plan:* backup-vault:{project}-* framework:* restore-testing-plan:*",
    ),
    Work("backup-storage", "MountCapsule", "*"),
)
AUDIT = (
    Work(
        "cloudtrail",
        "AddTags CreateTrail DeleteTrail PutEventSelectors PutInsightSelectors RemoveTags StartLogging StopLogging "
        "UpdateTrail",
        "trail/{project}-*",
    ),
    Work(
        "config",
        "DeleteConfigurationRecorder PutConfigurationRecorder StartConfigurationRecorder StopConfigurationRecorder",
        "configuration-recorder/{prefix}/*",
    ),
    Work(
        "config",
        "DeleteDeliveryChannel DeleteRetentionConfiguration PutDeliveryChannel PutRetentionConfiguration",
        "*",
    ),
    Work(
        "config", "DeleteConformancePack PutConformancePack TagResource UntagResource", "conformance-pack/{prefix}-*/*"
    ),
    Work(
        "securityhub",
        "BatchDisableStandards BatchEnableStandards DisableSecurityHub EnableSecurityHub "
        "UpdateSecurityHubConfiguration",
        "hub/default",
    ),
    Work("securityhub", "EnableSecurityHub", "*"),
    Work("route53resolver", "CreateResolverQueryLogConfig", "*"),
    Work(
        "route53resolver",
        "AssociateResolverQueryLogConfig DeleteResolverQueryLogConfig DisassociateResolverQueryLogConfig TagResource "
        "UntagResource",
        "resolver-query-log-config/*",
    ),
    Work(
        "access-analyzer",
        "CreateAnalyzer DeleteAnalyzer TagResource UntagResource UpdateAnalyzer",
        "analyzer/{project}-*",
    ),
    Work("guardduty", "CreateDetector", "*"),
    Work("guardduty", "DeleteDetector TagResource UntagResource UpdateDetector", "detector/*"),
)
OBSERVABILITY = (
    Work("synthetics", "CreateCanary", "*"),
    Work(
        "synthetics", "DeleteCanary StartCanary StopCanary TagResource UntagResource UpdateCanary", "canary:{project}-*"
    ),
    # Synthetics makes its canaries' functions with the permissions of whoever makes the canary.
    Work(
        "lambda",
        "AddPermission CreateFunction DeleteFunction PublishVersion TagResource UntagResource UpdateFunctionCode "
        "UpdateFunctionConfiguration",
        "function:cwsyn-{project}-*",
    ),
    Work("lambda", "DeleteLayerVersion PublishLayerVersion", "layer:cwsyn-{project}-*"),
    Work(
        "xray",
        "CreateGroup CreateSamplingRule DeleteGroup DeleteSamplingRule TagResource UntagResource UpdateGroup "
        "UpdateSamplingRule",
        "group/{prefix}/* sampling-rule/{prefix}",
    ),
    Work("xray", "PutEncryptionConfig", "*"),
)
ANALYTICS = (
    Work(
        "kinesis",
        "AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DeregisterStreamConsumer "
        "IncreaseStreamRetentionPeriod RegisterStreamConsumer RemoveTagsFromStream StartStreamEncryption "
        "StopStreamEncryption TagResource UntagResource UpdateMaxRecordSize UpdateStreamWarmThroughput",
        "stream/{project}-*",
    ),
    Work("kinesis", "DisableEnhancedMonitoring EnableEnhancedMonitoring UpdateAccountSettings UpdateStreamMode", "*"),
    Work(
        "firehose",
        "CreateDeliveryStream DeleteDeliveryStream StartDeliveryStreamEncryption StopDeliveryStreamEncryption "
        "TagDeliveryStream UntagDeliveryStream UpdateDestination",
        "deliverystream/{project}-*",
    ),
    Work(
        "glue",
        "CreateDatabase CreateTable DeleteDatabase DeleteTable TagResource UntagResource UpdateDatabase UpdateTable",
        "catalog database/{project}_* table/{project}_*/*",
    ),
    Work("glue", "PutDataCatalogEncryptionSettings", "*"),
    Work(
        "athena", "CreateWorkGroup DeleteWorkGroup TagResource UntagResource UpdateWorkGroup", "workgroup/{project}-*"
    ),
    Work("emr-containers", "CreateJobTemplate CreateVirtualCluster", "*"),
    Work(
        "emr-containers",
        "DeleteJobTemplate DeleteVirtualCluster TagResource UntagResource",
        "/jobtemplates/* /virtualclusters/*",
    ),
)
WORK: Mapping[str, Sequence[Work]] = {
    "network": (*NETWORK, *OBSERVABILITY),
    "data": DATA,
    "compute": COMPUTE,
    "edge": EDGE,
    "operations": OPERATIONS,
    "analytics": ANALYTICS,
    "audit": AUDIT,
}
"""Name of a policy -> its table; a policy holds 6,144 characters
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""
DELIVERIES = (
    "CreateDelivery DeleteDelivery DeleteDeliveryDestination DeleteDeliverySource PutDeliveryDestination "
    "PutDeliverySource TagResource UntagResource UpdateDeliveryConfiguration"
)
"""Changes to how CloudFront's log is delivered."""
BUCKETS = (
    "CreateBucket DeleteBucket DeleteBucketPolicy PutBucketLogging PutBucketNotification "
    "PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock "
    "PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration TagResource "
    "UntagResource"
)
"""Changes to buckets, whose ARNs have neither account nor Region."""
DISTRIBUTIONS = (
    "CreateInvalidation DeleteCachePolicy DeleteDistribution DeleteFunction "
    "DeleteOriginAccessControl DeleteResponseHeadersPolicy PublishFunction TagResource UntagResource UpdateCachePolicy "
    "UpdateDistribution UpdateFunction UpdateOriginAccessControl UpdateResponseHeadersPolicy"
)
NEW_DISTRIBUTIONS = (
    "CreateCachePolicy CreateDistribution CreateFunction CreateOriginAccessControl CreateResponseHeadersPolicy"
)
NAMES = (
    "ChangeResourceRecordSets ChangeTagsForResource DeleteHealthCheck DeleteHostedZone UpdateHealthCheck "
    "UpdateHostedZoneComment"
)
NEW_NAMES = "CreateHealthCheck CreateHostedZone"
LINKED_ROLES = (*(role.service for role in SERVICE_LINKED_ROLES), "delivery.logs.amazonaws.com", "wafv2.amazonaws.com")
"""Services that make a role of their own, which nobody else can use, when the account first has one of their resources.

The last two make theirs for deliveries by Firehose, which nothing here uses; AWS asks for the permission all the same.
"""
PASSED_TO = (
    *(
        "apigateway",
        "backup",
        "cloudtrail",
        "config",
        "ec2",
        "ecr",
        "eks",
        "firehose",
        "lambda",
        "logs",
        "monitoring.rds",
        "pods.eks",
        "rds",
    ),
    *("scheduler", "ssm", "synthetics", "vpc-flow-logs"),
)
"""Services that the program hands roles to."""
ALIASES = "CreateAlias DeleteAlias UpdateAlias"
KEYS = (
    "DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion UntagResource UpdateKeyDescription"
)
SPENDING = "CreateAnomalyMonitor CreateAnomalySubscription UpdateCostAllocationTagsStatus"
"""Changes to what an account spends, before there is an ARN or without one."""
ANOMALIES = (
    "DeleteAnomalyMonitor DeleteAnomalySubscription TagResource UntagResource UpdateAnomalyMonitor "
    "UpdateAnomalySubscription"
)
KEYS_THROUGH = (
    *("backup", "ec2", "elasticache", "elasticfilesystem", "emr-containers", "glue", "kinesis", "lambda", "rds", "s3"),
)
"""Services that check, as they make something encrypted, that who asks may use the key."""
