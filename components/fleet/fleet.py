"""A service on EC2 instances: equal machines in private subnets, replaced safely, as many as there is work for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import autoscaling, ec2, iam

from components.core.alarms import Alarms
from components.core.cloud_init import CloudInit
from components.core.context import StackContext
from components.core.iam import Statement
from components.core.metrics import publish_metrics
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.fleet.alarms import fleet_alarms
from components.fleet.scaling import scale
from components.fleet.settings import Fleet as Settings
from components.service.target import Listener, ServiceTarget, ServiceTargetArgs

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
"""AWS's parameter with the newest image of Amazon Linux 2023."""
ROOT_DISK = "/dev/xvda"
"""Of Amazon Linux 2023."""
DAY_SECONDS = 86_400
METRICS = ("GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTotalInstances")


@dataclass(frozen=True, kw_only=True)
class FleetArgs:
    """What a service needs.

    Attributes:
        context: keys ``kubernetes`` (of disks that EC2 Auto Scaling makes) and ``logs``; topics.
        settings: size, number and scaling of instances.
        subnet_ids: private ones, one in each zone.
        security_group_ids: what the instances carry; none of them lets SSH in.
        first_boot: what an instance does then; another one replaces all instances, a few at a time.
        image_id: of Amazon Linux 2023, or of what derives from it; another one replaces all instances as well. It can't
            be a parameter's name: EC2 Auto Scaling goes back to no template that has one
            (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html).
        metrics: namespace in which the CloudWatch agent of instances publishes; see `components.fleet.agent`.
        statements: what the code on the instances may do.
        listener: where requests come from; None for a service that takes none.

    Raises:
        ValueError: requests to a service that has no port.
    """

    context: StackContext
    settings: Settings
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    first_boot: CloudInit
    image_id: pulumi.Input[str]
    metrics: str
    statements: Sequence[Statement] = ()
    listener: Listener | None = None

    def __post_init__(self) -> None:
        if self.listener:
            _ = self.settings.tls_port


