"""AWS Shield Advanced: a year's subscription, and what it protects. Shield Standard is there without either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import shield

from components.core.context import StackContext
from components.core.settings.field import About, setting, switch
from components.core.settings.section import Section


class Shield(Section):
    """DDoS protection beyond Shield Standard, which every account has."""

    advanced: bool = switch("Shield Advanced: about 3,000 USD a month, for a year at least", on=False)
    approval: str = setting(
        "",
        "the written approval of that cost: its reference",
        About(valid="up to 200 characters, such as the number and date of a decision; needed with advanced"),
        max_length=200,
    )


@dataclass(frozen=True, kw_only=True)
class ShieldAdvancedArgs:
    """What Shield Advanced needs.

    Attributes:
        context: names.
        protected: role -> ARN of a distribution, load balancer, hosted zone or elastic address.
    """

    context: StackContext
    protected: Mapping[str, pulumi.Input[str]]


class ShieldAdvanced(pulumi.ComponentResource):
    """The subscription of the account, which outlives the stack since AWS ends none early, and the protections."""

    def __init__(self, name: str, args: ShieldAdvancedArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:ShieldAdvanced", name, None, opts)
        environment = args.context.environment
        tags = environment.tags(component="ingress", data_class="internal")
        subscription = shield.Subscription(
            name, auto_renew="DISABLED", skip_destroy=True, opts=pulumi.ResourceOptions(parent=self)
        )
        for role, arn in args.protected.items():
            shield.Protection(
                f"{name}-{role}",
                name=f"{environment.prefix}-{role}",
                resource_arn=arn,
                tags=tags(role),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[subscription]),
            )
        self.register_outputs({})
