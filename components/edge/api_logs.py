"""What the API gateway writes down of a request, and the role that it does so with."""

from __future__ import annotations

import json

import pulumi
from pulumi_aws import apigateway, cloudwatch

from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.log_group import audit_log_group, log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs

FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "protocol": "$context.protocol",
    "sourceIp": "$context.identity.sourceIp",
    "responseBytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "serviceStatus": "$context.integration.status",
    "serviceMilliseconds": "$context.integration.latency",
    "error": "$context.error.responseType",
    "firewall": "$context.waf.status",
    "trace": "$context.xrayTraceId",
}
"""Field -> what it holds. The route is the pattern, not the path: paths and queries name people."""
FORMAT = json.dumps(FIELDS)
WRITE = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
READ = ["logs:FilterLogEvents", "logs:GetLogEvents"]


def access_logs(name: str, context: StackContext, parent: pulumi.Resource) -> cloudwatch.LogGroup:
    """The log group of what was asked for."""
    prefix = context.environment.prefix
    tags = context.environment.tags(component="ingress", data_class="confidential")
    return audit_log_group(f"{name}-access", context, f"/aws/apigateway/{prefix}", tags("api-access"), parent)


def error_logs(
    name: str, context: StackContext, api: apigateway.RestApi, stage: str, parent: pulumi.Resource
) -> cloudwatch.LogGroup:
    """The log group of what went wrong in the gateway, made before API Gateway would make it, without key and end."""
    tags = context.environment.tags(component="ingress", data_class="confidential")
    path = pulumi.Output.format("API-Gateway-Execution-Logs_{0}/{1}", api.id, stage)
    return log_group(f"{name}-errors", context, path, tags("api-errors"), parent)


def account_role(name: str, context: StackContext, parent: pulumi.Resource) -> apigateway.Account:
    """The role with which API Gateway logs for every API of the account and Region.

    AWS tries it out when it is set, on a log group of its own, ``/aws/apigateway/welcome``.
    """
    environment = context.environment
    groups = [
        environment.arn("logs", f"log-group:{group}{part}")
        for group in ("/aws/apigateway/*", "API-Gateway-Execution-Logs_*")
        for part in ("", ":log-stream:*")
    ]
    role = ServiceRole(
        f"{name}-logging",
        ServiceRoleArgs(
            environment=environment,
            service="apigateway.amazonaws.com",
            description="API Gateway writes its logs",
            statements=[
                Statement(sid="WriteLogs", actions=[*WRITE, *READ], resources=groups),
                Statement(
                    sid="FindLogGroups",
                    actions=["logs:DescribeLogGroups"],
                    resources=[ANY],
                    allow_any="it lists log groups, and takes no narrower resource",
                ),
            ],
            tags=environment.tags(component="ingress", data_class="internal")("api-logging"),
            names_source=False,
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    return apigateway.Account(name, cloudwatch_role_arn=role.arn, opts=pulumi.ResourceOptions(parent=parent))