class Fleet(pulumi.ComponentResource):
    """An Auto Scaling group. Nobody logs in to its instances: what is wrong with one is in its logs, or it is replaced.

    Attributes:
        group_name: of the group.
        role_arn: of the instances.
        template_id: of the launch template.
        target_group_arn: None without a listener.
        target_suffix: last part of that ARN, by which its metrics are known.
    """

    group_name: str
    role_arn: pulumi.Output[str]
    template_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str] | None
    target_suffix: pulumi.Output[str] | None

    def __init__(self, name: str, args: FleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:fleet:Fleet", name, None, opts)
        environment = args.context.environment
        self.name = name
        self.args = args
        self.role = name.removeprefix(f"{environment.project}-")
        self.group_name = f"{environment.prefix}-{self.role}"
        self.tags = environment.tags(component="fleet", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        role = self.instance_role()
        template = self.template(self.profile(role))
        target = self.target(args.listener) if args.listener else None
        group = self.group(template, target, role)
        scale(name, args.settings, group, physical_name=self.group_name, tags=self.tags(self.role), parent=self)
        if args.settings.alarms:
            alarms = Alarms(context=args.context, tags=self.tags, parent=self, runbook="fleets", after=[group])
            behind = (target, args.listener.load_balancer_suffix) if target and args.listener else None
            fleet_alarms(
                name, alarms, args.settings, group=self.group_name, namespace=args.metrics, load_balancer=behind
            )
        self.role_arn, self.template_id = role.arn, template.id
        self.target_group_arn = target.arn if target else None
        self.target_suffix = target.group.arn_suffix if target else None
        self.register_outputs(
            {
                "groupName": self.group_name,
                "roleArn": self.role_arn,
                "templateId": self.template_id,
                "targetGroupArn": self.target_group_arn,
            }
        )

    def instance_role(self) -> ServiceRole:
        """What instances may do: publish their metrics, and what the program grants."""
        args = ServiceRoleArgs(
            environment=self.args.context.environment,
            service="ec2.amazonaws.com",
            names_source=False,
            description=f"Instances of {self.group_name}",
            statements=[publish_metrics(self.args.metrics), *self.args.statements],
            tags=self.tags(f"{self.role}-instance"),
        )
        return ServiceRole(f"{self.name}-instance", args, self.child)

    def profile(self, role: ServiceRole) -> iam.InstanceProfile:
        """By which instances have the role, once it may do all that it should."""
        return iam.InstanceProfile(
            self.name,
            name=self.group_name,
            role=role.name,
            tags=self.tags(self.role),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )

    def template(self, profile: iam.InstanceProfile) -> ec2.LaunchTemplate:
        """How an instance is launched: without a key, with IMDSv2 alone."""
        args, settings = self.args, self.args.settings
        return ec2.LaunchTemplate(
            self.name,
            name=self.group_name,
            description=f"Instances of {self.group_name}",
            update_default_version=True,
            image_id=args.image_id,
            instance_type=settings.instance_type,
            iam_instance_profile={"arn": profile.arn},
            user_data=args.first_boot.user_data(),
            ebs_optimized="true",
            monitoring={"enabled": True},
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
                "instance_metadata_tags": "disabled",
            },
            block_device_mappings=[
                {
                    "device_name": ROOT_DISK,
                    "ebs": {
                        "volume_type": "gp3",
                        "volume_size": settings.volume_gib,
                        "encrypted": "true",
                        "kms_key_id": args.context.keys["kubernetes"],
                        "delete_on_termination": "true",
                    },
                }
            ],
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "security_groups": list(args.security_group_ids),
                    "delete_on_termination": "true",
                }
            ],
            tag_specifications=[
                {"resource_type": kind, "tags": self.tags(self.role)}
                for kind in ("instance", "volume", "network-interface")
            ],
            tags=self.tags(self.role),
            opts=self.child,
        )

    def target(self, listener: Listener) -> ServiceTarget:
        """The way of requests to the instances."""
        settings = self.args.settings
        args = ServiceTargetArgs(
            environment=self.args.context.environment,
            role=self.role,
            settings=settings,
            listener=listener,
            tags=self.tags,
            kind="instance",
            health_seconds=settings.health_seconds,
        )
        return ServiceTarget(self.name, args, self.child)

    def group(self, template: ec2.LaunchTemplate, target: ServiceTarget | None, role: ServiceRole) -> autoscaling.Group:
        """The instances. How many there are is the scaling's to say, from the first on.

        A new version of the template replaces all, each once its successor is healthy. A launch that fails is undone.
        """
        settings = self.args.settings
        return autoscaling.Group(
            self.name,
            name=self.group_name,
            min_size=settings.min_instances,
            max_size=settings.max_instances,
            desired_capacity=settings.min_instances,
            vpc_zone_identifiers=list(self.args.subnet_ids),
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            target_group_arns=[target.arn] if target else None,
            health_check_type="ELB" if target else "EC2",
            health_check_grace_period=settings.boot_seconds,
            default_instance_warmup=settings.cool_down_seconds,
            max_instance_lifetime=settings.lifetime_days * DAY_SECONDS,
            instance_maintenance_policy={"min_healthy_percentage": 100, "max_healthy_percentage": 150},
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {
                    "auto_rollback": True,
                    "min_healthy_percentage": 100,
                    "max_healthy_percentage": 150,
                    "instance_warmup": str(settings.cool_down_seconds),
                },
            },
            termination_policies=["OldestInstance"],
            enabled_metrics=[autoscaling.Metric(each) for each in METRICS],
            metrics_granularity="1Minute",
            tags=[
                {"key": key, "value": value, "propagate_at_launch": False}
                for key, value in sorted(self.tags(self.role).items())
            ],
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[role, *([target] if target else [])], ignore_changes=["desiredCapacity"]
            ),
        )
