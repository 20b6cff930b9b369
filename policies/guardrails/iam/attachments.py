"""Which policies an identity has: inline, attached by a resource of their own, or listed on the role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from guardrails.iam.document import Document, MalformedPolicyError
from guardrails.iam.sources import (
    GROUP,
    GROUP_POLICY,
    POLICY,
    ROLE,
    ROLE_POLICY,
    USER,
    USER_POLICY,
    Source,
    identity_sources,
)
from guardrails.model.resource import Resource, Stack, origins, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError, Unknown

ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
GROUP_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
ANY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
ROLE_ATTACHMENTS_EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
USER_ATTACHMENTS_EXCLUSIVE = "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive"
GROUP_ATTACHMENTS_EXCLUSIVE = "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive"
ROLE_POLICIES_EXCLUSIVE = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"

_ARNS = {
    ROLE: "managedPolicyArns",
    ROLE_ATTACHMENT: "policyArn",
    USER_ATTACHMENT: "policyArn",
    GROUP_ATTACHMENT: "policyArn",
    ANY_ATTACHMENT: "policyArn",
    ROLE_ATTACHMENTS_EXCLUSIVE: "policyArns",
    USER_ATTACHMENTS_EXCLUSIVE: "policyArns",
    GROUP_ATTACHMENTS_EXCLUSIVE: "policyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": "managedPolicyArns",
}
"""The property that names managed policies, by type."""

ATTACHMENT_TYPES = tuple(_ARNS)

_INLINE = {ROLE: (ROLE_POLICY, "role"), USER: (USER_POLICY, "user"), GROUP: (GROUP_POLICY, "group")}
_ATTACHED = {
    ROLE: ((ROLE_ATTACHMENT, "role"), (ANY_ATTACHMENT, "roles"), (ROLE_ATTACHMENTS_EXCLUSIVE, "roleName")),
    USER: ((USER_ATTACHMENT, "user"), (ANY_ATTACHMENT, "users"), (USER_ATTACHMENTS_EXCLUSIVE, "userName")),
    GROUP: ((GROUP_ATTACHMENT, "group"), (ANY_ATTACHMENT, "groups"), (GROUP_ATTACHMENTS_EXCLUSIVE, "groupName")),
}


def granting_sources(resource: Resource) -> Iterator[Source]:
    """The documents of `identity_sources` that grant something: those of a policy that is only a boundary don't.

    Raises:
        UndeterminedError: it calls itself a boundary, and the stack, which tells whether it is one, isn't in view yet.
    """
    if resource.type == POLICY and _calls_itself_boundary(resource):
        if resource.stack is None:
            raise UndeterminedError("policy")
        if _is_only_boundary(resource, resource.stack):
            return
    yield from identity_sources(resource)


def _calls_itself_boundary(policy: Resource) -> bool:
    words = (policy.name, *(policy.raw(each) for each in ("name", "path", "description")))
    return any("boundary" in word.lower() for word in words if isinstance(word, str))


@lru_cache(maxsize=64)
def _is_only_boundary(policy: Resource, stack: Stack) -> bool:
    """Whether a role or user has it as its boundary, and nothing attaches it."""
    tail = f":policy{policy.raw('path') or '/'}{policy.raw('name') or policy.outputs.get('name')}"

    def is_named(resource: Resource, path: str) -> bool:
        """Whether a property holds the policy's ARN: as it is, built from the policy's name, or not known yet."""
        return any(
            policy.urn in origins(resource, path) if value is UNKNOWN else str(value).endswith(tail)
            for value in values_at(resource, path)
        )

    bounded = any(is_named(each, "permissionsBoundary") for each in stack.of_type(ROLE, USER))
    return bounded and not any(is_named(each, path) for type_, path in _ARNS.items() for each in stack.of_type(type_))


def policy_arns(resource: Resource) -> Iterator[tuple[str, object]]:
    """Each managed policy that the resource names: its path, and its ARN or `Unknown`."""
    path = _ARNS[resource.type]
    value = resource.raw(path)
    if isinstance(value, list):
        yield from ((f"{path}[{index}]", each) for index, each in enumerate(value))
    elif value is not None:
        yield path, value


def attached_managed_policies(resource: Resource) -> Iterator[tuple[str, str | UndeterminedError]]:
    """Each AWS managed policy that the resource attaches: its path, and its name without path.

    An ARN that is still unknown is none when it comes from a policy of this stack.
    """
    for path, arn in policy_arns(resource):
        if isinstance(arn, Unknown):
            try:
                resource.refers_to(path, (POLICY,))
            except UndeterminedError as unknown:
                yield path, unknown
        elif isinstance(arn, str):
            found = re.fullmatch(r"arn:[^:]+:iam::aws:policy/(?:.*/)?([^/]+)", arn)
            if found:
                yield path, found[1]


def documents_of(identity: Resource, stack: Stack) -> Iterator[Document | UndeterminedError]:
    """Every document of a role, user or group that the stack knows.

    AWS managed policies are not among them. Malformed documents are left out; the control on documents reports them.
    """
    inline, name = _INLINE[identity.type]
    holders = [identity] if identity.type == ROLE else []
    holders += stack.referrers(identity, (inline,), name)
    attaching = [identity] if identity.type == ROLE else []
    for type_, property_ in _ATTACHED[identity.type]:
        attaching += stack.referrers(identity, (type_,), property_)
    for attachment in attaching:
        for path, _ in policy_arns(attachment):
            try:
                policy = stack.referred(attachment, path, (POLICY,))
            except UndeterminedError as unknown:
                yield unknown
                continue
            if policy is not None and policy not in holders:
                holders.append(policy)
    for holder in holders:
        for source in identity_sources(holder):
            try:
                yield source.document
            except UndeterminedError as unknown:
                yield unknown
            except MalformedPolicyError:
                continue
