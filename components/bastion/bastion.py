"""The bastion: one small host in a private subnet, reached by Session Manager alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_aws import ec2, iam

from components.bastion.sessions import PREFERENCES, Sessions, SessionsArgs
from components.bastion.settings import Bastion as BastionSettings
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import ANY, Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.functions.schedule import Schedule, ScheduleArgs, calling

COMPONENT = "bastion"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
"""AWS's parameter with the newest image of Amazon Linux 2023."""
SSHD = """\
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
PubkeyAuthentication yes
X11Forwarding no
MaxAuthTries 3
LogLevel VERBOSE
"""
AUDIT = """\
-w /etc/ssh/sshd_config -p wa -k sshd
-w /home/ec2-user/.ssh -p wa -k keys
-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=unset -k commands
"""
"""Commands of people, over SSH too, whose content Session Manager doesn't see."""


@dataclass(frozen=True, kw_only=True)
class BastionArgs:
    """What the bastion needs.

    Attributes:
        settings: size, keys, hours.
        subnet_id: a private one.
        security_group_ids: what it may reach; none of them may let anything in.
        image_id: of Amazon Linux 2023; a newer one than the host was made from changes nothing.
        log_bucket: name of the bucket that keeps the records of sessions.
        statements: what the host may do besides being managed and recording sessions.
        host_tags: tags of the host besides its own, such as the one by which it is patched.
    """

    context: StackContext
    settings: BastionSettings
    subnet_id: pulumi.Input[str]
    security_group_ids: list[pulumi.Input[str]]
    image_id: pulumi.Input[str]
    log_bucket: str
    statements: Sequence[Statement] = ()
    host_tags: Mapping[str, str] = field(default_factory=dict[str, str])


class Bastion(pulumi.ComponentResource):
    """The host with its role, its hours, and the sessions on it.

    Attributes:
        instance_id: for ``aws ssm start-session --target``.
        role_arn: of the host.
        operator_policy_arn: for the role of people who may open a session.
    """

    instance_id: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    operator_policy_arn: pulumi.Output[str]

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:bastion:Bastion", name, None, opts)
        self.name = f"{name}-bastion"
        self.args = args
        self.tags = args.context.environment.tags(component=COMPONENT, data_class="internal")
        self.child = pulumi.ResourceOptions(parent=self)
        sessions = Sessions(
            name,
            SessionsArgs(context=args.context, bucket=args.log_bucket, component=COMPONENT),
            self.child,
        )
        host = self.host(self.profile(sessions))
        if args.settings.runs == "working_hours":
            self.hours(host)
        self.instance_id = host.id
        self.operator_policy_arn = sessions.operator_policy_arn
        self.register_outputs(
            {
                "instanceId": self.instance_id,
                "roleArn": self.role_arn,
                "operatorPolicyArn": self.operator_policy_arn,
            }
        )

    def profile(self, sessions: Sessions) -> iam.InstanceProfile:
        """The host's own role: to be managed by Systems Manager, to record sessions, and what the program grants."""
        role = ServiceRole(
            self.name,
            ServiceRoleArgs(
                environment=self.args.context.environment,
                service="ec2.amazonaws.com",
                names_source=False,
                description="The bastion: sessions, their records, patches",
                statements=[*managed(self.args.context.environment), *sessions.recording(), *self.args.statements],
                tags=self.tags("bastion"),
            ),
            self.child,
        )
        self.role_arn = role.arn
        return iam.InstanceProfile(
            self.name,
            name=f"{self.args.context.environment.prefix}-bastion",
            role=role.name,
            tags=self.tags("bastion"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )

    def host(self, profile: iam.InstanceProfile) -> ec2.Instance:
        """The instance. It holds nothing: what changes in its first boot replaces it."""
        settings, tags = self.args.settings, self.tags("bastion")
        host_tags = self.tags("bastion", self.args.host_tags)
        return ec2.Instance(
            self.name,
            ami=self.args.image_id,
            instance_type=settings.instance_type,
            subnet_id=self.args.subnet_id,
            vpc_security_group_ids=self.args.security_group_ids,
            associate_public_ip_address=False,
            iam_instance_profile=profile.name,
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
                "instance_metadata_tags": "disabled",
            },
            root_block_device={
                "encrypted": True,
                "kms_key_id": self.args.context.keys["kubernetes"],
                "volume_type": "gp3",
                "volume_size": settings.volume_gib,
                "delete_on_termination": True,
                "tags": tags,
            },
            monitoring=True,
            ebs_optimized=True,
            user_data=first_boot(settings.authorized_keys),
            user_data_replace_on_change=True,
            tags=host_tags,
            # A newer image is no reason to replace a host that is patched.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["ami"]),
        )

    def hours(self, host: ec2.Instance) -> None:
        """It is started on working days and stopped every evening."""
        context, hours = self.args.context, self.args.settings.working_hours
        attach = Statement(
            sid="AttachEncryptedDisk",
            actions=["kms:CreateGrant"],
            resources=[context.keys["kubernetes"]],
            conditions={
                "StringEquals": {"kms:ViaService": context.environment.service("ec2")},
                "Bool": {"kms:GrantIsForAWSResource": "true"},
            },
        )
        for call, expression in (
            ("start", f"cron(0 {hours.start} ? * MON-FRI *)"),
            ("stop", f"cron(0 {hours.stop} * * ? *)"),
        ):
            target = calling(
                context.environment.partition,
                f"ec2:{call.capitalize()}Instances",
                {"InstanceIds": [host.id]},
                [context.environment.arn("ec2", "instance/*")],
                {"StringEquals": {"aws:ResourceTag/Component": COMPONENT}},
                *([attach] if call == "start" else []),
            )
            Schedule(
                f"{self.name}-{call}",
                ScheduleArgs(
                    context=context,
                    target=target,
                    expression=expression,
                    description=f"Working hours of the bastion: {call}",
                    component=COMPONENT,
                ),
                self.child,
            )


