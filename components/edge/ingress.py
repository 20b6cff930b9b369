"""The way of a request into the cluster: certificate, load balancer, web ACL, and a rule for each public service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lb

from components.core.context import StackContext
from components.edge.alarms import balancer_alarms, service_alarms, watch
from components.edge.certificates import Certificate, CertificateArgs, PrivateCertificate
from components.edge.dns import AliasTarget, DnsNames
from components.edge.firewall import WebAcl, WebAclArgs
from components.edge.ingress_settings import STAGE
from components.edge.ingress_settings import Ingress as IngressSettings
from components.edge.load_balancer import LoadBalancer, LoadBalancerArgs
from components.edge.origin_secret import OriginSecret
from components.edge.release_settings import Colour
from components.edge.target_groups import TargetGroups, TargetGroupsArgs, TargetSpec
from components.storage.bucket import Bucket

WITHOUT_STAGE: lb.ListenerRuleTransformArgsDict = {
    "type": "url-rewrite",
    "url_rewrite_config": {"rewrite": {"regex": f"^/{STAGE}(/.*)$", "replace": "$1"}},
}


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """What the ingress needs.

    Attributes:
        context: of the stack.
        settings: time-outs, health checks, priorities, firewall, alarms.
        targets: service -> its path, and which share of requests goes to which colour.
        direct: CloudFront calls the load balancer itself, over the internet; else an API gateway does, inside the VPC.
        vpc_id: where it is.
        subnet_ids: one in each zone; public ones where ``direct``, else private ones.
        security_group_ids: of the load balancer.
        logs: the bucket for its records.
        names: the stack's zone; None without names, and never so where ``direct``.
        host: the name by which it is called, as in its certificate.
        entry: with ``direct``: people call it, and not CloudFront; its host is the public name.
    """

    context: StackContext
    settings: IngressSettings
    targets: Mapping[str, TargetSpec]
    direct: bool
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    logs: Bucket
    names: DnsNames | None
    host: str
    entry: bool = False


class Ingress(pulumi.ComponentResource):
    """A load balancer that serves each public service under its path, blue and green by weight.

    Attributes:
        load_balancer_arn: of the load balancer.
        metric_name: by which CloudWatch knows it.
        listener_arn: of its HTTPS listener.
        http_listener_arn: of its HTTP listener, which redirects.
        dns_name: by which AWS knows it.
        zone_id: of that name, for aliases.
        public: service -> path, of those that it serves.
        host: by which it is called; its certificate holds it.
        trusted: whether that certificate is public.
        certificate_arn: of the certificate.
        target_group_arns: service -> colour -> ARN.
        web_acl_arn: of the web ACL in front of it.
        origin_secret: what CloudFront, and nobody else, knows; there is none where people call it.
    """

    load_balancer_arn: pulumi.Output[str]
    metric_name: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    http_listener_arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    public: Mapping[str, str]
    host: str
    trusted: bool
    certificate_arn: pulumi.Output[str]
    target_group_arns: Mapping[str, Mapping[Colour, pulumi.Output[str]]]
    web_acl_arn: pulumi.Output[str]
    origin_secret: OriginSecret

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:Ingress", name, None, opts)
        if args.direct and args.names is None:
            raise ValueError(f"{name}: CloudFront calls a load balancer only by a name of the stack's zone")
        if args.entry and not args.direct:
            raise ValueError(f"{name}: people call a load balancer over the internet only: entry takes direct")
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.context.environment.tags(component="ingress", data_class="internal")
        self.host, self.trusted = args.host, args.names is not None
        self.public = {service: target.path for service, target in args.targets.items()}
        self.certificate_arn = self.certificate()
        balancer = self.balancer()
        self.load_balancer_arn, self.listener_arn = balancer.arn, balancer.listener_arn
        self.metric_name = balancer.metric_name
        self.http_listener_arn = balancer.http_listener_arn
        self.dns_name, self.zone_id = balancer.dns_name, balancer.zone_id
        groups = self.target_groups()
        self.target_group_arns = groups.arns
        for service, path in self.public.items():
            self.rule(service, path)
        if not args.entry:
            self.origin_secret = OriginSecret(f"{name}-origin-secret", args.settings.secret_generation, self.child)
        self.web_acl_arn = self.firewall()
        if args.settings.alarms.enabled:
            self.watched(balancer.metric_name, groups)
        if args.direct and args.names is not None:
            role = "public" if args.entry else "origin"
            args.names.alias(role, args.host, AliasTarget(host=balancer.dns_name, zone_id=balancer.zone_id))
        self.register_outputs(
            {
                "loadBalancerArn": self.load_balancer_arn,
                "listenerArn": self.listener_arn,
                "httpListenerArn": self.http_listener_arn,
                "dnsName": self.dns_name,
                "zoneId": self.zone_id,
                "targetGroupArns": self.target_group_arns,
                "webAclArn": self.web_acl_arn,
            }
        )

    def certificate(self) -> pulumi.Output[str]:
        """A public one where the stack has names, else one of its own (docs/adr/0014)."""
        args, name = self.args, f"{self.name}-certificate"
        context, alarms = args.context, args.settings.alarms.enabled
        if args.names is None:
            return PrivateCertificate(name, context, args.host, self.child, alarms=alarms).arn
        wanted = CertificateArgs(context=context, host=args.host, zone_id=args.names.zone_id, alarms=alarms)
        return Certificate(name, wanted, self.child).arn

    def balancer(self) -> LoadBalancer:
        """The load balancer and its listeners."""
        args = self.args
        return LoadBalancer(
            self.name,
            LoadBalancerArgs(
                context=args.context,
                ingress=args.settings,
                internal=not args.direct,
                subnet_ids=args.subnet_ids,
                security_group_ids=args.security_group_ids,
                certificate_arn=self.certificate_arn,
                logs=args.logs,
            ),
            self.child,
        )

    def target_groups(self) -> TargetGroups:
        """Where the pods of the public services join."""
        args = self.args
        wanted = TargetGroupsArgs(
            context=args.context,
            ingress=args.settings,
            vpc_id=args.vpc_id,
            targets=args.targets,
        )
        return TargetGroups(self.name, wanted, self.child)

    def rule(self, service: str, path: str) -> None:
        """Requests for a path, and below it, go to the service's colours by weight: a release changes nothing else.

        From an API gateway a path may come with the stage's name before it, which no pod gets to see: what the regular
        expression doesn't match is passed on as it is
        (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html).
        """
        weights = self.args.targets[service].weights
        groups = self.target_group_arns[service]
        staged = [] if self.args.direct else [f"/{STAGE}{path}", f"/{STAGE}{path}/*"]
        lb.ListenerRule(
            f"{self.name}-{service}",
            listener_arn=self.listener_arn,
            priority=self.args.settings.priority(service, path),
            conditions=[{"path_pattern": {"values": [path, f"{path}/*", *staged]}}],
            transforms=[WITHOUT_STAGE] if staged else None,
            actions=[
                {
                    "type": "forward",
                    "forward": {
                        "target_groups": [{"arn": arn, "weight": weights[colour]} for colour, arn in groups.items()]
                    },
                }
            ],
            tags=self.tags(f"rule-{service}", {"Service": service}),
            opts=self.child,
        )

    def watched(self, balancer: pulumi.Output[str], groups: TargetGroups) -> None:
        """The load balancer, and each colour by itself: a canary's failures are few among all requests."""
        context, alarms = self.args.context, self.args.settings.alarms
        watch(self.name, context, balancer_alarms(alarms, {"LoadBalancer": balancer}), self)
        for service, colours in groups.metric_names.items():
            for colour, group in colours.items():
                dimensions = {"LoadBalancer": balancer, "TargetGroup": group}
                watched = service_alarms(f"{service}, {colour}", alarms, dimensions)
                watch(f"{self.name}-{service}-{colour}", context, watched, self)

    def firewall(self) -> pulumi.Output[str]:
        """The load balancer's web ACL; where CloudFront calls directly, it asks for the secret."""
        args = self.args
        locked = args.direct and not args.entry
        acl = WebAcl(
            f"{self.name}-web-acl",
            WebAclArgs(
                context=args.context,
                firewall=args.settings.firewall,
                guards="ingress",
                behind_proxy=not args.entry,
                origin_secrets=list(self.origin_secret.accepted.values()) if locked else (),
            ),
            self.child,
        )
        acl.protect("load-balancer", self.load_balancer_arn)
        return acl.arn
