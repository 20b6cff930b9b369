"""The paths of the API: one resource for each part of a path, and below each service whatever comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import apigateway

PROXY = "{proxy+}"
"""Stands for the rest of a path, of whatever length."""
PATH_PARAMETER = {"integration.request.path.proxy": "method.request.path.proxy"}


@dataclass(frozen=True, kw_only=True)
class Backend:
    """Where every request goes.

    Attributes:
        vpc_link_id: the way into the VPC.
        load_balancer_arn: what it leads to.
        host: name in the load balancer's certificate.
        trusted: whether that certificate is public.
        timeout_seconds: how long a service may take to answer.
    """

    vpc_link_id: pulumi.Input[str]
    load_balancer_arn: pulumi.Input[str]
    host: str
    trusted: bool
    timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """Who may call.

    Attributes:
        kind: as API Gateway names it, such as ``AWS_IAM``.
        authorizer_id: what checks tokens; None where nothing does.
    """

    kind: str = "NONE"
    authorizer_id: pulumi.Input[str] | None = None


@dataclass(frozen=True, kw_only=True)
class ApiRoutesArgs:
    """What the routes need.

    Attributes:
        api: whose they are.
        services: service -> path.
        backend: where requests go.
        authorization: who may call; besides, every request must carry an API key.
    """

    api: apigateway.RestApi
    services: Mapping[str, str]
    backend: Backend
    authorization: Authorization


class ApiRoutes(pulumi.ComponentResource):
    """Every public service under its path, by any method; paths that no service has don't exist (SMILE-EDGE-04).

    Attributes:
        integrations: all that a deployment has to wait for.
        fingerprint: changes when a deployment is due.
    """

    integrations: Sequence[apigateway.Integration]
    fingerprint: pulumi.Output[str]

    def __init__(self, name: str, args: ApiRoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("smile:ingress:ApiRoutes", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.resources: dict[str, pulumi.Output[str]] = {"": args.api.root_resource_id}
        paths = sorted(args.services.values())
        self.integrations = [
            integration for path in paths for integration in (self.route(path), self.route(f"{path}/{PROXY}"))
        ]
        self.fingerprint = pulumi.Output.json_dumps(
            [
                paths,
                [args.backend.vpc_link_id, args.backend.load_balancer_arn, args.backend.host],
                [args.backend.trusted, args.backend.timeout_seconds],
                [args.authorization.kind, args.authorization.authorizer_id],
            ]
        )
        self.register_outputs({})

    def resource(self, path: str) -> pulumi.Output[str]:
        """Id of the resource of a path such as ``/api/orders``; those above it are made with it."""
        if path not in self.resources:
            above, _, part = path.rpartition("/")
            self.resources[path] = apigateway.Resource(
                f"{self.name}{path}",
                rest_api=self.args.api.id,
                parent_id=self.resource(above),
                path_part=part,
                opts=self.child,
            ).id
        return self.resources[path]

    def route(self, path: str) -> apigateway.Integration:
        """Any method on a path, passed on as it is over TLS (SMILE-EDGE-11)."""
        args, backend = self.args, self.args.backend
        open_end = path.endswith(PROXY)
        method = apigateway.Method(
            f"{self.name}{path}",
            rest_api=args.api.id,
            resource_id=self.resource(path),
            http_method="ANY",
            authorization=args.authorization.kind,
            authorizer_id=args.authorization.authorizer_id,
            api_key_required=True,
            request_parameters={"method.request.path.proxy": True} if open_end else None,
            opts=self.child,
        )
        return apigateway.Integration(
            f"{self.name}{path}",
            rest_api=args.api.id,
            resource_id=method.resource_id,
            http_method=method.http_method,
            type="HTTP_PROXY",
            integration_http_method="ANY",
            connection_type="VPC_LINK",
            connection_id=backend.vpc_link_id,
            integration_target=backend.load_balancer_arn,
            uri=f"https://{backend.host}{path.replace(PROXY, '{proxy}')}",
            request_parameters=PATH_PARAMETER if open_end else None,
            timeout_milliseconds=backend.timeout_seconds * 1000,
            # Without names the load balancer has a certificate of its own: encrypted, but nobody vouches for it.
            tls_config=None if backend.trusted else {"insecure_skip_verification": True},
            opts=self.child,
        )
