"""EKS clusters: API server endpoints and access entries."""

from __future__ import annotations

from fnmatch import fnmatchcase

from guardrails.controls.containers.eks.clusters import CLUSTER, NODE_GROUP
from guardrails.iam.sources import ROLE
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import network_boundary, privileged_access
from guardrails.model.resource import Resource, paths_at, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.addresses import is_wide, parse_network
from guardrails.services.kubernetes import objects, types_of
from guardrails.shapes.properties import require_value

_ENTRY = "aws:eks/accessEntry:AccessEntry"
_ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_PUBLIC = "vpcConfig.endpointPublicAccess"
_CIDRS = "vpcConfig.publicAccessCidrs"
_CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
_MASTERS = "system:masters"

require_value(
    _PUBLIC,
    (False,),
    default=True,
    id="LP-EKS-001",
    title="Clusters have no public API server endpoint",
    why="Whoever can reach the API can try stolen credentials, and the next flaw in it.",
    fix="Set vpcConfig.endpointPublicAccess to false, and reach the API from the VPC.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(CLUSTER,),
    references=network_boundary(checkov=("CKV_AWS_39",), security_hub=("EKS.1",)),
)


@control(
    id="LP-EKS-002",
    title="Public API server endpoints are not open to the whole internet",
    why="Whoever can reach the API can try stolen credentials, and the next flaw in it.",
    fix="List the addresses that are meant in vpcConfig.publicAccessCidrs, or set endpointPublicAccess to false.",
    severity=Severity.CRITICAL,
    types=(CLUSTER,),
    references=network_boundary(checkov=("CKV_AWS_38",), security_hub=("EKS.1",)),
)
def api_is_not_open(cluster: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        network = parse_network(cluster.get(path))
        if network and is_wide(network):
            yield Violation(f"{network} is as good as the whole internet", path)

    if not cluster.get(_PUBLIC, default=True):
        return
    if not cluster.get(_CIDRS):
        yield Violation("not set, which means 0.0.0.0/0", _CIDRS)
    yield from each(paths_at(cluster, f"{_CIDRS}[*]"), judge)


require_value(
    "vpcConfig.endpointPrivateAccess",
    (True,),
    default=False,
    when=lambda cluster: not cluster.has("outpostConfig"),  # on an Outpost there is no other
    id="LP-EKS-003",
    title="Clusters have a private API server endpoint",
    why="Without a private endpoint, nodes talk to their control plane over the internet.",
    fix="Set vpcConfig.endpointPrivateAccess to true.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    references=network_boundary(),
)


@control(
    id="LP-EKS-004",
    title="Node groups allow no SSH from the internet",
    why="With a key and no group named, EKS opens port 22 of every node to everybody.",
    fix="Remove remoteAccess and use Session Manager, or set remoteAccess.sourceSecurityGroupIds.",
    severity=Severity.HIGH,
    types=(NODE_GROUP,),
    references=network_boundary(checkov=("CKV_AWS_100",)),
)
def nodes_have_no_open_ssh(group: Resource, _: Context) -> Findings:
    path = "remoteAccess.sourceSecurityGroupIds"
    if group.get("remoteAccess") and group.has("remoteAccess.ec2SshKey") and not group.get(path):
        yield Violation("port 22 is open to everybody", path)


@control(
    id="LP-EKS-005",
    title="Clusters grant access by access entries",
    why="The config map aws-auth is changed from inside the cluster, past AWS's permissions and CloudTrail.",
    fix="Set accessConfig.authenticationMode to API.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    parameters={
        "modes": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string", "enum": ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"]},
            "default": ["API"],
            "description": "The permitted modes; API_AND_CONFIG_MAP is a step on the way to API.",
        }
    },
    references=privileged_access(),
)
def access_is_by_entries(cluster: Resource, context: Context) -> Findings:
    path = "accessConfig.authenticationMode"
    mode, modes = cluster.get(path), context.parameters["modes"]
    if (mode or "CONFIG_MAP") not in modes:
        yield Violation(f"{mode or 'not set, which means CONFIG_MAP'}, expected {' or '.join(modes)}", path)


