"""Session Manager: a shell without an open port, every session of which is written down."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, ssm

from components.core.context import StackContext
from components.core.iam import ANY, Statement, document
from components.core.log_group import log_group
from components.encryption.key_policy import HOSTS, SESSION_CONTEXT

PREFERENCES = "SSM-SessionManagerRunShell"
"""The document that Session Manager reads for every shell of the account and Region."""
TUNNELS = ("AWS-StartSSHSession", "AWS-StartPortForwardingSession", "AWS-StartPortForwardingSessionToRemoteHost")
"""AWS's documents for SSH and ports over a session. What passes through them can't be recorded, only that they ran."""
IDLE_MINUTES = 15
LONGEST_MINUTES = 480
PREFIX = "sessions"
"""Where in the bucket the records are."""


@dataclass(frozen=True, kw_only=True)
class SessionsArgs:
    """What the sessions need.

    Attributes:
        bucket: name of the bucket that keeps the records for as long as the law asks.
        component: value of the ``Component`` tag of the hosts that people may open a session on.
    """

    context: StackContext
    bucket: str
    component: str


class Sessions(pulumi.ComponentResource):
    """The preferences of all sessions of the account, where they are recorded, and a policy for who may open one.

    Attributes:
        operator_policy_arn: for the role of people who may open a session on the hosts.
    """

    operator_policy_arn: pulumi.Output[str]

    def __init__(self, name: str, args: SessionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:bastion:Sessions", name, None, opts)
        self.args = args
        environment = args.context.environment
        self.tags = environment.tags(component="bastion", data_class="confidential")
        child = pulumi.ResourceOptions(parent=self)
        logs = log_group(f"{name}-sessions", args.context, self.log_path, self.tags("sessions"), self, evidence=True)
        ssm.Document(
            f"{name}-sessions",
            name=PREFERENCES,
            document_type="Session",
            document_format="JSON",
            content=pulumi.Output.json_dumps(self.preferences()),
            tags=self.tags("sessions"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs]),
        )
        policy = iam.Policy(
            f"{name}-sessions",
            name=f"{environment.prefix}-bastion-operator",
            description="Opens sessions on the bastion, and ends one's own",
            policy=document(*self.operator()),
            tags=self.tags("sessions"),
            opts=child,
        )
        self.operator_policy_arn = policy.arn
        self.register_outputs({"operatorPolicyArn": self.operator_policy_arn})

    @property
    def log_path(self) -> str:
        """The log group, such as ``/acme/prod/sessions``."""
        environment = self.args.context.environment
        return f"/{environment.project}/{environment.name}/sessions"

    def preferences(self) -> dict[str, object]:
        """What Session Manager does with every shell. It wants numbers as text."""
        return {
            "schemaVersion": "1.0",
            "description": "How Session Manager runs and records every session",
            "sessionType": "Standard_Stream",
            "inputs": {
                "cloudWatchLogGroupName": self.log_path,
                "cloudWatchEncryptionEnabled": True,
                "cloudWatchStreamingEnabled": True,
                "s3BucketName": self.args.bucket,
                "s3KeyPrefix": PREFIX,
                "s3EncryptionEnabled": True,
                "kmsKeyId": self.args.context.keys["secrets"],
                "idleSessionTimeout": str(IDLE_MINUTES),
                "maxSessionDuration": str(LONGEST_MINUTES),
                "runAsEnabled": False,
                "runAsDefaultUser": "",
            },
        }

    def recording(self) -> list[Statement]:
        """What a host may do so that its sessions are recorded."""
        context = self.args.context
        environment = context.environment
        bucket = f"arn:{environment.partition}:s3:::{self.args.bucket}"
        logs = environment.arn("logs", f"log-group:{self.log_path}")
        return [
            Statement(
                sid="WriteRecords",
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[logs, f"{logs}:*"],
            ),
            Statement(
                sid="FindLogGroup",
                actions=["logs:DescribeLogGroups"],
                resources=[ANY],
                allow_any="it lists log groups, and takes no narrower resource",
            ),
            Statement(sid="KeepRecords", actions=["s3:PutObject"], resources=[f"{bucket}/{PREFIX}/*"]),
            Statement(sid="SeeThatTheBucketEncrypts", actions=["s3:GetEncryptionConfiguration"], resources=[bucket]),
            Statement(
                sid="DecryptSession",
                actions=["kms:Decrypt"],
                resources=[context.keys["secrets"]],
                conditions={"StringLike": {SESSION_CONTEXT: HOSTS}},
            ),
            Statement(
                sid="EncryptRecords",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[context.keys["logs"]],
                conditions={"StringEquals": {"kms:ViaService": environment.service("s3")}},
            ),
        ]

    def operator(self) -> list[Statement]:
        """What a person may do: open a session by a named document on the hosts, and end their own."""
        environment = self.args.context.environment
        tunnels = [f"arn:{environment.partition}:ssm:{environment.region}::document/{name}" for name in TUNNELS]
        return [
            Statement(
                sid="OpenSessionOnHost",
                actions=["ssm:StartSession"],
                resources=[environment.arn("ec2", "instance/*")],
                conditions={"StringEquals": {"ssm:resourceTag/Component": self.args.component}},
            ),
            Statement(
                sid="OpenSessionByDocument",
                actions=["ssm:StartSession"],
                resources=[environment.arn("ssm", f"document/{PREFERENCES}"), *tunnels],
                conditions={"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}},
            ),
            Statement(
                sid="EncryptSession",
                actions=["kms:GenerateDataKey"],
                # By its alias, which is known before the key is: a preview shows the policy.
                resources=[environment.arn("kms", "key/*")],
                conditions={
                    "ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{environment.prefix}-secrets"},
                    "StringLike": {SESSION_CONTEXT: HOSTS},
                },
            ),
            Statement(
                sid="EndOwnSession",
                actions=["ssm:ResumeSession", "ssm:TerminateSession"],
                resources=[environment.arn("ssm", "session/${aws:userid}-*")],
            ),
        ]
