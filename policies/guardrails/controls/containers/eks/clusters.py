"""EKS clusters: encryption, version, protection and control plane logs."""

from __future__ import annotations

from collections.abc import Iterator

from aws_facts.eks_versions import OLDEST_IN_STANDARD_SUPPORT
from guardrails.controls.management.cloudwatch.logs_and_alarms import LOG_GROUP
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import first_that
from guardrails.model.references import at_rest, continuity, logging
from guardrails.model.resource import Resource, Stack, origins, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.keys import KEY_TYPES
from guardrails.shapes.properties import customer_key

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_ADDON = "aws:eks/addon:Addon"
_KEY = "encryptionConfig.provider.keyArn"
_LOGS = "enabledClusterLogTypes"


@control(
    id="ENC-EKS-001",
    title="Clusters have envelope encryption of Kubernetes secrets",
    why="Whoever gets hold of the cluster's database, or of a backup of it, must not read the secrets in it.",
    fix="Set encryptionConfig with resources [secrets] and provider.keyArn.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    references=at_rest(checkov=("CKV_AWS_58",), security_hub=("EKS.3",)),
)
def secrets_are_encrypted(cluster: Resource, _: Context) -> Findings:
    if not cluster.has(_KEY):
        yield Violation("no key is named", "encryptionConfig")
    elif "secrets" not in cluster.known("encryptionConfig.resources", []):
        yield Violation("secrets are not among what is encrypted", "encryptionConfig.resources")


@control(
    id="ENC-EKS-002",
    title="Keys for envelope encryption are customer managed and rotate",
    why="A key that never rotates turns one leak into a permanent one; one managed by AWS can't be disabled.",
    fix="Name an aws:kms/key:Key with enableKeyRotation in encryptionConfig.provider.keyArn.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    scope=Scope.STACK,
    references=at_rest(),
)
def cluster_key_rotates(cluster: Resource, context: Context) -> Findings:
    """A key made elsewhere is judged where it is made."""
    if not cluster.has(_KEY):
        return  # ENC-EKS-001
    yield from customer_key(cluster, _KEY, context)
    key = context.everything.referred(cluster, _KEY, KEY_TYPES)
    if key and key.type == "aws:kms/alias:Alias":
        key = context.everything.referred(key, "targetKeyId", KEY_TYPES)
    if key and key.type == "aws:kms/key:Key" and not key.get("enableKeyRotation"):
        yield Violation(f"key {key.name} doesn't rotate", _KEY)
    elif key and key.type in {"aws:kms/externalKey:ExternalKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"}:
        yield Violation(f"key {key.name} has imported material and can't rotate", _KEY)


@control(
    id="RSL-EKS-001",
    title="Clusters run a Kubernetes version in standard support",
    why="A version past standard support costs six times as much, and a year later AWS upgrades it when it likes.",
    fix="Set version to minimumVersion or later.",
    severity=Severity.MEDIUM,
    types=(CLUSTER, NODE_GROUP),
    parameters={
        "minimumVersion": {
            "type": "string",
            "pattern": r"^1\.\d+$",
            "default": OLDEST_IN_STANDARD_SUPPORT,
            "description": "The oldest version of Kubernetes that may run.",
        }
    },
    references=References(checkov=("CKV_AWS_339",), security_hub=("EKS.2",), soc2=("CC7.1",), iso27001=("A.8.8",)),
)
def version_is_supported(resource: Resource, context: Context) -> Findings:
    """A node group that names no version has its cluster's."""
    version, least = resource.get("version"), context.parameters["minimumVersion"]
    if version is None and resource.type == CLUSTER:
        yield Violation("not set, so the day of its creation decides", "version")
    elif version is not None and _number(str(version)) < _number(least):
        yield Violation(f"{version}, expected {least} or later", "version")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