require_value(
    "accessConfig.bootstrapClusterCreatorAdminPermissions",
    (False,),
    default=True,
    id="LP-EKS-006",
    title="Clusters grant their creator no bootstrap administrator permissions",
    why="A grant that no access entry shows: it is forgotten, and belongs to the role of the deployment.",
    fix="Set accessConfig.bootstrapClusterCreatorAdminPermissions to false, and add access entries. (With "
    "pulumi-eks: by a transform of the cluster.)",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(CLUSTER,),
    references=privileged_access(),
)


@control(
    id="LP-EKS-007",
    title="Cluster administrators are named principals",
    why="An administrator of a cluster reads every secret in it and acts with every role of its pods.",
    fix="Set accessScope.type to namespace with namespaces, or list the principal in breakGlassPrincipals.",
    severity=Severity.HIGH,
    types=(_ASSOCIATION,),
    parameters={
        "breakGlassPrincipals": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "The ARNs, with * for any characters, that may have AmazonEKSClusterAdminPolicy.",
        },
        "clusterScopedPolicies": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": ["AmazonEKSAuto*", "AmazonEKSBlockStorage*", "AmazonEKSCompute*", "AmazonEKSNetworking*"],
            "description": "Other policies that may hold for a whole cluster, with * for any characters.",
        },
    },
    references=privileged_access(),
)
def cluster_administrators_are_named(association: Resource, context: Context) -> Findings:
    policy = str(association.get("policyArn", "")).rpartition("/")[2]
    if policy == _CLUSTER_ADMIN:
        if not _is_break_glass(association, context):
            yield Violation(f"{policy} for a principal that is not one of breakGlassPrincipals", "principalArn")
        return
    if any(fnmatchcase(policy, pattern) for pattern in context.parameters["clusterScopedPolicies"]):
        return
    if association.get("accessScope.type", "cluster") != "namespace":
        yield Violation(f"{policy} holds for the whole cluster", "accessScope.type")
    for path in paths_at(association, "accessScope.namespaces[*]"):
        if not str(association.get(path)).strip("*"):
            yield Violation(f"{policy} holds for every namespace", path)


def _is_break_glass(association: Resource, context: Context) -> bool:
    """By the ARN; by the name of the role, where the ARN of one of this stack is not known yet."""
    patterns, path = context.parameters["breakGlassPrincipals"], "principalArn"
    if association.raw(path) is not UNKNOWN:
        return any(fnmatchcase(association.get(path, ""), pattern) for pattern in patterns)
    if context.stack is None:
        raise UndeterminedError(path)
    role = context.stack.referred(association, path, (ROLE,))
    name = role.get("name") if role else None
    if not name:
        raise UndeterminedError(path)
    return any(fnmatchcase(str(name), pattern.rpartition("/")[2]) for pattern in patterns)


@control(
    id="LP-EKS-008",
    title="No principal is mapped to system:masters",
    why="That group passes every check of the cluster, and nothing inside the cluster can take it away.",
    fix="Use an access policy association, or a group of one's own with a role binding.",
    severity=Severity.HIGH,
    types=(_ENTRY, *types_of("ConfigMap")),
    references=privileged_access(),
)
def nobody_is_master(resource: Resource, _: Context) -> Findings:
    """By an access entry, or by the config map aws-auth."""
    if resource.type == _ENTRY:
        if _MASTERS in values_at(resource, "kubernetesGroups"):
            yield Violation(f"it is in {_MASTERS}", "kubernetesGroups")
        resource.known("kubernetesGroups")
        return
    for config in objects(resource, ("ConfigMap",)):
        if config.raw("metadata.name") != "aws-auth":
            continue
        for path in ("data.mapRoles", "data.mapUsers", "data.mapAccounts"):
            if config.raw(path) is UNKNOWN:
                yield UndeterminedError(config.at(path))
            elif _MASTERS in str(config.get(path, "")):
                yield Violation(f"it maps to {_MASTERS}", config.at(path))
