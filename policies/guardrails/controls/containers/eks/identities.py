"""IAM roles of nodes and of service accounts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from guardrails.controls.containers.eks.clusters import NODE_GROUP
from guardrails.iam.attachments import ATTACHMENT_TYPES, attached_managed_policies
from guardrails.iam.sources import ROLE
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import privileged_access
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.kubernetes import all_objects, objects, types_of

_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ADDON = "aws:eks/addon:Addon"
_IRSA = 'metadata.annotations["eks.amazonaws.com/role-arn"]'
_NODE_ROLES = {
    NODE_GROUP: "nodeRoleArn",
    "aws:eks/cluster:Cluster": "computeConfig.nodeRoleArn",
    "aws:eks/fargateProfile:FargateProfile": "podExecutionRoleArn",
}
_SUITS_NODES = [
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonSSMManagedInstanceCore",
    "AmazonEKSFargatePodExecutionRolePolicy",
]


@control(
    id="LP-EKS-010",
    title="Node roles have no more permissions than nodes need",
    why="Every pod that gets at its node's role can do whatever that role may.",
    fix="Attach only allowedPolicies to the role of nodes, and give pods and add-ons roles of their own.",
    severity=Severity.HIGH,
    types=tuple(kind for kind in ATTACHMENT_TYPES if kind.startswith("aws:iam/")),
    scope=Scope.STACK,
    parameters={
        "allowedPolicies": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": _SUITS_NODES,
            "description": "The names of the AWS managed policies that the role of nodes may have.",
        }
    },
    references=privileged_access(),
)
def nodes_have_node_policies(attachment: Resource, context: Context) -> Findings:
    """Policies that the stack writes itself are judged by what they allow, as everybody's (LP-IAM)."""
    allowed = context.parameters["allowedPolicies"]
    foreign = [
        (path, name)
        for path, name in attached_managed_policies(attachment)
        if isinstance(name, UndeterminedError) or name not in allowed
    ]
    if foreign and _is_for_nodes(attachment, context.everything):
        for path, name in foreign:
            yield name if isinstance(name, UndeterminedError) else Violation(f"{name} is not for nodes", path)


def _is_for_nodes(attachment: Resource, stack: Stack) -> bool:
    """Whether any role that gets the policies is one of nodes, as far as is known."""
    if attachment.type == ROLE:
        roles = [attachment]
    else:
        names = [name for name in ("role", "roles", "roleName") if attachment.has(name)]
        roles = [role for name in names for role in all_named(stack, attachment, name, (ROLE,))]
    return any(role.urn in stack.once(_node_roles) for role in roles)


def _node_roles(stack: Stack) -> frozenset[str]:
    found = (
        all_named(stack, resource, path, (ROLE,))
        for kind, path in _NODE_ROLES.items()
        for resource in stack.of_type(kind)
    )
    return frozenset(role.urn for roles in found for role in roles)


_OF_EMR = re.compile(r"emr-containers-sa-spark-(client|driver|executor)-(?=\d{12}-)")
"""How EMR begins the names of the three service accounts that it makes for one role: they are one program's."""


class _Use(NamedTuple):
    """A service account that acts with a role: its namespace and name, and where that is said."""

    account: str
    resource: Resource
    path: str


@control(
    id="LP-EKS-011",
    title="Each service account has a role of its own",
    why="A role that several share may do what any of them needs; and with the node's role, so may every pod there.",
    fix="Create a role per service account, and an aws:eks/podIdentityAssociation:PodIdentityAssociation for it.",
    severity=Severity.MEDIUM,
    types=(_ASSOCIATION, _ADDON, *types_of("ServiceAccount")),
    scope=Scope.STACK,
    references=privileged_access(),
)
def role_is_not_shared(resource: Resource, context: Context) -> Findings:
    stack = context.everything
    users = stack.once(_users)

    def judge(use: _Use) -> Findings:
        role = _role(use, stack)
        own = _OF_EMR.sub("", use.account)
        others = sorted(each for each in users.get(role, set()) if _OF_EMR.sub("", each) != own)
        if others:
            yield Violation(f"{', '.join(others[:3])} has the same role", use.path)
        elif role in stack.once(_node_roles):
            yield Violation("it is the role of nodes", use.path)

    yield from each(_uses(resource), judge)


def _users(stack: Stack) -> Mapping[str, set[str]]:
    """The service accounts by the role that they act with."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    holders = {each.resource.urn: each.resource for each in all_objects(stack, "ServiceAccount")}
    for resource in [*stack.of_type(_ASSOCIATION, _ADDON), *holders.values()]:
        try:
            for use in _uses(resource):
                found[_role(use, stack)].add(use.account)
        except UndeterminedError:  # told when that resource itself is judged
            continue
    return found


def _role(use: _Use, stack: Stack) -> str:
    """What a role is told by: its URN when it is of the stack, else its ARN.

    Raises:
        UndeterminedError: it is not known yet, and comes from none or several roles of the stack.
    """
    value = use.resource.raw(use.path)
    found = all_named(stack, use.resource, use.path, (ROLE,))
    if value is not UNKNOWN:
        return found[0].urn if found else str(value)
    unknown = [other.path for other in _uses(use.resource) if _is_beside(other, use)]
    if len(found) != len(unknown):
        raise UndeterminedError(use.path)
    return found[unknown.index(use.path)].urn  # as many roles as places: each has one, whichever


def _is_beside(one: _Use, other: _Use) -> bool:
    """Whether what is said there is not known yet, and comes with the same property as the other."""
    return one.resource.raw(one.path) is UNKNOWN and one.path.partition("[")[0] == other.path.partition("[")[0]


def _uses(resource: Resource) -> Iterator[_Use]:
    if resource.type == _ASSOCIATION:
        account = f"{resource.get('namespace')}/{resource.get('serviceAccount')}"
        yield _Use(account, resource, "roleArn")
    elif resource.type == _ADDON:
        addon = f"add-on {resource.get('addonName')}"
        if resource.has("serviceAccountRoleArn"):
            yield _Use(addon, resource, "serviceAccountRoleArn")
        for index, _ in enumerate(resource.items("podIdentityAssociations")):
            path = f"podIdentityAssociations[{index}]"
            yield _Use(f"{addon}/{resource.get(f'{path}.serviceAccount')}", resource, f"{path}.roleArn")
    else:
        for account in objects(resource, ("ServiceAccount",)):
            if account.has(_IRSA):
                name = f"{account.get('metadata.namespace', 'default')}/{account.name}"
                yield _Use(name, resource, account.at(_IRSA))
