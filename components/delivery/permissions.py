"""The policies of the pipeline's roles: reading, changes by part of the platform, and what neither ever does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_facts.service_linked_roles import CONFIG
from components.core.boundary import boundary_arn
from components.core.environment import GLOBAL_REGION, Environment
from components.core.iam import ANY, Statement
from components.delivery import services
from components.delivery.edge_permissions import edge
from components.delivery.statements import own, spelled, unnamed, works
from components.encryption.key_policy import INPUT_CONTEXT

Policies = dict[str, Sequence[Statement]]
"""Name of a policy -> its statements."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What the pipeline works on, as far as names follow no rule that every program has.

    Attributes:
        state_bucket: name of the bucket with the account's state.
        state_key: alias of the KMS key of the secrets in it, such as ``alias/acme-state``.
        buckets: patterns of the names of its buckets.
        code_buckets: names of the buckets that code is uploaded to, or of their folders, such as ``lake/jobs``.
        work: name of a policy -> what its part of the program takes to make, change and remove.
        reads: service -> what shows how its resources are set up.
        passed_to: services that the program hands roles to, without ``.amazonaws.com``.
        has_apis: whether it has API gateways.
        signs_urls: whether CloudFront knows keys of it, by which it signs URLs.
    """

    state_bucket: str
    state_key: str
    buckets: Sequence[str]
    code_buckets: Sequence[str]
    work: Mapping[str, Sequence[services.Work]] = field(default_factory=lambda: services.WORK)
    reads: Mapping[str, str] = field(default_factory=lambda: services.READ)
    passed_to: Sequence[str] = services.PASSED_TO
    has_apis: bool = True
    signs_urls: bool = False


def reading(environment: Environment, program: Program) -> Policies:
    """What a preview needs: how everything is set up, the state, and the key of the secrets in it."""
    regions: dict[str, Sequence[str]] = {"aws:RequestedRegion": [environment.region, GLOBAL_REGION]}
    return {
        "read": [
            Statement(
                sid="LookAtSettings",
                actions=[f"{service}:{name}" for service, names in program.reads.items() for name in names.split()],
                resources=[ANY],
                conditions={"StringEquals": regions},
                allow_any="a refresh looks at everything the stack has, and lists take no ARN",
            ),
            Statement(
                sid="ReadPlainParameters",
                actions=["ssm:GetParameter", "ssm:GetParameters"],
                resources=[
                    environment.arn("ssm", f"parameter/{environment.project}*/*"),
                    environment.arn("ssm", "parameter/aws/service/*", account=""),
                ],
            ),
            Statement(
                sid="ReadState",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=objects(environment, program.state_bucket),
            ),
            Statement(
                sid="ReadSecretsOfState",
                actions=["kms:Decrypt"],
                resources=[environment.arn("kms", "key/*")],
                conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": program.state_key}},
            ),
        ]
    }


def changes(environment: Environment, program: Program) -> Policies:
    """What ``pulumi up`` needs besides: the tables of the program's parts, and what no table can say."""
    besides: Mapping[str, Sequence[Statement]] = {
        "compute": [*instances(environment), signed_code(environment, program)],
        "fleets": [from_images(environment)],
        "edge": edge(environment, apis=program.has_apis, signs=program.signs_urls),
        "operations": [*buckets(environment, program), *keys(environment), dashboards(environment)],
    }
    tables = {part: [*works(environment, work), *besides.get(part, ())] for part, work in program.work.items()}
    return {**tables, "cost": spending(environment), "roles": roles(environment, program.passed_to)}


def objects(environment: Environment, bucket: str) -> list[str]:
    """The objects of a bucket, whose ARNs have neither account nor Region."""
    return [environment.arn("s3", f"{bucket}/*", region="", account="")]


def from_images(environment: Environment) -> Statement:
    """Instances start from images and snapshots that belong to AWS."""
    images = [environment.arn("ec2", f"{kind}/*", account="") for kind in ("image", "snapshot")]
    return Statement(sid="StartFromImages", actions=["ec2:RunInstances"], resources=images)


def instances(environment: Environment) -> list[Statement]:
    """Instances start from images and snapshots that belong to AWS, and are patched."""
    return [
        from_images(environment),
        Statement(
            sid="PatchInstances",
            actions=["ssm:CreateAssociation", "ssm:DeleteAssociation"],
            resources=[environment.arn("ec2", "instance/*")],
            conditions=own(environment),
        ),
    ]


def signed_code(environment: Environment, program: Program) -> Statement:
    """Code of functions is uploaded, signed there, and fetched by Lambda or Synthetics for who asks."""
    return Statement(
        sid="UploadCode",
        actions=spelled(
            "s3",
            "DeleteObject DeleteObjectVersion GetObject GetObjectTagging GetObjectVersion PutObject PutObjectTagging",
        ),
        resources=[arn for bucket in program.code_buckets for arn in objects(environment, bucket)],
    )


def dashboards(environment: Environment) -> Statement:
    """Dashboards belong to the account, not to a Region."""
    return Statement(
        sid="ChangeDashboards",
        actions=["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"],
        resources=[environment.arn("cloudwatch", f"dashboard/{environment.prefix}-*", region="")],
    )


def buckets(environment: Environment, program: Program) -> list[Statement]:
    """The program's buckets, never what is in them; the state's bucket only through its objects."""
    return [
        Statement(
            sid="ChangeBuckets",
            actions=spelled("s3", services.BUCKETS),
            resources=[environment.arn("s3", name, region="", account="") for name in program.buckets],
        ),
        unnamed(environment, "BlockPublicAccess", ["s3:PutAccountPublicAccessBlock"]),
        Statement(
            sid="WriteState",
            actions=["s3:DeleteObject", "s3:PutObject"],
            resources=objects(environment, program.state_bucket),
        ),
    ]


def spending(environment: Environment) -> list[Statement]:
    """The budget and what watches spending, which have ARNs without a Region and one endpoint for all, in us-east-1."""
    watching = [environment.arn("ce", f"anomaly{kind}/*", region="") for kind in ("monitor", "subscription")]
    return [
        Statement(
            sid="ChangeBudgets",
            actions=spelled("budgets", "ModifyBudget TagResource UntagResource"),
            resources=[environment.arn("budgets", f"budget/{environment.prefix}", region="")],
        ),
        unnamed(environment, "WatchSpending", spelled("ce", services.SPENDING), GLOBAL_REGION),
        Statement(sid="ChangeAnomalies", actions=spelled("ce", services.ANOMALIES), resources=watching),
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
        Statement(
            sid="EncryptInputsOfSchedules",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[every],
            conditions={
                "ArnLike": {INPUT_CONTEXT: environment.arn("scheduler", f"schedule/default/{environment.prefix}-*")}
            },
        ),
        # The keys' own policies say that the grant must be for a service, or come by one; EKS alone can't say so.
        Statement(
            sid="GrantToServices",
            actions=["kms:CreateGrant", "kms:RetireGrant", "kms:RevokeGrant"],
            resources=[every],
            conditions=own(environment),
        ),
    ]


def roles(environment: Environment, passed_to: Sequence[str]) -> list[Statement]:
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
            resources=[role, environment.iam_arn(CONFIG.resource)],
            conditions={"StringEquals": {"iam:PassedToService": [f"{name}.amazonaws.com" for name in passed_to]}},
        ),
        Statement(
            sid="ServicesMakeTheirOwnRoles",
            actions=["iam:CreateServiceLinkedRole"],
            resources=[environment.iam_arn("role/aws-service-role/*")],
            conditions={"StringEquals": {"iam:AWSServiceName": list(services.LINKED_ROLES)}},
        ),
    ]
