"""Who may administer a KMS key, and which services may use it.

The account administers the key but can't decrypt with it: a person who may do everything in KMS reads no data but
through a service that they may use as well, or by changing the key's policy first, which leaves a trace. Principals
are the account, not single roles, so that a key never outlives whoever could administer it; the account's IAM
policies say who it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

from components.core.environment import Environment
from components.core.iam import ANY, Principals, Statement, Values, document

ADMINISTER = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
ENCRYPT = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
USE = ["kms:DescribeKey", *ENCRYPT]
WRITE = ["kms:Decrypt", "kms:GenerateDataKey*"]
EVENT_TARGETS = {"sns": "aws:sns:topicArn", "sqs": "aws:sqs:arn"}
"""Service that EventBridge writes to -> the encryption context with which that service uses a key."""
EVENT_SENDERS = {"sns": ["events.amazonaws.com", "events.rds.amazonaws.com"], "sqs": ["events.amazonaws.com"]}
"""Service that events go to -> who sends them: EventBridge, and RDS by itself."""
INPUT_CONTEXT = "kms:EncryptionContext:aws:scheduler:schedule:arn"
"""What EventBridge Scheduler encrypts an input with, and its role decrypts it: its calls come from no service."""
SESSION_CONTEXT = "kms:EncryptionContext:aws:ssm:TargetId"
"""What the host of a session decrypts its key with, which whoever opens the session makes: both call KMS themselves
(https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html)."""
HOSTS = "i-*"
MACHINE_CONTEXT = "kms:EncryptionContext:aws:states:stateMachineArn"
LOG_CONTEXT = "kms:EncryptionContext:SourceArn"
"""With what Step Functions encrypts an execution, and what it sends to CloudWatch Logs."""
AUTO_SCALING_ROLE = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"

Conditions = Mapping[str, Mapping[str, Values]]


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """Which services use a key, and how.

    Attributes:
        via: services that use it for a caller of the account, with the caller's permissions (``kms:ViaService``).
        producers: services that write by themselves, for resources of the account (``aws:SourceAccount``).
        events: EventBridge writes to topics and queues of the account, and RDS to topics; neither says for whom.
        cluster_grants: EKS grants it to the cluster's role.
        log_groups: CloudWatch Logs uses it, for log groups of the account.
        trails: CloudTrail uses it, for trails of the account.
        distributions: CloudFront reads what it encrypts, for distributions of the account.
        schedules: roles of schedules decrypt their inputs, which whoever makes a schedule encrypts.
        sessions: people and hosts encrypt with it what passes between them in a session of Session Manager.
        state_machines: roles of state machines encrypt what these are given and do, and CloudWatch Logs reads it.
        auto_scaling: EC2 Auto Scaling starts instances whose disks are encrypted with it.
    """

    via: tuple[str, ...]
    producers: tuple[str, ...] = ()
    events: bool = False
    cluster_grants: bool = False
    log_groups: bool = False
    trails: bool = False
    distributions: bool = False
    schedules: bool = False
    sessions: bool = False
    state_machines: bool = False
    auto_scaling: bool = False


def key_policy(environment: Environment, use: KeyUse) -> pulumi.Input[str]:
    """The policy of one key, as JSON."""
    return document(*statements(environment, use))


def statements(environment: Environment, use: KeyUse) -> Iterator[Statement]:
    """Administration first, then each kind of use."""
    account: Principals = {"AWS": environment.account_root}
    caller: dict[str, Values] = {"kms:CallerAccount": environment.account_id}
    via: dict[str, Values] = {"kms:ViaService": [environment.service(name) for name in use.via]}

    yield allow("AccountAdministers", account, ADMINISTER)
    yield allow("AccountUsesThroughServices", account, USE, {"StringEquals": caller | via})
    yield allow(
        "AccountGrantsToServices",
        account,
        ["kms:CreateGrant"],
        {"StringEquals": caller, "Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
    # Not every service that grants says that it is for an AWS resource; each says by whom the call comes.
    yield allow(
        "AccountGrantsThroughServices",
        account,
        ["kms:CreateGrant", "kms:RetireGrant"],
        {"StringEquals": caller | via},
    )
    if use.cluster_grants:
        # EKS doesn't support kms:GrantIsForAWSResource: on that condition no cluster could be created.
        yield allow("AccountGrantsToClusters", account, ["kms:CreateGrant"], {"StringEquals": caller})
    if use.producers:
        yield allow(
            "ServicesWriteForAccount",
            {"Service": [f"{name}.amazonaws.com" for name in use.producers]},
            ["kms:DescribeKey", *WRITE],
            {"StringEquals": {"aws:SourceAccount": environment.account_id}},
        )
    if use.events:
        yield from events(environment)
    if use.log_groups:
        yield allow(
            "LogGroupsOfAccount",
            {"Service": environment.service("logs")},
            ENCRYPT,  # a look at the key has no encryption context
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": environment.arn("logs", "log-group:*")}},
        )
    if use.trails:
        yield from trails(environment)
    if use.distributions:
        own = {"ArnLike": {"aws:SourceArn": distributions(environment)}}
        yield allow("DistributionsOfAccount", {"Service": "cloudfront.amazonaws.com"}, ["kms:Decrypt"], own)
    yield from of_roles(environment, use, caller)


def of_roles(environment: Environment, use: KeyUse, caller: Mapping[str, Values]) -> Iterator[Statement]:
    """Roles that call KMS themselves, for a service that isn't named then."""
    account: Principals = {"AWS": environment.account_root}
    if use.schedules:
        own = {"ArnLike": {INPUT_CONTEXT: environment.arn("scheduler", "schedule/*")}}
        yield allow("SchedulesOfAccount", account, ["kms:Decrypt", "kms:GenerateDataKey"], own)
    if use.sessions:
        own = {"StringEquals": caller, "StringLike": {SESSION_CONTEXT: HOSTS}}
        yield allow("SessionsOfAccount", account, ["kms:Decrypt", "kms:GenerateDataKey"], own)
    if use.state_machines:
        yield from state_machines(environment, account)
    if use.auto_scaling:
        yield from auto_scaling(environment, caller)