def managed(environment: Environment) -> list[Statement]:
    """What Systems Manager's agent asks for. AWS's own policy for it reads every parameter of the account besides."""
    documents = f"arn:{environment.partition}:ssm:{environment.region}::document/AWS-*"
    return [
        Statement(
            sid="BeManaged",
            actions=[
                "ssm:GetDeployablePatchSnapshotForInstance",
                "ssm:GetManifest",
                "ssm:ListAssociations",
                "ssm:PutConfigurePackageResult",
                "ssm:PutInventory",
            ],
            resources=[ANY],
            allow_any="they take nothing narrower, or only read what is to be done; none of them reads a parameter",
        ),
        Statement(
            sid="ServeHost",
            actions=[
                "ssm:DescribeAssociation",
                "ssm:ListInstanceAssociations",
                "ssm:PutComplianceItems",
                "ssm:UpdateAssociationStatus",
                "ssm:UpdateInstanceAssociationStatus",
                "ssm:UpdateInstanceInformation",
            ],
            # The host's ARN isn't known before it exists, and it exists only with this role.
            resources=[environment.arn("ec2", "instance/*"), environment.arn("ssm", "association/*"), documents],
        ),
        Statement(
            sid="ReadDocuments",
            actions=["ssm:DescribeDocument", "ssm:GetDocument"],
            resources=[documents, environment.arn("ssm", f"document/{PREFERENCES}")],
        ),
        Statement(
            sid="CarrySessions",
            actions=[
                "ec2messages:AcknowledgeMessage",
                "ec2messages:DeleteMessage",
                "ec2messages:FailMessage",
                "ec2messages:GetEndpoint",
                "ec2messages:GetMessages",
                "ec2messages:SendReply",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=[ANY],
            allow_any="channels have no ARN",
        ),
    ]


def first_boot(authorized_keys: tuple[str, ...]) -> str:
    """What cloud-init does once: SSH by key only, and a record of people's commands. JSON is YAML, too."""
    config: dict[str, Any] = {
        "ssh_pwauth": False,
        "disable_root": True,
        "ssh_authorized_keys": list(authorized_keys),
        "write_files": [
            {"path": "/etc/ssh/sshd_config.d/10-keys-only.conf", "permissions": "0600", "content": SSHD},
            {"path": "/etc/audit/rules.d/10-people.rules", "permissions": "0600", "content": AUDIT},
        ],
        "runcmd": [["systemctl", "restart", "sshd"], ["augenrules", "--load"]],
    }
    return f"#cloud-config\n{json.dumps(config, indent=2)}\n"
