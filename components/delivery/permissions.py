"""The policies of the pipeline's roles: reading, changes by part of the platform, and what neither ever does."""

from __future__ import annotations

from collections.abc import Sequence

from components.core.boundary import boundary_arn
from components.core.environment import GLOBAL_REGION, Environment
from components.core.iam import ANY, Statement
from components.delivery import services
from components.delivery.edge_permissions import edge
from components.delivery.settings import STATE_BUCKET
from components.delivery.statements import own, spelled, unnamed, works

Policies = dict[str, Sequence[Statement]]
"""Name of a policy -> its statements."""
STATE_KEY = "alias/smile-state"


def state_bucket(environment: Environment) -> str:
    """ARN of the bucket with the account's state."""
    return f"arn:{environment.partition}:s3:::{STATE_BUCKET.format(account=environment.account_id)}"


def reading(environment: Environment) -> Policies:
    """What a preview needs: how everything is set up, the state, and the key of the secrets in it."""
    regions: dict[str, Sequence[str]] = {"aws:RequestedRegion": [environment.region, GLOBAL_REGION]}
    return {
        "read": [
            Statement(
                sid="LookAtSettings",
                actions=[f"{service}:{name}" for service, names in services.READ.items() for name in names.split()],
                resources=[ANY],
                conditions={"StringEquals": regions},
                allow_any="a refresh looks at everything the stack has, and lists take no ARN",
            ),
            Statement(
                sid="ReadPlainParameters",
                actions=["ssm:GetParameter", "ssm:GetParameters"],
                resources=[
                    environment.arn("ssm", f"parameter/{environment.project}/*"),
                    f"arn:{environment.partition}:ssm:{environment.region}::parameter/aws/service/*",
                ],
            ),
            Statement(
                sid="ReadState",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[f"{state_bucket(environment)}/*"],
            ),
            Statement(
                sid="ReadSecretsOfState",
                actions=["kms:Decrypt"],
                resources=[environment.arn("kms", "key/*")],
                conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": STATE_KEY}},
            ),
        ]
    }


def changes(environment: Environment) -> Policies:
    """What ``pulumi up`` of this program needs besides."""
    return {
        "network": works(environment, services.NETWORK),
        "data": works(environment, services.DATA),
        "compute": [*works(environment, services.COMPUTE), *instances(environment), signed_code(environment)],
        "edge": [*works(environment, services.EDGE), *edge(environment)],
        "operations": [*works(environment, services.OVERSIGHT), *buckets(environment), *keys(environment)],
        "roles": roles(environment),
    }


def instances(environment: Environment) -> list[Statement]:
    """Instances start from images and snapshots that belong to AWS, and are patched."""
    aws = f"arn:{environment.partition}:ec2:{environment.region}::"
    return [
        Statement(sid="StartFromImages", actions=["ec2:RunInstances"], resources=[f"{aws}image/*", f"{aws}snapshot/*"]),
        Statement(
            sid="PatchInstances",
            actions=["ssm:CreateAssociation", "ssm:DeleteAssociation"],
            resources=[environment.arn("ec2", "instance/*")],
        ),
    ]


def signed_code(environment: Environment) -> Statement:
    """Code of functions is uploaded, signed there, and fetched by Lambda for who asks."""
    bucket = f"{environment.project}5-code-{environment.name}-{environment.account_id}"
    return Statement(
        sid="UploadCode",
        actions=spelled(
            "s3",
            "DeleteObject DeleteObjectVersion GetObject GetObjectTagging GetObjectVersion PutObject PutObjectTagging",
        ),
        resources=[f"arn:{environment.partition}:s3:::{bucket}/*"],
    )


def buckets(environment: Environment) -> list[Statement]:
    """The program's buckets, never what is in them; the state's bucket only through its objects."""
    bucket = f"arn:{environment.partition}:s3:::"
    return [
        Statement(
            sid="ChangeBuckets",
            actions=spelled("s3", services.BUCKETS),
            resources=[f"{bucket}*{environment.project}5-*{environment.name}-{environment.account_id}"],
        ),
        unnamed(environment, "BlockPublicAccess", ["s3:PutAccountPublicAccessBlock"]),
        Statement(
            sid="WriteState",
            actions=["s3:DeleteObject", "s3:PutObject"],
            resources=[f"{state_bucket(environment)}/*"],
        ),
    ]


def keys(environment: Environment) -> list[Statement]:
    """Keys are made and looked after; used only by services, for what they make."""
    every = environment.arn("kms", "key/*")
    return [
        unnamed(environment, "MakeKeys", ["kms:CreateKey"]),
        Statement(
            sid="TagKeys",
            actions=["kms:TagResource"],
            resources=[every],
            conditions={"StringEquals": {"aws:RequestTag/Environment": environment.name}},
        ),
        Statement(
            sid="NameKeys",
            actions=spelled("kms", services.ALIASES),
            resources=[environment.arn("kms", f"alias/{environment.prefix}*")],
        ),
        Statement(
            sid="ChangeKeys",
            actions=spelled("kms", f"{services.ALIASES} {services.KEYS}"),
            resources=[every],
            conditions=own(environment),
        ),
        Statement(
            sid="EncryptWhatServicesMake",
            actions=["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=[every],
            conditions={
                "StringEquals": {"kms:ViaService": [environment.service(name) for name in services.KEYS_THROUGH]}
            },
        ),
        # The keys' own policies say that the grant must be for a service; EKS alone can't say so.
        Statement(
            sid="GrantToServices",
            actions=["kms:CreateGrant", "kms:RetireGrant"],
            resources=[every],
            conditions=own(environment),
        ),
    ]


def roles(environment: Environment) -> list[Statement]:
    """Roles and policies of the stack by name, each role within the boundary (LP-IAM-009 says why)."""
    role, policy, profile = (
        environment.iam_arn(f"{kind}/{environment.prefix}-*") for kind in ("role", "policy", "instance-profile")
    )
    return [
        Statement(
            sid="MakeBoundedRoles",
            actions=spelled("iam", "AttachRolePolicy CreateRole DetachRolePolicy PutRolePermissionsBoundary"),
            resources=[role],
            conditions={"StringEquals": {"iam:PermissionsBoundary": boundary_arn(environment)}},
        ),
        Statement(
            sid="ChangeRoles",
            actions=spelled(
                "iam", "DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription"
            ),
            resources=[role],
        ),
        Statement(
            sid="ChangePolicies",
            actions=spelled(
                "iam", "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion TagPolicy UntagPolicy"
            ),
            resources=[policy],
        ),
        Statement(
            sid="ChangeProfiles",
            actions=spelled(
                "iam",
                "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile RemoveRoleFromInstanceProfile "
                "TagInstanceProfile UntagInstanceProfile",
            ),
            resources=[profile],
        ),
        Statement(
            sid="PassRolesToServices",
            actions=["iam:PassRole"],
            resources=[role],
            conditions={
                "StringEquals": {"iam:PassedToService": [f"{name}.amazonaws.com" for name in services.PASSED_TO]}
            },
        ),
        Statement(
            sid="ServicesMakeTheirOwnRoles",
            actions=["iam:CreateServiceLinkedRole"],
            resources=[environment.iam_arn("role/aws-service-role/*")],
            conditions={
                "StringEquals": {"iam:AWSServiceName": [f"{name}.amazonaws.com" for name in services.LINKED_ROLES]}
            },
        ),
    ]
