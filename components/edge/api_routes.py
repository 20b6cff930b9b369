"""The paths of the API: one resource for each part of a path, and below each service whatever comes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
        load_balancer_arn: what it leads to; None where the link knows.
        host: name in the load balancer's certificate.
        trusted: whether that certificate is public.
        timeout_seconds: how long a service may take to answer.
    """

    vpc_link_id: pulumi.Input[str]
    load_balancer_arn: pulumi.Input[str] | None
    host: str
    trusted: bool
    timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """Who may call.

    Attributes:
        kind: as API Gateway names it, such as ``AWS_IAM``.
        authorizer_id: what checks tokens; None where nothing does.
        checks: properties of that authorizer.
    """

    kind: str = "NONE"
    authorizer_id: pulumi.Input[str] | None = None
    checks: Mapping[str, Any] = field(default_factory=dict[str, Any])


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
    """Every public service under its path, by any method; paths that no service has don't exist.

    Attributes:
        integrations: all that a deployment has to wait for.
        fingerprint: changes whenever a method, an integration or the authoriser changes, by the
            settings or by this code: a deployment is a copy of them, and a new one is due.
    """

    integrations: Sequence[apigateway.Integration]
    fingerprint: pulumi.Output[str]

    def __init__(self, name: str, args: ApiRoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:ApiRoutes", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.resources: dict[str, pulumi.Output[str]] = {"": args.api.root_resource_id}
        paths = [each for path in sorted(args.services.values()) for each in (path, f"{path}/{PROXY}")]
        routes = {path: (self.method(path), self.integration(path)) for path in paths}
        self.integrations = [self.route(path, *routes[path]) for path in paths]
        self.fingerprint = pulumi.Output.json_dumps([routes, args.authorization.checks], sort_keys=True).apply(digest)
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

    def route(self, path: str, method: Mapping[str, Any], integration: Mapping[str, Any]) -> apigateway.Integration:
        """A path, what may be asked of it, and where that goes."""
        logical, api = f"{self.name}{path}", self.args.api.id
        asked = apigateway.Method(logical, rest_api=api, resource_id=self.resource(path), opts=self.child, **method)
        return apigateway.Integration(
            logical,
            rest_api=api,
            resource_id=asked.resource_id,
            http_method=asked.http_method,
            opts=self.child,
            **integration,
        )

    def method(self, path: str) -> dict[str, Any]:
        """Any method, by whoever is authorised and has an API key."""
        return {
            "http_method": "ANY",
            "authorization": self.args.authorization.kind,
            "authorizer_id": self.args.authorization.authorizer_id,
            "api_key_required": True,
            "request_parameters": {"method.request.path.proxy": True} if path.endswith(PROXY) else None,
        }

    def integration(self, path: str) -> dict[str, Any]:
        """Passed on as it is over TLS."""
        backend = self.args.backend
        return {
            "type": "HTTP_PROXY",
            "integration_http_method": "ANY",
            "connection_type": "VPC_LINK",
            "connection_id": backend.vpc_link_id,
            "integration_target": backend.load_balancer_arn,
            "uri": f"https://{backend.host}{path.replace(PROXY, '{proxy}')}",
            "request_parameters": PATH_PARAMETER if path.endswith(PROXY) else None,
            "timeout_milliseconds": backend.timeout_seconds * 1000,
            # Without names the load balancer has a certificate of its own: encrypted, but nobody vouches for it.
            "tls_config": None if backend.trusted else {"insecure_skip_verification": True},
        }


def digest(text: str) -> str:
    """A short text that differs where `text` does."""
    return hashlib.sha256(text.encode()).hexdigest()