@control(
    id="RSL-EKS-002",
    title="Clusters have deletion protection and zonal shift",
    why="Deleting a cluster ends everything that runs on it; without zonal shift, traffic goes on to a failing one.",
    fix="Set deletionProtection to true and zonalShiftConfig.enabled to true.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(CLUSTER,),
    parameters={
        name: {"type": "boolean", "default": True, "description": f"Whether {what} must be on."}
        for name, what in (("deletionProtection", "deletion protection"), ("zonalShift", "zonal shift"))
    },
    references=continuity(),
)
def cluster_is_protected(cluster: Resource, context: Context) -> Findings:
    for switch, path in (("deletionProtection", "deletionProtection"), ("zonalShift", "zonalShiftConfig.enabled")):
        if not context.parameters[switch]:
            continue
        if cluster.raw(path) is UNKNOWN:
            yield UndeterminedError(path)
        elif not cluster.get(path):
            yield Violation("it is off", path)


@control(
    id="RSL-EKS-005",
    title="Add-on versions are pinned",
    why="Otherwise the day of an update decides what runs in the cluster, and two stacks differ.",
    fix="Set addonVersion.",
    severity=Severity.LOW,
    types=(_ADDON,),
    references=References(soc2=("CC8.1",), iso27001=("A.8.9", "A.8.32")),
)
def addon_is_pinned(addon: Resource, _: Context) -> Findings:
    if not addon.get("addonVersion"):
        yield Violation("not set, so AWS picks a version", "addonVersion")


@control(
    id="RSL-EKS-006",
    title="Clusters have all control plane logs enabled",
    why="They show who did what in the cluster; what was not logged can't be found out later.",
    fix="Set enabledClusterLogTypes to api, audit, authenticator, controllerManager and scheduler.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    parameters={
        "logs": {
            "type": "array",
            "items": {"type": "string", "enum": ["api", "audit", "authenticator", "controllerManager", "scheduler"]},
            "default": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
            "description": "The logs that must be on.",
        }
    },
    references=logging(checkov=("CKV_AWS_37",), security_hub=("EKS.8",), indonesia=("UU PDP 39",)),
)
def control_plane_is_logged(cluster: Resource, context: Context) -> Findings:
    cluster.known(_LOGS)
    enabled = values_at(cluster, _LOGS)
    missing = [each for each in context.parameters["logs"] if each not in enabled]
    if missing:
        yield Violation(f"not logged: {', '.join(missing)}", _LOGS)


@control(
    id="RSL-EKS-007",
    title="Control plane log groups are encrypted and have a retention period",
    why="EKS makes the log group itself when there is none: without a key of our own, and kept for ever.",
    fix="Add an aws:cloudwatch/logGroup:LogGroup /aws/eks/NAME/cluster with kmsKeyId and retentionInDays, before the "
    "cluster.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    scope=Scope.STACK,
    references=logging(),
)
def log_group_is_ready(cluster: Resource, context: Context) -> Findings:
    if not cluster.get(_LOGS):
        return  # RSL-EKS-006
    group = first_that(_candidates(cluster, context.everything), lambda each: _is_for(each, cluster))
    if group is None:
        yield Violation("no log group of this stack has its name", "name")
        return
    for path, fault in (("kmsKeyId", "has no key"), ("retentionInDays", "keeps logs for ever")):
        if not group.has(path):
            yield Violation(f"log group {group.name} {fault}", "name")


def _candidates(cluster: Resource, stack: Stack) -> Iterator[Resource]:
    """The log groups of the stack, those that take their name from the cluster first."""
    groups = stack.of_type(LOG_GROUP)
    yield from sorted(groups, key=lambda group: cluster.urn not in origins(group, "name"))


def _is_for(group: Resource, cluster: Resource) -> bool:
    if group.raw("name") is UNKNOWN and cluster.urn in origins(group, "name"):
        return True
    name = cluster.get("name") or cluster.outputs.get("name") or UNKNOWN
    if group.get("name") is None:
        return False
    if name is UNKNOWN:
        raise UndeterminedError("name")
    return group.get("name") == f"/aws/eks/{name}/cluster"
