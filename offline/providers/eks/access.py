"""Who gets into a cluster of the EKS package: access entries, and the config map that they replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import yaml

from offline.providers.eks.parts import Inputs, attribute, snake

_NODE: Final = {"username": "system:node:{{EC2PrivateDNSName}}", "groups": ["system:bootstrappers", "system:nodes"]}


def has_config_map(mode: str | None) -> bool:
    """Whether the config map `aws-auth` counts; it does where nothing is said."""
    return mode in {None, "", "CONFIG_MAP", "API_AND_CONFIG_MAP"}


def has_entries(mode: str | None) -> bool:
    """Whether access entries count."""
    return mode in {"API", "API_AND_CONFIG_MAP"}


def access_entries(
    name: str, cluster: aws.eks.Cluster, entries: Mapping[str, Inputs], child: Callable[..., pulumi.ResourceOptions]
) -> list[pulumi.Resource]:
    """An entry for each principal, and in it the policies that are associated with it."""
    made: list[pulumi.Resource] = []
    for key, entry in entries.items():
        created = aws.eks.AccessEntry(
            f"{name}-{key}",
            cluster_name=cluster.name,
            principal_arn=entry["principalArn"],
            type=entry.get("type"),
            kubernetes_groups=entry.get("kubernetesGroups"),
            user_name=entry.get("username"),
            tags=entry.get("tags"),
            opts=child(cluster),
        )
        made.append(created)
        for policy, association in (entry.get("accessPolicies") or {}).items():
            aws.eks.AccessPolicyAssociation(
                f"{name}-{key}-{policy}",
                cluster_name=cluster.name,
                principal_arn=entry["principalArn"],
                policy_arn=association["policyArn"],
                access_scope=snake(association["accessScope"]),
                opts=pulumi.ResourceOptions(parent=created, depends_on=[created]),
            )
    return made


def aws_auth(name: str, roles: Any, given: Inputs, options: pulumi.ResourceOptions) -> kubernetes.core.v1.ConfigMap:
    """The config map: the nodes' roles after those that the program maps, and its users."""
    arns = pulumi.Output.from_input(roles).apply(
        lambda found: pulumi.Output.all(*(attribute(role, "arn") for role in found))
    )
    data: dict[str, Any] = {
        "mapRoles": pulumi.Output.all(given.get("roleMappings") or [], arns).apply(
            lambda known: _lines("rolearn", "roleArn", [*known[0], *({"roleArn": arn, **_NODE} for arn in known[1])])
        )
    }
    if given.get("userMappings"):
        users = pulumi.Output.from_input(given["userMappings"])
        data["mapUsers"] = users.apply(lambda found: _lines("userarn", "userArn", found))
    return kubernetes.core.v1.ConfigMap(
        name,
        immutable=False,
        metadata={"name": "aws-auth", "namespace": "kube-system", "annotations": {"pulumi.com/patchForce": "true"}},
        data=data,
        opts=options,
    )


def _lines(key: str, said: str, mappings: list[Any]) -> str:
    entries = [{key: each[said], "username": each["username"], "groups": list(each["groups"])} for each in mappings]
    return yaml.safe_dump(entries, sort_keys=False)
