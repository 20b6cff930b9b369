"""A host without any way in but Session Manager: its role, its disk, its first boot, its alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2, iam

from components.bastion.bastion import managed
from components.bastion.sessions import Sessions, SessionsArgs
from components.core.alarms import Alarms
from components.core.cloud_init import CloudInit
from components.core.context import StackContext
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs

BUSY_PERCENT = 90


@dataclass(frozen=True, kw_only=True)
class PrivateHostArgs:
    """What the host needs.

    Attributes:
        context: key ``kubernetes`` of disks, topics.
        role: what it does, such as ``jenkins``: the last part of its names.
        instance_type: its size.
        volume_gib: its disk.
        subnet_id: a private one.
        security_group_ids: who may reach it, and what it may.
        image_id: of Amazon Linux 2023; a newer one than the host was made from changes nothing.
        log_bucket: name of the bucket that keeps the records of sessions.
        statements: what it may do besides being managed.
        first_boot: what cloud-init does once; a change replaces the host.
    """

    context: StackContext
    role: str
    instance_type: str
    volume_gib: int
    subnet_id: pulumi.Input[str]
    security_group_ids: Sequence[pulumi.Input[str]]
    image_id: pulumi.Input[str]
    log_bucket: str
    statements: Sequence[Statement]
    first_boot: CloudInit


class PrivateHost(pulumi.ComponentResource):
    """The host; people reach it, and ports on it, by Session Manager, which records what they do.

    Attributes:
        instance_id: for ``aws ssm start-session --target``.
        private_ip: in the VPC.
        role_arn: of the host.
        operator_policy_arn: for the role of people who may open a session.
    """

    instance_id: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    operator_policy_arn: pulumi.Output[str]

    def __init__(self, name: str, args: PrivateHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:hosts:PrivateHost", name, None, opts)
        self.logical, self.args = name, args
        self.tags = args.context.environment.tags(component="hosts", data_class="internal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.physical_name = f"{args.context.environment.prefix}-{args.role}"
        sessions = Sessions(
            name, SessionsArgs(context=args.context, bucket=args.log_bucket, component="hosts"), self.child
        )
        host = self.host(self.profile(sessions))
        self.watch(host)
        self.instance_id, self.private_ip = host.id, host.private_ip
        self.operator_policy_arn = sessions.operator_policy_arn
        self.register_outputs({"instanceId": self.instance_id, "privateIp": self.private_ip, "roleArn": self.role_arn})

    def profile(self, sessions: Sessions) -> iam.InstanceProfile:
        """Its role: to be managed, to record sessions, and what its work takes."""
        args, environment = self.args, self.args.context.environment
        role = ServiceRole(
            self.logical,
            ServiceRoleArgs(
                environment=environment,
                service="ec2.amazonaws.com",
                names_source=False,
                description=f"The host {args.role}: sessions, their records, its work",
                statements=[*managed(environment), *sessions.recording(), *args.statements],
                tags=self.tags(args.role),
            ),
            self.child,
        )
        self.role_arn = role.arn
        return iam.InstanceProfile(
            self.logical,
            name=self.physical_name,
            role=role.name,
            tags=self.tags(args.role),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )

    def host(self, profile: iam.InstanceProfile) -> ec2.Instance:
        """The instance; what changes in its first boot replaces it."""
        args, tags = self.args, self.tags(self.args.role)
        return ec2.Instance(
            self.logical,
            ami=args.image_id,
            instance_type=args.instance_type,
            subnet_id=args.subnet_id,
            vpc_security_group_ids=list(args.security_group_ids),
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
                "kms_key_id": args.context.keys["kubernetes"],
                "volume_type": "gp3",
                "volume_size": args.volume_gib,
                "delete_on_termination": True,
                "tags": tags,
            },
            monitoring=True,
            ebs_optimized=True,
            user_data=args.first_boot.text(),
            user_data_replace_on_change=True,
            tags=tags,
            # A newer image is no reason to replace a host that is patched.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["ami"]),
        )

    def watch(self, host: ec2.Instance) -> None:
        """It fails, or has no processor left."""
        made = Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="hosts", after=[host])
        common: dict[str, Any] = {
            "namespace": "AWS/EC2",
            "dimensions": {"InstanceId": host.id},
            "statistic": "Maximum",
            "period": 60,
        }
        made.add(
            f"{self.logical}-failed",
            "critical",
            name=f"{self.physical_name}-failed",
            description=f"The host {self.args.role} fails its status checks",
            metric_name="StatusCheckFailed",
            evaluation_periods=3,
            threshold=0,
            **common,
        )
        made.add(
            f"{self.logical}-cpu",
            "warning",
            name=f"{self.physical_name}-cpu",
            description=f"The host {self.args.role}: CPU above {BUSY_PERCENT} % for 15 minutes",
            metric_name="CPUUtilization",
            evaluation_periods=15,
            threshold=BUSY_PERCENT,
            **common,
        )
