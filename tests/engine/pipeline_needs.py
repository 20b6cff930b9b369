"""What the pipeline must be able to do: what AWS's schemas name for the types of a stack, and what hands roles over."""

import re
from fnmatch import fnmatchcase
from functools import cache

from policy_sentry.querying.actions import get_action_data
from surroundings import Request

from aws_facts.service_linked_roles import SERVICE_LINKED_ROLES
from cli.docs.access.permissions import ROLE
from cli.docs.access.policy_documents import as_list, documents
from offline.schema.catalogue import resource_type
from offline.schema.cloudformation import schema

GLOBAL = ("budgets", "ce", "cloudfront", "iam", "route53")
"""Services whose one endpoint is in us-east-1."""
PASSED_BY_FUNCTION = "export.rds.amazonaws.com"
NEEDLESS = {
    "features that the program doesn't use": """
        access-analyzer:*ArchiveRule acm-pca:* cognito-idp:* organizations:* payments:* resource-groups:*
        s3files:* s3tables:* vpc-lattice:* cloudtrail:PutEventConfiguration ec2:AcceptAddressTransfer
        ec2:AssociateAddress
        ec2:*PrivateNatGatewayAddress ec2:*NatGatewayAddress ec2:*SubnetCidrBlock ec2:AttachVolume ec2:DetachVolume
        ec2:CreateVpcEncryptionControl ec2:ModifyInstanceMaintenanceOptions ec2:ModifyInstancePlacement
        ec2:ModifyPrivateDnsNameOptions ec2:ModifyVpcTenancy eks:ActivateCertificateAuthority
        elasticache:*CacheCluster elasticloadbalancing:ModifyCapacityReservation elasticloadbalancing:ModifyIpPools
        elasticloadbalancing:DeregisterTargets elasticloadbalancing:RegisterTargets kms:DisableKey
        kinesis:UpdateShardCount kinesis:UpdateStreamRecordDistributionStrategy
        lambda:AssociateRuntimeAlias lambda:PassCapacityProvider lambda:PutFunctionScalingConfig lambda:InvokeFunction
        logs:*DataProtectionPolicy logs:*DeliveryDestinationPolicy logs:*IndexPolicy logs:PutBearerTokenAuthentication
        logs:DeleteRetentionPolicy rds:*RoleToDBInstance rds:*RoleFromDBInstance rds:PromoteReadReplica rds:Restore*
        rds:*AutomatedBackupsReplication s3:*MetadataTableConfiguration s3:*Metadata*Table* s3:*AnalyticsConfiguration
        s3:*MetricsConfiguration s3:*InventoryConfiguration s3:*IntelligentTieringConfiguration s3:*Cors s3:*CORS
        s3:*Website s3:*Replication* s3:*Acl s3:PutBucketAbac s3:PutAccelerateConfiguration
        secretsmanager:RemoveRegionsFromReplication secretsmanager:ReplicateSecretToRegions
        route53:*QueryLoggingConfig route53:*VPC*HostedZone route53:UpdateHostedZoneFeatures
        secretsmanager:GetRandomPassword sns:PutDataProtectionPolicy ssm:GetCalendarState
        ssm:RegisterDefaultPatchBaseline vpce:AllowMultiRegion
        wafv2:PutPermissionPolicy synthetics:ReplicateCanary synthetics:StartCanaryDryRun""",
    "other services that a firewall or a delivery could be for": """
        amplify:* apprunner:* appsync:* bedrock-agentcore:* autoloop:* codewhisperer:* workmail:*
        ec2:*VerifiedAccessInstanceWebAcl logs:AllowVendedLogDeliveryForResource firehose:PutRecord*""",
    "what is in a secret, a stream or a bucket is not looked at": """
        secretsmanager:GetSecretValue logs:PutLogEvents s3:AbortMultipartUpload s3:REST.PUT.OBJECT""",
    "done by other actions, or by CloudFormation alone": """
        apigateway:*TagResource backup-storage:Mount elasticfilesystem:DeleteTags iam:DescribeOrganization
        s3:DeleteBucketEncryption s3:DeleteBucketLifecycle s3:PutBucketEncryption s3:PutObjectLockConfiguration""",
    "inline policies, policies of users and groups, and roles without a boundary are not the program's": """
        iam:*GroupPolicy iam:*UserPolicy iam:PutRolePolicy iam:DeleteRolePolicy iam:DeleteRolePermissionsBoundary
        iam:DeleteServiceLinkedRole""",
    "a delivery from a data stream has no grant of its own": "kms:RevokeGrant",
    "an administrator does it": "iam:*OpenIDConnectProvider*",
}
"""What AWS's schemas name for the types, but the pipeline goes without: why -> patterns."""


