"""Web ACLs: what is refused before it reaches a load balancer, an API or a distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch, wafv2

from components.core.context import StackContext
from components.core.environment import GLOBAL_REGION
from components.core.log_group import audit_log_group, delivery_policy
from components.edge.firewall_rules import SECRET_HEADER, rules, unknown_origin, visibility
from components.edge.ingress_settings import Firewall
from components.storage.bucket import Bucket

Scope = Literal["REGIONAL", "CLOUDFRONT"]
LOGS = "aws-waf-logs-"
"""What the name of every destination of a web ACL's logs must begin with."""
REDACTED_HEADERS = ("authorization", "cookie", SECRET_HEADER)
LOCK_CAPACITY = 20
"""Web ACL capacity units of the rule that looks for two secrets, with room for more; a change replaces the group."""


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """What a web ACL needs.

    Attributes:
        context: of the stack.
        firewall: limits, countries, and whether rules block or count.
        guards: what it stands in front of, such as ``ingress``: the last part of its name.
        scope: CLOUDFRONT for a distribution: it then lies in us-east-1.
        behind_proxy: clients are identified by the header that the proxy in front sets, not by their address.
        origin_secrets: two or more header values by which CloudFront is known; whoever has none of them is refused.
        log_destination: ARN of a bucket in the stack's Region whose name begins with ``aws-waf-logs-``; a web ACL of
            scope CLOUDFRONT needs one, for it takes log groups of us-east-1 only. Else a log group is made.
    """

    context: StackContext
    firewall: Firewall
    guards: str
    scope: Scope = "REGIONAL"
    behind_proxy: bool = False
    origin_secrets: Sequence[pulumi.Input[str]] = ()
    log_destination: pulumi.Input[str] | None = None


def web_acl_at_the_edge(name: str, args: WebAclArgs, logs: Bucket, parent: pulumi.Resource) -> WebAcl:
    """The web ACL of a distribution, in us-east-1, which logs to a bucket of the stack's Region.

    Args:
        name: logical name.
        args: all but scope and log destination.
        logs: the bucket, whose name begins with ``aws-waf-logs-``.
        parent: the component of the distribution.
    """
    at_the_edge = replace(args, scope="CLOUDFRONT", log_destination=logs.arn)
    # The bucket's policy too: AWS would otherwise add to it.
    return WebAcl(name, at_the_edge, pulumi.ResourceOptions(parent=parent, depends_on=[logs]))


class WebAcl(pulumi.ComponentResource):
    """AWS's managed rules, a limit per client, countries; its log without what identifies a person or a session.

    Attributes:
        arn: of the web ACL.

    Raises:
        ValueError: scope CLOUDFRONT without a log_destination.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:WebAcl", name, None, opts)
        self.name = name
        self.args = args
        self.physical_name = f"{args.context.environment.prefix}-{args.guards}"
        self.region = GLOBAL_REGION if args.scope == "CLOUDFRONT" else None
        self.tags = args.context.environment.tags(component="ingress", data_class="confidential")
        self.child = pulumi.ResourceOptions(parent=self)
        lock = self.lock() if args.origin_secrets else None
        self.arn = wafv2.WebAcl(
            name,
            name=self.physical_name,
            description=f"What is refused in front of {args.guards}",
            scope=args.scope,
            region=self.region,
            default_action={"allow": {}},
            rules=rules(
                args.firewall,
                behind_proxy=args.behind_proxy,
                lock_arn=lock.arn if lock else None,
                callers=self.callers(),
            ),
            visibility_config=visibility(args.guards),
            tags=self.tags(f"{args.guards}-web-acl"),
            opts=self.child,
        ).arn
        if args.log_destination is None:
            group, permission = self.logs()
            self.logging(group.arn, needs=[permission])
        else:
            self.logging(args.log_destination)
        self.register_outputs({"arn": self.arn})

    def protect(self, role: str, resource_arn: pulumi.Input[str]) -> None:
        """Put it in front of a load balancer or an API's stage; a distribution names its web ACL itself."""
        wafv2.WebAclAssociation(f"{self.name}-{role}", resource_arn=resource_arn, web_acl_arn=self.arn, opts=self.child)

    def callers(self) -> dict[str, pulumi.Output[str]]:
        """Restricted path -> ARN of the set of addresses that it is for."""
        restricted = {} if self.args.behind_proxy else self.args.firewall.restricted_paths
        return {
            path: wafv2.IpSet(
                f"{self.name}-callers-of{path.replace('/', '-')}",
                name=f"{self.physical_name}-callers-of{path.replace('/', '-')}",
                description=f"Addresses that {path} is for",
                scope=self.args.scope,
                region=self.region,
                ip_address_version="IPV4",
                addresses=list(addresses),
                tags=self.tags(f"{self.args.guards}-callers"),
                opts=self.child,
            ).arn
            for path, addresses in restricted.items()
        }

    def lock(self) -> wafv2.RuleGroup:
        """Refuses what doesn't come from CloudFront.

        A group of its own: what holds a secret is hidden as a whole in state and previews, and the rest should be read.
        """
        role = f"{self.args.guards}-only-cloudfront"
        return wafv2.RuleGroup(
            f"{self.name}-only-cloudfront",
            name=f"{self.args.context.environment.prefix}-{role}",
            description="Refuses what does not come from CloudFront",
            scope=self.args.scope,
            region=self.region,
            capacity=LOCK_CAPACITY,
            rules=[unknown_origin(self.args.origin_secrets)],
            visibility_config=visibility("only-cloudfront"),
            tags=self.tags(role),
            opts=self.child,
        )

    def logs(self) -> tuple[cloudwatch.LogGroup, cloudwatch.LogResourcePolicy]:
        """The log group of a regional web ACL, and what lets it write there."""
        args = self.args
        if args.scope == "CLOUDFRONT":
            raise ValueError(f"{self.name}: a web ACL of scope CLOUDFRONT needs a log_destination")
        path = f"{LOGS}{self.physical_name}"
        tags = self.tags(f"{args.guards}-web-acl")
        group = audit_log_group(self.name, args.context, path, tags, self)
        return group, delivery_policy(self.name, args.context, path, "WebAclsWrite", self.child)

    def logging(self, destination: pulumi.Input[str], needs: Sequence[pulumi.Resource] = ()) -> None:
        """Every request and what became of it, without sessions, secrets and what was searched for."""
        headers: list[wafv2.WebAclLoggingConfigurationRedactedFieldArgsDict] = [
            {"single_header": {"name": header}} for header in REDACTED_HEADERS
        ]
        wafv2.WebAclLoggingConfiguration(
            self.name,
            resource_arn=self.arn,
            region=self.region,
            log_destination_configs=[destination],
            redacted_fields=[*headers, {"query_string": {}}],
            opts=pulumi.ResourceOptions(parent=self, depends_on=needs),
        )
