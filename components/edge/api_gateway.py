"""The API gateway: the one entrance of programs, between CloudFront and the load balancer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import apigateway

from components.core.context import StackContext
from components.edge.alarms import api_alarms, watch
from components.edge.api_access import authorization
from components.edge.api_logs import FORMAT, access_logs, account_role, error_logs
from components.edge.api_routes import ApiRoutes, ApiRoutesArgs, Backend
from components.edge.api_settings import Api
from components.edge.dns import AliasTarget, DnsNames
from components.edge.firewall import WebAcl, WebAclArgs
from components.edge.ingress import Ingress
from components.edge.ingress_settings import STAGE, Alarms, Firewall
from components.edge.vpc_link import VpcLink, VpcLinkArgs


@dataclass(frozen=True, kw_only=True)
class ApiGatewayArgs:
    """What the API gateway needs.

    Attributes:
        context: of the stack.
        settings: authoriser, throttling, time-out.
        firewall: of the web ACL in front of it.
        alarms: when it raises one.
        ingress: the internal load balancer behind it, and CloudFront's secret.
        vpc_id: of the load balancer.
        subnet_ids: one in each zone, for the VPC link.
        security_group_id: of the VPC link: it reaches the load balancer and nothing else.
        names: the stack's zone; None without names: it is then called by the name that AWS gives it.
    """

    context: StackContext
    settings: Api
    firewall: Firewall
    alarms: Alarms
    ingress: Ingress
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    names: DnsNames | None


class ApiGateway(pulumi.ComponentResource):
    """A regional REST API that takes requests from CloudFront alone and passes them into the VPC.

    Attributes:
        invoke_domain: the name by which CloudFront calls it.
        origin_path: what CloudFront puts before the path: the stage, or nothing where the name implies it.
        stage_arn: of the stage.
        web_acl_arn: of the web ACL in front of it.
    """

    invoke_domain: pulumi.Output[str]
    origin_path: str
    stage_arn: pulumi.Output[str]
    web_acl_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ApiGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:ApiGateway", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = self.environment.tags(component="ingress", data_class="confidential")
        self.api = self.rest_api()
        self.stage = self.deployed()
        self.stage_arn = self.stage.arn
        self.throttled()
        self.only_cloudfront()
        self.web_acl_arn = self.firewall()
        if args.alarms.enabled:
            watched = api_alarms(args.alarms, {"ApiName": self.environment.prefix, "Stage": STAGE})
            watch(name, args.context, watched, self)
        if args.names is None:
            self.invoke_domain = pulumi.Output.format(
                "{0}.execute-api.{1}.amazonaws.com", self.api.id, args.context.environment.region
            )
            self.origin_path = f"/{STAGE}"
        else:
            self.invoke_domain = self.own_name(args.names)
            self.origin_path = ""
        self.register_outputs({"invokeDomain": self.invoke_domain, "stageArn": self.stage_arn})

    def rest_api(self) -> apigateway.RestApi:
        """The API; once it has a name of its own, it answers to no other."""
        return apigateway.RestApi(
            self.name,
            name=self.environment.prefix,
            description="Entrance of the platform's services",
            endpoint_configuration={"types": "REGIONAL", "ip_address_type": "ipv4"},
            api_key_source="HEADER",
            binary_media_types=["*/*"],
            disable_execute_api_endpoint=self.args.names is not None,
            tags=self.tags("api"),
            opts=self.child,
        )

    def deployed(self) -> apigateway.Stage:
        """The routes as they are now, traced and logged."""
        args, context = self.args, self.args.context
        link = VpcLink(
            self.name,
            VpcLinkArgs(
                context=context,
                version=args.settings.vpc_link,
                vpc_id=args.vpc_id,
                subnet_ids=args.subnet_ids,
                security_group_id=args.security_group_id,
                load_balancer_arn=args.ingress.load_balancer_arn,
                listener_arn=args.ingress.listener_arn,
            ),
            self.child,
        )
        routes = ApiRoutes(
            self.name,
            ApiRoutesArgs(
                api=self.api,
                services=args.ingress.public,
                backend=Backend(
                    vpc_link_id=link.id,
                    load_balancer_arn=link.integration_target,
                    host=args.ingress.host,
                    trusted=args.ingress.trusted,
                    timeout_seconds=args.settings.timeout_seconds,
                ),
                authorization=authorization(self.name, self.api, args.settings, context, self),
            ),
            self.child,
        )
        deployment = apigateway.Deployment(
            self.name,
            rest_api=self.api.id,
            triggers={"routes": routes.fingerprint},
            opts=pulumi.ResourceOptions(parent=self, depends_on=routes.integrations),
        )
        logging: list[pulumi.Resource] = [error_logs(self.name, context, self.api, STAGE, self)]
        if args.settings.account_logging_role:
            logging.append(account_role(self.name, context, self))
        return apigateway.Stage(
            self.name,
            rest_api=self.api.id,
            deployment=deployment.id,
            stage_name=STAGE,
            xray_tracing_enabled=True,
            access_log_settings={"destination_arn": access_logs(self.name, context, self).arn, "format": FORMAT},
            tags=self.tags("api-stage"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=logging),
        )

    def throttled(self) -> None:
        """Limits, metrics, and errors in the log, never what was sent or answered."""
        throttle = self.args.settings.throttle
        apigateway.MethodSettings(
            self.name,
            rest_api=self.api.id,
            stage_name=self.stage.stage_name,
            method_path="*/*",
            settings={
                "metrics_enabled": True,
                "logging_level": "ERROR",
                "data_trace_enabled": False,
                "caching_enabled": False,
                "throttling_rate_limit": throttle.rate,
                "throttling_burst_limit": throttle.burst,
            },
            opts=self.child,
        )

    def only_cloudfront(self) -> None:
        """The stage answers 403 to a request without one of CloudFront's keys, 429 to too many."""
        throttle = self.args.settings.throttle
        plan = apigateway.UsagePlan(
            self.name,
            name=f"{self.environment.prefix}-cloudfront",
            description="What CloudFront may pass on",
            api_stages=[{"api_id": self.api.id, "stage": self.stage.stage_name}],
            throttle_settings={"rate_limit": throttle.rate, "burst_limit": throttle.burst},
            tags=self.tags("cloudfront-plan"),
            opts=self.child,
        )
        for generation, value in self.args.ingress.origin_secret.accepted.items():
            role = f"cloudfront-{generation}"
            key = apigateway.ApiKey(
                f"{self.name}-{role}",
                name=f"{self.environment.prefix}-{role}",
                description="Known to CloudFront alone",
                value=value,
                tags=self.tags(role),
                opts=self.child,
            )
            apigateway.UsagePlanKey(
                f"{self.name}-{role}", usage_plan_id=plan.id, key_id=key.id, key_type="API_KEY", opts=self.child
            )

    def firewall(self) -> pulumi.Output[str]:
        """A web ACL of its own: one shared with the load balancer would count each request twice."""
        args = self.args
        acl = WebAcl(
            f"{self.name}-web-acl",
            WebAclArgs(context=args.context, firewall=args.firewall, guards="api", behind_proxy=True),
            self.child,
        )
        acl.protect("stage", self.stage_arn)
        return acl.arn

    def own_name(self, names: DnsNames) -> pulumi.Output[str]:
        """The name that the load balancer's certificate holds as well; TLS 1.2 or newer."""
        domain = apigateway.DomainName(
            self.name,
            domain_name=self.args.ingress.host,
            regional_certificate_arn=self.args.ingress.certificate_arn,
            security_policy="TLS_1_2",
            endpoint_configuration={"types": "REGIONAL", "ip_address_type": "ipv4"},
            tags=self.tags("api-domain"),
            opts=self.child,
        )
        apigateway.BasePathMapping(
            self.name,
            domain_name=domain.domain_name,
            rest_api=self.api.id,
            stage_name=self.stage.stage_name,
            opts=self.child,
        )
        target = AliasTarget(host=domain.regional_domain_name, zone_id=domain.regional_zone_id)
        names.alias("origin", self.args.ingress.host, target)
        return domain.domain_name
