"""The application load balancer and its listeners, which refuse what no rule knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lb

from components.core.context import StackContext
from components.edge.ingress_settings import Ingress
from components.storage.bucket import Bucket
from components.storage.bucket_policy import LOAD_BALANCERS

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """What the load balancer needs.

    Attributes:
        context: of the stack.
        ingress: time-outs.
        internal: only what is in the VPC reaches it.
        subnet_ids: one in each zone: private ones for an internal load balancer, else public ones.
        security_group_ids: who may reach it, and whom it may.
        certificate_arn: what it answers HTTPS with.
        logs: the bucket for records of requests and connections; its policy lets load balancers write there.
    """

    context: StackContext
    ingress: Ingress
    internal: bool
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    certificate_arn: pulumi.Input[str]
    logs: Bucket


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer in all zones, HTTPS that answers 403 unless a rule says otherwise, HTTP that redirects.

    Attributes:
        arn: of the load balancer.
        metric_name: by which CloudWatch knows it.
        dns_name: by which it is found.
        zone_id: of that name.
        listener_arn: of HTTPS, for rules.
        http_listener_arn: of HTTP, which redirects.
    """

    arn: pulumi.Output[str]
    metric_name: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    http_listener_arn: pulumi.Output[str]

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:LoadBalancer", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.context.environment.tags(component="ingress", data_class="personal")
        balancer = self.balancer()
        self.arn, self.dns_name, self.zone_id = balancer.arn, balancer.dns_name, balancer.zone_id
        self.metric_name = balancer.arn_suffix
        self.listener_arn = self.https().arn
        self.http_listener_arn = self.http().arn
        self.register_outputs({"arn": self.arn, "dnsName": self.dns_name, "listenerArn": self.listener_arn})

    def balancer(self) -> lb.LoadBalancer:
        """The load balancer; what it logs stays in its Region."""
        args = self.args
        logs: lb.LoadBalancerAccessLogsArgsDict = {"bucket": args.logs.name, "prefix": LOAD_BALANCERS, "enabled": True}
        return lb.LoadBalancer(
            self.name,
            # A load balancer that is to be reached otherwise is another one; both exist for a moment.
            name=f"{args.context.environment.prefix}-{'private' if args.internal else 'public'}",
            load_balancer_type="application",
            internal=args.internal,
            subnets=args.subnet_ids,
            security_groups=args.security_group_ids,
            ip_address_type="ipv4",
            enable_http2=True,
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=args.context.protection.deletion_protection,
            enable_zonal_shift=True,
            enable_waf_fail_open=False,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            xff_header_processing_mode="append",
            preserve_host_header=True,
            idle_timeout=args.ingress.idle_seconds,
            access_logs=logs,
            connection_logs={"bucket": args.logs.name, "prefix": LOAD_BALANCERS, "enabled": True},
            tags=self.tags("load-balancer", None if args.internal else {"Exposure": "public"}),
            # The bucket's name is known before its policy is there, without which AWS refuses it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.logs]),
        )

    def https(self) -> lb.Listener:
        """Nobody gets further but by a rule."""
        return lb.Listener(
            f"{self.name}-https",
            load_balancer_arn=self.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self.args.certificate_arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {"content_type": "text/plain", "message_body": "Forbidden", "status_code": "403"},
                }
            ],
            routing_http_response_server_enabled=False,
            tags=self.tags("https"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def http(self) -> lb.Listener:
        """Sends clients to HTTPS; behind an API gateway no security group lets them in here."""
        return lb.Listener(
            f"{self.name}-http",
            load_balancer_arn=self.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
            ],
            tags=self.tags("http"),
            opts=pulumi.ResourceOptions(parent=self),
        )