def events(environment: Environment) -> Iterator[Statement]:
    """EventBridge and RDS, known by what they write to: AWS doesn't support ``aws:SourceAccount`` here."""
    for service, context in EVENT_TARGETS.items():
        yield allow(
            f"EventsWriteTo{service.capitalize()}",
            {"Service": EVENT_SENDERS[service]},
            WRITE,
            {"ArnLike": {f"kms:EncryptionContext:{context}": environment.arn(service, "*")}},
        )


def trails(environment: Environment) -> Iterator[Statement]:
    """CloudTrail, which also looks at the key before it uses it."""
    service: Principals = {"Service": "cloudtrail.amazonaws.com"}
    own = environment.arn("cloudtrail", "trail/*")
    context = {"ArnLike": {"kms:EncryptionContext:aws:cloudtrail:arn": own}}
    yield allow("TrailsOfAccount", service, ["kms:GenerateDataKey*"], context)
    yield allow("TrailsOfAccountLook", service, ["kms:DescribeKey"], {"ArnLike": {"aws:SourceArn": own}})


def distributions(environment: Environment) -> str:
    """The account's CloudFront distributions, as the source of a request (docs/adr/0015)."""
    return f"arn:{environment.partition}:cloudfront::{environment.account_id}:distribution/*"


def state_machines(environment: Environment, account: Principals) -> Iterator[Statement]:
    """Step Functions, with the roles of state machines, and the delivery of their logs.

    Which service KMS sees the calls come from, AWS doesn't say: what is encrypted is named instead
    (https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html).
    """
    machines = {"ArnLike": {MACHINE_CONTEXT: environment.arn("states", "stateMachine:*")}}
    yield allow("StateMachinesOfAccount", account, ["kms:Decrypt", "kms:GenerateDataKey"], machines)
    logs = {"ArnLike": {LOG_CONTEXT: environment.arn("logs", "*")}}
    yield allow("LogsOfStateMachines", account, ["kms:GenerateDataKey"], logs)
    own = {"StringEquals": {"aws:SourceAccount": environment.account_id}}
    yield allow("LogDeliveryReads", {"Service": "delivery.logs.amazonaws.com"}, ["kms:Decrypt"], own)


def auto_scaling(environment: Environment, caller: Mapping[str, Values]) -> Iterator[Statement]:
    """EC2 Auto Scaling's own role, which has no IAM permission for keys.

    It is named in a condition: as a principal it would have to exist before the key, which in a new account it doesn't.
    AWS's statements have no ``kms:ViaService``
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html).
    """
    role: dict[str, Values] = {
        "aws:PrincipalArn": f"arn:{environment.partition}:iam::{environment.account_id}:{AUTO_SCALING_ROLE}"
    }
    anyone: Principals = {"AWS": ANY}
    by_role: Conditions = {"StringEquals": caller, "ArnEquals": role}
    yield allow("AutoScalingUsesDisks", anyone, USE, by_role)
    for_disks: Conditions = {**by_role, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    yield allow("AutoScalingGrantsToDisks", anyone, ["kms:CreateGrant"], for_disks)


def allow(sid: str, principals: Principals, actions: list[str], conditions: Conditions | None = None) -> Statement:
    """A statement about the key that carries the policy."""
    return Statement(
        sid=sid,
        principals=principals,
        actions=actions,
        resources=[ANY],
        conditions=conditions or {},
        allow_any="in a key policy, * is the key itself",
    )
