"""What in the audit trail raises an alarm: secrets that are read, and what the CIS benchmark has watched.

Events are those of CIS AWS Foundations Benchmark 1.4, section 4
(https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html). Of refused calls, CIS 4.1, there
are too many for an alarm at each: Insights has their rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.core.alarms import Runbook
from components.core.context import Severity
from components.core.environment import Environment

SECRETS_MANAGER = '$.eventSource = "secretsmanager.amazonaws.com"'
ISSUER = "$.userIdentity.sessionContext.sessionIssuer.userName"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An event that raises an alarm, each time that it is in the trail.

    Attributes:
        role: in names, such as ``secret-read``.
        pattern: as CloudWatch Logs filters JSON, up to 1,024 characters.
        severity: of the alarm.
        text: what has happened.
        runbook: page that says what to do.
    """

    role: str
    pattern: str
    severity: Severity
    text: str
    runbook: Runbook = "audit"


def watches(environment: Environment) -> tuple[Watch, ...]:
    """Of secrets, of identities, and of what others than the pipeline change."""
    return (*secrets(environment.project), *identities(), *changes(f"{environment.prefix}-deploy"))


def secrets(project: str) -> tuple[Watch, ...]:
    """The platform's own roles begin with its name; services such as RDS read the secrets that they keep."""
    own = f'({ISSUER} NOT EXISTS || {ISSUER} != "{project}-*") && ($.userIdentity.type != "AWSService")'
    read = any_of("GetSecretValue BatchGetSecretValue")
    return (
        Watch(
            role="secret-read",
            pattern=f"{{ ({SECRETS_MANAGER}) && ({read}) && {own} }}",
            severity="warning",
            text="Somebody other than the platform's own roles asked for the value of a secret",
        ),
        Watch(
            role="rotation-failed",
            pattern=f"{{ ({SECRETS_MANAGER}) && ({any_of('RotationFailed')}) }}",
            severity="critical",
            text="A password could not be replaced; Secrets Manager tries again at the next window",
            runbook="functions",
        ),
    )


def identities() -> tuple[Watch, ...]:
    """Those that nobody should use, or that somebody tries to."""
    root = '($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS)'
    console, signed_in = '$.eventName = "ConsoleLogin"', '$.responseElements.ConsoleLogin = "Success"'
    return (
        Watch(
            role="root-used",
            pattern=f'{{ {root} && ($.eventType != "AwsServiceEvent") }}',
            severity="critical",
            text="Somebody used the root user, which can do everything",
        ),
        Watch(
            role="sign-in-without-mfa",
            pattern=f'{{ ({console}) && ($.additionalEventData.MFAUsed != "Yes") && '
            f'($.userIdentity.type = "IAMUser") && ({signed_in}) }}',
            severity="critical",
            text="An IAM user signed in to the console without MFA",
        ),
        Watch(
            role="user-signed-in",
            pattern=f'{{ ({console}) && ($.userIdentity.type = "IAMUser") && ({signed_in}) }}',
            severity="critical",
            text="An IAM user signed in to the console: people come by SSO, but for break-glass",
        ),
        Watch(
            role="sign-in-failed",
            pattern=f'{{ ({console}) && ($.errorMessage = "Failed authentication") }}',
            severity="warning",
            text="Somebody tried to sign in to the console and failed",
        ),
    )


ALWAYS: Mapping[str, tuple[str, str]] = {
    "keys-disabled": ("Somebody disabled a KMS key, or scheduled its deletion", "DisableKey ScheduleKeyDeletion"),
    "trail-changed": (
        "Somebody changed, stopped or deleted a trail",
        "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging",
    ),
}
"""Name -> what has happened, events: critical, whoever did it."""
BY_OTHERS: Mapping[str, tuple[str, str]] = {
    "iam-changed": (
        "Somebody other than the pipeline changed IAM policies",
        (
            "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy "
            "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy "
            "AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy"
        ),
    ),
    "bucket-access-changed": (
        "Somebody other than the pipeline changed who may use a bucket, or how long it keeps what",
        (
            "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy "
            "DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication"
        ),
    ),
    "config-changed": (
        "Somebody other than the pipeline changed or stopped AWS Config",
        "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
    ),
    "security-groups-changed": (
        "Somebody other than the pipeline changed security groups",
        (
            "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
            "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup"
        ),
    ),
    "network-acls-changed": (
        "Somebody other than the pipeline changed network ACLs",
        (
            "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry "
            "ReplaceNetworkAclAssociation"
        ),
    ),
    "gateways-changed": (
        "Somebody other than the pipeline changed gateways of the network",
        (
            "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway "
            "DeleteInternetGateway DetachInternetGateway"
        ),
    ),
    "routes-changed": (
        "Somebody other than the pipeline changed routes",
        (
            "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute "
            "DisassociateRouteTable"
        ),
    ),
    "vpcs-changed": (
        "Somebody other than the pipeline changed VPCs or their peering",
        (
            "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
            "DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc "
            "DisableVpcClassicLink EnableVpcClassicLink"
        ),
    ),
}
"""Name -> what has happened, events. What the pipeline changes, somebody has reviewed; an alarm at each deployment
would be one that nobody reads."""


def changes(deploying_role: str) -> tuple[Watch, ...]:
    """Of keys and trails by anybody; of the rest by anybody but the role that deploys the stack."""
    others = f'({ISSUER} NOT EXISTS || {ISSUER} != "{deploying_role}")'
    always = (
        Watch(role=role, severity="critical", text=text, pattern=f"{{ ({any_of(events)}) }}")
        for role, (text, events) in ALWAYS.items()
    )
    by_others = (
        Watch(role=role, severity="warning", text=text, pattern=f"{{ ({any_of(events)}) && {others} }}")
        for role, (text, events) in BY_OTHERS.items()
    )
    return (*always, *by_others)


def any_of(events: str) -> str:
    """The condition that it is one of these events, whose names are separated by spaces."""
    return " || ".join(f'$.eventName = "{name}"' for name in events.split())
