"""ElastiCache subnets, security groups and users."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import data_access, network_boundary
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.firewall_syntax import DEFAULT_SECURITY_GROUP, SECURITY_GROUP
from guardrails.network.placement import not_in_public_subnets
from guardrails.services.caches import CACHES, SERVERLESS, is_member

_SUBNETS = (
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:memorydb/subnetGroup:SubnetGroup",
    "aws:ec2/subnet:Subnet",
)
_USERS = ("aws:elasticache/user:User", "aws:memorydb/user:User")
_MEMBERS = {
    "aws:elasticache/userGroup:UserGroup": "userIds",
    "aws:elasticache/userGroupAssociation:UserGroupAssociation": "userId",
    "aws:memorydb/acl:Acl": "userNames",
}
"""Where a group of users names them."""
_EVERY_KEY = frozenset({"~*", "%rw~*", "%wr~*", "allkeys"})
_EVERY_COMMAND = frozenset({"+@all", "allcommands"})


@control(
    id="LP-ELASTICACHE-001",
    title="Caches are not in the default subnet group",
    why="It holds the default VPC's subnets, which are public.",
    fix="Set subnetGroupName to a subnet group of private subnets (serverless: subnetIds).",
    severity=Severity.MEDIUM,
    types=CACHES,
    references=network_boundary(checkov=("CKV_AWS_323",), security_hub=("ElastiCache.7",)),
)
def cache_has_subnets_of_its_own(cache: Resource, _: Context) -> Findings:
    if is_member(cache) and not cache.has("subnetGroupName"):
        return
    path = "subnetIds" if cache.type == SERVERLESS else "subnetGroupName"
    value = cache.raw(path)
    if value is UNKNOWN:
        cache.refers_to(path, _SUBNETS)
    elif not value or value == "default":
        yield Violation("it is in the default subnets", path)


@control(
    id="LP-ELASTICACHE-002",
    title="Cache users have authentication and a limited access string",
    why="A service that needs a few keys can then wipe or read all of them, and so can whoever finds the port.",
    fix="Name keys and commands in accessString (on ~orders:* -@all +@read +@write) and set authenticationMode to iam "
    "or password; put a user of your own, named default and off, in place of AWS's default.",
    severity=Severity.HIGH,
    types=(*_USERS, *_MEMBERS),
    references=data_access(),
)
def cache_users_are_limited(resource: Resource, _: Context) -> Findings:
    if resource.type in _MEMBERS:
        yield from _built_in_user(resource, _MEMBERS[resource.type])
        return
    access = resource.raw("accessString")
    if access is UNKNOWN:
        yield UndeterminedError("accessString")
    root, selectors = _parts("on" if access is UNKNOWN else str(access or ""))
    if not _is_on(root):
        return
    if any(map(_allows_everything, (root, *selectors))):
        yield Violation("it may run every command on every key", "accessString")
    if "nopass" in root:
        yield Violation("it needs no password", "accessString")
    yield from each(_PASSWORDLESS, lambda path: _needs_no_password(resource, path))


_PASSWORDLESS = {"noPasswordRequired": True, "authenticationMode.type": "no-password-required"}


def _needs_no_password(user: Resource, path: str) -> Findings:
    if user.get(path) == _PASSWORDLESS[path]:
        yield Violation("it needs no password", path)


def _built_in_user(group: Resource, path: str) -> Findings:
    """AWS's own user ``default`` is ``on ~* +@all`` without a password; users of the stack have ids of their own."""
    values = values_at(group, path)
    if "default" in values:
        yield Violation("AWS's own user default needs no password and may do everything", path)
    if UNKNOWN in values:
        group.refers_to(path, _USERS)


def _parts(access: str) -> tuple[list[str], list[list[str]]]:
    """The words of an access string, and of each selector in parentheses, which grants for itself."""
    text = access.lower()
    return re.sub(r"\([^)]*\)", " ", text).split(), [each.split() for each in re.findall(r"\(([^)]*)\)", text)]


def _is_on(words: Sequence[str]) -> bool:
    return next((word for word in reversed(words) if word in {"on", "off"}), "off") == "on"


def _allows_everything(words: Sequence[str]) -> bool:
    """Whether it ends with all commands, none of which is taken away again, on all keys."""
    commands = keys = False
    for word in words:
        if word in _EVERY_COMMAND:
            commands = True
        elif word.startswith("-") or word == "nocommands":
            commands = False
        elif word in _EVERY_KEY:
            keys = True
        elif word == "resetkeys":
            keys = False
    return commands and keys


@control(
    id="LP-ELASTICACHE-003",
    title="Caches have a security group of their own",
    why="Without one they are in the VPC's default group, together with whatever else nobody gave a group.",
    fix="Set securityGroupIds to a group that admits the services that use the cache; LP-SG-007 judges its rules.",
    severity=Severity.MEDIUM,
    types=CACHES,
    scope=Scope.STACK,
    references=network_boundary(),
)
def cache_has_security_group(cache: Resource, context: Context) -> Findings:
    path = "securityGroupIds"
    if is_member(cache) and not cache.has(path):
        return
    groups = all_named(context.everything, cache, path, (SECURITY_GROUP, DEFAULT_SECURITY_GROUP))
    values = values_at(cache, path)
    if not values:
        yield Violation("none is named", path)
    if any(group.type == DEFAULT_SECURITY_GROUP for group in groups):
        yield Violation("it is in the default group", path)
    if UNKNOWN in values and not groups:
        yield UndeterminedError(path)


@control(
    id="LP-ELASTICACHE-004",
    title="Caches are in subnets without a route to an internet gateway",
    why="A cache has no reason to reach the internet, nor anybody there to reach it.",
    fix="Give the subnet group (serverless: subnetIds) subnets whose route table leads to no internet gateway.",
    severity=Severity.MEDIUM,
    types=(
        "aws:dax/subnetGroup:SubnetGroup",
        "aws:elasticache/subnetGroup:SubnetGroup",
        "aws:memorydb/subnetGroup:SubnetGroup",
        SERVERLESS,
    ),
    scope=Scope.STACK,
    references=network_boundary(),
)
def caches_are_in_closed_subnets(resource: Resource, context: Context) -> Findings:
    if resource.has("subnetIds"):  # LP-ELASTICACHE-001 sees to the others
        yield from not_in_public_subnets(resource, context, "subnetIds")
