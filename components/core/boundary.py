"""What no role of the platform ever exceeds, whatever its own policies say: the permissions boundary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pulumi
from pulumi_aws import iam

from components.core.environment import Environment
from components.core.iam import ANY, Statement, Values, document

SERVICES = (
    *("autoscaling", "backup", "cloudwatch", "ec2", "ec2messages", "ecr", "eks", "eks-auth", "elasticache"),
    *(
        "elasticfilesystem",
        "elasticloadbalancing",
        "emr-containers",
        "events",
        "firehose",
        "glue",
        "kinesis",
        "kms",
        "lambda",
        "logs",
    ),
    *("rds", "s3", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "tag", "xray"),
)
"""What the platform's own roles work with. IAM, Organizations, account, audit and billing are not among them."""
DATA_SERVICES = ("glue", "kinesis", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs")
"""Services whose resources another account could open to us, to be filled with our data."""
INSTANCE_PROFILES = (
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "iam:DeleteInstanceProfile",
    "iam:GetInstanceProfile",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
)
"""What Karpenter needs for its nodes."""
DENIED: Mapping[str, tuple[str, ...]] = {
    "DenyOpeningToOthers": (
        *("ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "ec2:CreateVpcPeering*", "ec2:CreateVpn*"),
        *("ec2:ModifyVpcEndpointServicePermissions", "ec2:PutResourcePolicy", "ssm:PutResourcePolicy"),
        *("ecr:Put*Policy", "ecr:SetRepositoryPolicy", "elasticfilesystem:PutFileSystemPolicy"),
        *(
            "events:PutPermission",
            "glue:PutResourcePolicy",
            "kinesis:PutResourcePolicy",
            "kms:PutKeyPolicy",
            "lambda:Add*Permission",
            "lambda:CreateFunctionUrl*",
        ),
        *("logs:PutResourcePolicy", "rds:Modify*SnapshotAttribute", "s3:CreateAccessGrant", "s3:Put*Acl"),
        *("s3:Put*Policy*", "s3:PutReplicationConfiguration", "s3:Put*PublicAccessBlock"),
        "secretsmanager:PutResourcePolicy",
        *("secretsmanager:ReplicateSecretToRegions", "sns:AddPermission", "sns:SetTopicAttributes"),
        *("sqs:AddPermission", "sqs:SetQueueAttributes", "ssm:ModifyDocumentPermission"),
    ),
    "DenyEndOfKeys": ("kms:DeleteImportedKeyMaterial", "kms:DisableKey*", "kms:ScheduleKeyDeletion"),
    "DenyEndOfBackups": (
        *("backup:DeleteBackup*", "backup:DeleteRecoveryPoint", "backup:Disassociate*", "backup:PutBackupVault*"),
        *("backup:UpdateRecoveryPointLifecycle", "rds:DeleteDBInstanceAutomatedBackup"),
        *("s3:BypassGovernanceRetention", "s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:PutBucketVersioning"),
        *("s3:PutLifecycleConfiguration", "s3:PutBucketObjectLockConfiguration", "s3:PutObjectRetention"),
    ),
    "DenyEndOfAudit": (
        "ec2:DeleteFlowLogs",
        "firehose:DeleteDeliveryStream",
        "logs:DeleteLog*",
        "logs:DeleteRetentionPolicy",
        "logs:DeleteSubscriptionFilter",
        "logs:PutDataProtection*",
    ),
}
"""Beyond what any role's work is: each would open data to others, or end what must outlive an intruder."""


class PermissionsBoundary(pulumi.ComponentResource):
    """The policy that every role of the platform carries as its boundary. It grants nothing by itself.

    Attributes:
        arn: known at once, and waits for the policy: roles are made after it and deleted before.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        environment: Environment,
        opts: pulumi.ResourceOptions | None = None,
        *,
        services: Collection[str] = (),
        beyond: Sequence[Statement] = (),
    ) -> None:
        super().__init__("platform:iam:PermissionsBoundary", name, None, opts)
        policy = iam.Policy(
            name,
            name=boundary_name(environment),
            description="What no role of the platform exceeds",
            policy=document(*statements(environment, services), *beyond),
            tags=environment.tags(component="iam", data_class="internal")("boundary"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = policy.urn.apply(lambda _: boundary_arn(environment))
        self.register_outputs({"arn": self.arn})


def boundary_name(environment: Environment) -> str:
    """Physical name of the boundary."""
    return f"{environment.prefix}-boundary"


def boundary_arn(environment: Environment) -> str:
    """ARN of the boundary, known before it exists."""
    return environment.iam_arn(f"policy/{boundary_name(environment)}")


def statements(environment: Environment, services: Collection[str] = ()) -> Iterator[Statement]:
    """In the country and for the platform; then what is denied even so.

    Args:
        environment: account and Region.
        services: what roles of this program work with besides `SERVICES`, as IAM calls them.
    """
    yield within("WorkInTheCountry", [f"{service}:*" for service in sorted({*SERVICES, *services})], environment.region)
    yield Statement(
        sid="NodesOfThisStack",
        actions=["iam:PassRole", *INSTANCE_PROFILES],
        resources=[environment.iam_arn(f"role/{environment.prefix}-*"), environment.iam_arn("instance-profile/*")],
    )
    yield Statement(
        sid="GlobalLists",
        actions=["iam:ListInstanceProfiles", "pricing:GetProducts"],
        resources=[ANY],
        allow_any="they list everything or nothing, and have one endpoint for all Regions",
    )
    yield never(
        "DenyOtherAccounts",
        [f"{service}:*" for service in DATA_SERVICES],
        conditions={
            "StringNotEquals": {"aws:ResourceAccount": environment.account_id},
            "Null": {"aws:ResourceAccount": "false"},  # lists have none
        },
    )
    for sid, actions in DENIED.items():
        yield never(sid, actions)


def within(sid: str, actions: Sequence[str], *regions: str) -> Statement:
    """As far as policies may go."""
    return Statement(
        sid=sid,
        actions=actions,
        resources=[ANY],
        conditions={"StringEquals": {"aws:RequestedRegion": regions}} if regions else {},
        allow_any="a boundary grants nothing: it is what the policies of roles are cut down to",
    )


def never(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] = (ANY,),
    conditions: Mapping[str, Mapping[str, Values]] | None = None,
) -> Statement:
    """What no policy gives back."""
    return Statement(sid=sid, effect="Deny", actions=actions, resources=resources, conditions=conditions or {})
