"""The API's rules: the authoriser has what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings

NEEDS = {"user_pool_arns": "cognito", "function_arn": "lambda"}
"""Setting -> the authoriser that uses it."""


@rule
def authorizer_is_complete(settings: Settings) -> Iterator[Finding]:
    """It has what it needs, and nothing that another kind would need."""
    api = settings.api
    for field, kind in NEEDS.items():
        value = getattr(api, field)
        reads = (("api", "authorizer"),)
        if api.authorizer == kind and not value:
            yield Finding(("api", field), f"nothing, but authorizer is {kind}", "at least one ARN", reads)
        if api.authorizer != kind and value:
            yield Finding(("api", field), f"authorizer is {api.authorizer}", f"none, or authorizer: {kind}", reads)


@rule
def own_account_authorises(settings: Settings) -> Iterator[Finding]:
    """User pools and functions are this account's, in its Region."""
    api = settings.api
    for field, arns in {"user_pool_arns": api.user_pool_arns, "function_arn": filter(None, [api.function_arn])}.items():
        for arn in arns:
            region, account = arn.split(":")[3:5]
            if account != settings.account.id:
                what = f"{arn} is of another account"
                yield Finding(("api", field), what, f"ARNs of account {settings.account.id}", (("account", "id"),))
            elif region != settings.account.region:
                what = f"{arn} is in another Region"
                yield Finding(("api", field), what, f"ARNs of {settings.account.region}", (("account", "region"),))
