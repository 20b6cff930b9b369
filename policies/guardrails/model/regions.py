"""Where a resource lies, and whether that is permitted."""

from __future__ import annotations

import json
import re
from typing import Any

from aws_facts.regions import GLOBAL_REGION
from guardrails.model.arn import is_region, parse_arn
from guardrails.model.control import Context
from guardrails.model.resource import Resource, origins
from guardrails.model.values import UNKNOWN, UndeterminedError


def region_of(resource: Resource) -> str | None:
    """The region that a resource is created in: its own argument, else its provider's; None when neither is set.

    Raises:
        UndeterminedError: the region is not known yet.
    """
    own = resource.get("region")
    if own:
        return str(own)
    if resource.provider is None:
        return None
    region = resource.provider.raw("region")
    if region is UNKNOWN:
        raise UndeterminedError("region")
    return region or None


def allows_region(region: str, resource_type: str, context: Context) -> bool:
    """Whether a resource of this type may lie in the region."""
    if region in context.parameters["allowedRegions"]:
        return True
    return region == GLOBAL_REGION and resource_type in context.parameters["globalExceptions"]


def foreign_region(region: str, context: Context) -> str:
    """The words for a region that is not permitted."""
    return f"region {region} is not one of {', '.join(context.parameters['allowedRegions'])}"


def provider_value(provider: Resource, path: str) -> Any:
    """A setting of a provider; the engine hands lists, objects and booleans over as JSON text.

    Raises:
        UndeterminedError: it is not known yet.
    """
    value = provider.known(path)
    if isinstance(value, str) and value[:1] in ("[", "{", "t", "f"):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def trusted_accounts(resource: Resource, context: Context) -> set[str]:
    """The accounts that the provider is pinned to and those that the operator allows; empty when neither is said."""
    own: Any = None
    if resource.provider is not None:
        try:
            own = provider_value(resource.provider, "allowedAccountIds")
        except UndeterminedError:
            own = None
    pinned = {str(account) for account in own} if isinstance(own, list) else set[str]()
    return pinned | set(context.parameters["allowedAccounts"])


def why_not_kept(value: str, resource: Resource, context: Context) -> str:
    """Why data sent to what an ARN, a region's name or an account's id stands for leaves the permitted ones.

    Any other text, such as an identifier, names something of the resource's own region and account.
    """
    arn = parse_arn(value)
    region = arn.region if arn else value if is_region(value) else ""
    if region and region != "*" and region not in context.parameters["allowedRegions"]:
        return foreign_region(region, context)
    account = arn.account if arn else value
    trusted = trusted_accounts(resource, context)
    if re.fullmatch(r"\d{12}", account) and trusted and account not in trusted:
        return f"account {account} is not an allowed one"
    return ""


def comes_from_aws(resource: Resource, path: str) -> bool:
    """Whether the unknown value at ``path`` comes from an AWS resource of the stack, and so lies where that lies."""
    if resource.stack is None:
        return False
    found = [resource.stack.by_urn.get(urn) for urn in origins(resource, path)]
    return any(origin is not None and origin.type.startswith("aws:") for origin in found)
