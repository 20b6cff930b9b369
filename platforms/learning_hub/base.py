"""What every part of a stack is given: its settings, its keys and topics, its network."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, ssm

from components.bastion.bastion import IMAGE
from components.core.alarms import Runbook
from components.core.environment import Environment
from components.network.network import Network, NetworkArgs
from components.stack.stack import Stack, stack_of
from platforms.learning_hub.network import CLOUDFRONT, DATA_ACL, flows, security_groups
from platforms.learning_hub.settings import NAME, REGION, Settings


@dataclass(frozen=True, kw_only=True)
class Base(Stack):
    """What every part is given.

    Attributes:
        settings: of the stack.
        network: the VPC.
    """

    settings: Settings
    network: Network

    @property
    def environment(self) -> Environment:
        """Account, Region and names."""
        return self.context.environment

    def subnet_ids(self, tier: str) -> list[pulumi.Output[str]]:
        """The subnets of a tier, one in each zone."""
        return list(self.network.subnet_ids[tier].values())

    def runbook(self, page: Runbook) -> str:
        """Where people find a page of the runbooks."""
        return f"{self.context.runbooks}/{page}.md"

    def host_image(self) -> pulumi.Output[str]:
        """The newest image of Amazon Linux 2023."""
        options = pulumi.InvokeOutputOptions(provider=self.provider)
        return ssm.get_parameter_output(name=IMAGE, opts=options).insecure_value


def base_of(settings: Settings) -> Base:
    """Keys, alarm topics and network of the stack."""
    stack = stack_of(
        NAME,
        settings,
        region=REGION,
        keys=settings.keys,
        time_zone="Asia/Jakarta",
        services=("codebuild", "ses"),
    )
    table = flows(settings)
    invoke = pulumi.InvokeOutputOptions(provider=stack.provider)
    args = NetworkArgs(
        context=stack.context,
        settings=settings.network,
        acls={"data": DATA_ACL} if settings.is_production else {},
        security_groups=security_groups(table),
        flows=table,
        peers={"cloudfront": {"prefix_list_id": ec2.get_managed_prefix_list_output(name=CLOUDFRONT, opts=invoke).id}}
        if settings.is_production
        else {},
        cluster_names=[settings.prefix] if settings.is_production else [],
    )
    network = Network(NAME, args, stack.options())
    return Base(settings=settings, network=network, provider=stack.provider, keys=stack.keys, context=stack.context)