def matches(pattern, name):
    return fnmatchcase(name.lower(), pattern.lower())


def needed(type_):
    """What AWS's schema of a type says that making, reading, changing and removing it takes."""
    known = schema(resource_type(type_))
    handlers = known.document.get("handlers", {}) if known else {}
    return {
        action
        for step, handler in handlers.items()
        if step != "list"
        for action in handler.get("permissions", ())
        if not any(matches(pattern, action) for patterns in NEEDLESS.values() for pattern in patterns.split())
    }


@cache
def works_on(action, arn):
    """Whether AWS documents the action for resources with such an ARN."""
    service, _, name = action.partition(":")
    data = get_action_data(service, name)
    formats = {row["resource_arn_format"] for row in data[service]} - {"*"} if data else ()
    return any(fnmatchcase(arn, re.sub(r"\$\{.*?\}", "*", each)) for each in formats)


def is_the_pipelines_own(arn):
    return re.search(r":(role/smile-(ci|\w+-(preview|deploy))|policy/smile-\w+-(boundary|delivery-\w+))$", arn)


def requests(stack, role):
    """One for each action, type of resource and Region, and each role that is handed to a service.

    Others of a type have ARNs of the same form; ``test_deployment_roles.py`` looks at each.
    """
    found = {}
    for resource in stack.state.resources:
        place = str(resource.get("outputs", {}).get("arn", ""))
        if resource["type"].startswith("aws:") and place and not is_the_pipelines_own(place):
            for action in needed(resource["type"]):
                if works_on(action, place):
                    found.setdefault((action, resource["type"], place.split(":")[3]), (action, place, {}))
    for each in (*handed_over(stack), *linked_roles(stack), *delivered(stack)):
        found[each[:2]] = each
    stack_name = role["outputs"]["name"].split("-")[1]
    every = {
        "iam:PermissionsBoundary": f"arn:aws:iam::{stack.state.account}:policy/smile-{stack_name}-boundary",
        "aws:RequestTag/Environment": stack_name,
    }
    for action, place, more in found.values():
        context = stack.context(role, place, action) | every | more
        if action.startswith(tuple(f"{each}:" for each in GLOBAL)):
            context["aws:RequestedRegion"] = "us-east-1"
        yield Request(role["outputs"]["name"], action, place, context)


def handed_over(stack):
    """Each role to each service that takes it on; that of the archive, its function hands over."""
    for document in documents(stack.state.of_type(ROLE)):
        for statement in document.statements if document.is_trust else ():
            for service in as_list(statement["Principal"].get("Service", [])):
                if service != PASSED_BY_FUNCTION:
                    yield "iam:PassRole", document.resource["outputs"]["arn"], {"iam:PassedToService": service}


def linked_roles(stack):
    """The roles that services make for themselves, for what is in the stack."""
    types = {each["type"] for each in stack.state.resources}
    for role in SERVICE_LINKED_ROLES:
        if types & {*role.needed_by}:
            place = f"arn:aws:iam::{stack.state.account}:role/aws-service-role/{role.service}/{role.name}"
            yield "iam:CreateServiceLinkedRole", place, {"iam:AWSServiceName": role.service}


def delivered(stack):
    """Each distribution whose log is delivered.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """
    for each in stack.state.of_type("aws:cloudwatch/logDeliverySource:LogDeliverySource"):
        yield "cloudfront:AllowVendedLogDeliveryForResource", each["inputs"]["resourceArn"], {}
