"""The section ``api``: the API gateway: who may call, how often, how long a call may take."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

Authorizer = Literal["none", "iam", "cognito", "lambda"]
VpcLinkVersion = Literal["v2", "v1"]
LARGEST_RATE, LARGEST_BURST = 10_000, 5_000
"""Requests a second, and at once: an account's quota in most Regions; in others it is 2,500 and 1,250 until AWS
raises it."""
QUOTAS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"
ARN = "arn:aws:{0}:REGION:123456789012:{1}"
PoolArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[\w-]+_[0-9A-Za-z]+$")
]
FunctionArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[\w-]{1,64}$")
]


class Throttle(Section):
    """How many requests the whole API takes; more are answered with 429."""

    rate: int = setting(
        2000,
        "requests in the long run",
        About(unit="requests a second", valid=f"1 to {LARGEST_RATE}, an account's quota", source=QUOTAS),
        ge=1,
        le=LARGEST_RATE,
    )
    burst: int = setting(
        1000,
        "requests at once",
        About(unit="requests", valid=f"1 to {LARGEST_BURST}, an account's quota", source=QUOTAS),
        ge=1,
        le=LARGEST_BURST,
    )


class Api(Section):
    """The regional REST API between CloudFront and the load balancer."""

    authorizer: Authorizer = setting(
        "none",
        "who checks the caller besides the services: nobody, IAM signatures, a Cognito user pool, a function",
        one_of(get_args(Authorizer)),
    )
    user_pool_arns: tuple[PoolArn, ...] = setting(
        (),
        "user pools whose tokens are taken",
        About(valid=f"with authorizer: cognito, such as {ARN.format('cognito-idp', 'userpool/ID')}"),
        max_length=1000,
    )
    function_arn: FunctionArn | None = setting(
        None,
        "the function that checks the Authorization header",
        About(valid=f"with authorizer: lambda, such as {ARN.format('lambda', 'function:NAME')}"),
    )
    vpc_link: VpcLinkVersion = setting(
        "v2",
        "the way to the load balancer; v1, by a Network Load Balancer, where the Region has no VPC links V2",
        About(
            valid="v2, v1",
            choices=get_args(VpcLinkVersion),
            source="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html",
        ),
    )
    throttle: Throttle = Throttle()
    timeout_seconds: int = setting(
        29,
        "how long a service may take to answer",
        About(unit="seconds", valid="1 to 29"),
        ge=1,
        le=29,
    )
    account_logging_role: bool = switch(
        "the role that API Gateway logs with is set for the account and Region; one stack of an account does so",
        on=True,
    )
