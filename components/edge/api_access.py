"""Who checks the callers of the API, besides the services."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_aws import apigateway, lambda_

from components.core.context import StackContext
from components.edge.api_routes import Authorization
from components.edge.api_settings import Api

CACHE_SECONDS = 300
"""How long an authoriser's answer is taken for the next request with the same token."""


def authorization(
    name: str, api: apigateway.RestApi, settings: Api, context: StackContext, parent: pulumi.Resource
) -> Authorization:
    """Who checks the caller, by setting."""
    child = pulumi.ResourceOptions(parent=parent)
    if settings.authorizer == "iam":
        return Authorization(kind="AWS_IAM")
    if settings.authorizer == "cognito":
        checks: dict[str, Any] = {"type": "COGNITO_USER_POOLS", "provider_arns": list(settings.user_pool_arns)}
        pools = apigateway.Authorizer(
            name, name=f"{context.environment.prefix}-user-pools", rest_api=api.id, opts=child, **checks
        )
        return Authorization(kind="COGNITO_USER_POOLS", authorizer_id=pools.id, checks=checks)
    if settings.authorizer == "lambda" and settings.function_arn:
        environment, arn = context.environment, settings.function_arn
        checks = {
            "type": "TOKEN",
            "authorizer_uri": environment.arn(
                "apigateway", f"path/2015-03-31/functions/{arn}/invocations", account="lambda"
            ),
            "authorizer_result_ttl_in_seconds": CACHE_SECONDS,
        }
        function = apigateway.Authorizer(
            name, name=f"{context.environment.prefix}-function", rest_api=api.id, opts=child, **checks
        )
        lambda_.Permission(
            name,
            function=arn,
            action="lambda:InvokeFunction",
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.format("{0}/authorizers/{1}", api.execution_arn, function.id),
            source_account=context.environment.account_id,
            opts=child,
        )
        return Authorization(kind="CUSTOM", authorizer_id=function.id, checks=checks)
    return Authorization()
