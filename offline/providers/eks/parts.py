"""What the components of the EKS package are made of: their base, roles, and the reading of their arguments."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import pulumi
import pulumi_aws as aws

Inputs = Mapping[str, Any]
_MORE_TRUST: Final = {"eks.amazonaws.com": ["sts:TagSession"]}
_MANAGED: Final = "arn:aws:iam::aws:policy/"


class Component(pulumi.ComponentResource):
    """A component of the package; `state` is what it gives to the program."""

    known = ""
    """The options that it makes something of."""

    def __init__(self, type_: str, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        refuse_others(f"eks.{type_}", inputs, self.known)
        super().__init__(f"eks:index:{type_}", name, {}, options)
        self.state: dict[str, Any] = {}

    def child(self, *depends_on: Any) -> pulumi.ResourceOptions:
        """Options of a child."""
        return pulumi.ResourceOptions(parent=self, depends_on=[item for item in depends_on if item is not None])

    def finish(self, **state: Any) -> None:
        """Give the program what it may read."""
        self.state = state
        self.register_outputs(state)


def refuse_others(what: str, inputs: Inputs, known: str) -> None:
    """Refuse options that would be left out: a program must not look tried out when part of it was not.

    What says no in any case, such as `gpu=False`, is no option.

    Raises:
        LookupError: names them.
    """
    said = [name for name, value in inputs.items() if value is not None and value is not False]
    if left_out := sorted(set(said).difference(known.split())):
        raise LookupError(
            f"{what}: {', '.join(left_out)}: not available offline; available: {', '.join(known.split())}"
        )


class Role(Component):
    """A role for a service with managed policies: `NAME-role` and an attachment for each policy."""

    def __init__(
        self,
        name: str,
        service: str,
        policies: tuple[str, ...],
        options: pulumi.ResourceOptions | None,
        **about: Any,
    ) -> None:
        super().__init__("ServiceRole", name, {}, options)
        actions = ["sts:AssumeRole", *_MORE_TRUST.get(service, [])]
        statement = {"Action": actions, "Effect": "Allow", "Principal": {"Service": [service]}}
        trust = compact({"Version": "2012-10-17", "Statement": [statement]})
        made = aws.iam.Role(f"{name}-role", assume_role_policy=trust, opts=self.child(), **about)
        self.attachments = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{_short_hash(_MANAGED + policy)}",
                role=made.name,
                policy_arn=_MANAGED + policy,
                opts=self.child(),
            )
            for policy in policies
        ]
        # Who uses the role waits until it may do what it is for.
        self.role = pulumi.Output.all(made, *(each.id for each in self.attachments)).apply(lambda known: known[0])
        self.finish(directRole=made, resolvedRole=self.role)


def compact(value: Any, *, sort: bool = False) -> str:
    """JSON text as JavaScript writes it, in which the real plugin is: no spaces, whole numbers without a fraction."""
    return json.dumps(_whole(value), separators=(",", ":"), sort_keys=sort)


def _whole(value: Any) -> Any:
    """A value with the integers that it had before it travelled as a protobuf struct, where all numbers are floats."""
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def present(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, without what is not: the engine tells null from absent."""
    return {name: value for name, value in given.items() if value is not None}


def _short_hash(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]


def kubeconfig_of(cluster: Any, role: Any = None, profile: Any = None) -> pulumi.Output[dict[str, Any]]:
    """The kubeconfig of an `aws.eks.Cluster`, with the role or the profile whose credentials it is to use."""
    found = pulumi.Output.from_input(cluster)
    return pulumi.Output.all(
        name=attribute(found, "name"),
        endpoint=attribute(found, "endpoint"),
        certificate=attribute(attribute(found, "certificate_authority"), "data"),
        region=attribute(found, "arn").apply(_region_in),
        role=role,
        profile=profile,
    ).apply(_kubeconfig)


def _kubeconfig(known: Mapping[str, Any]) -> dict[str, Any]:
    """A kubeconfig that gets its token from the AWS command line."""
    token = ["--region", known["region"], "eks", "get-token", "--cluster-name", known["name"], "--output", "json"]
    token += ["--role", known["role"]] if known["role"] else []
    token += ["--profile", known["profile"]] if known["profile"] else []
    server = {"server": known["endpoint"], "certificate-authority-data": known["certificate"]}
    return {
        "apiVersion": "v1",
        "clusters": [{"cluster": server, "name": "kubernetes"}],
        "contexts": [{"context": {"cluster": "kubernetes", "user": "aws"}, "name": "aws"}],
        "current-context": "aws",
        "kind": "Config",
        "users": [
            {
                "name": "aws",
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": token,
                        "env": [
                            {
                                "name": "KUBERNETES_EXEC_INFO",
                                "value": '{"apiVersion": "client.authentication.k8s.io/v1beta1"}',
                            }
                        ],
                    }
                },
            }
        ],
    }


def default_vpc() -> pulumi.Output[str]:
    """The default VPC."""
    return aws.ec2.get_vpc_output(default=True).id


def default_subnets() -> pulumi.Output[Any]:
    """Subnets of the default VPC."""
    return aws.ec2.get_subnets_output(filters=default_vpc().apply(_in_vpc)).ids


def network(given: Inputs) -> Any:
    """Kubernetes network settings, if any are given; a range is for version 4 alone."""
    range_, family = given.get("kubernetesServiceIpAddressRange"), given.get("ipFamily")
    if not range_ and not family:
        return None
    return pulumi.Output.all(range_, family or "ipv4").apply(
        lambda known: present({"ip_family": known[1], "service_ipv4_cidr": known[0] if known[1] == "ipv4" else None})
    )


def merged(*maps: Any) -> pulumi.Output[dict[str, Any]]:
    """Tags of several origins; the last one that names a tag decides."""
    return pulumi.Output.all(*maps).apply(lambda known: {k: v for each in known for k, v in (each or {}).items()})


def listed(*lists: Any) -> pulumi.Output[list[Any]]:
    """Several lists as one."""
    return pulumi.Output.all(*lists).apply(_flat)


def _flat(lists: Iterable[Any]) -> list[Any]:
    return [item for each in lists for item in each or ()]


def snake_name(name: str) -> str:
    """`minSize` -> `min_size`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def snake(given: Any) -> Any:
    """An object with its keys in snake case."""
    return {snake_name(key): value for key, value in given.items()} if isinstance(given, Mapping) else given


def key(value: Any, name: str) -> Any:
    """`name` of an object that is a dictionary (in camel case) or has attributes, as the SDK's output types do."""
    if isinstance(value, Mapping) and not hasattr(type(value), name):
        words = name.split("_")
        return value.get(name, value.get(words[0] + "".join(word.capitalize() for word in words[1:])))
    return getattr(value, name, None)


def attribute(value: Any, name: str) -> Any:
    """Attribute of a resource that may be given as an output."""
    if isinstance(value, pulumi.Output):
        return cast("pulumi.Output[Any]", value).apply(lambda found: key(found, name))
    return key(value, name) if value is not None else None


def of(core: Any, name: str) -> Any:
    """Part of a cluster, given as the component, as its `core`, or as what is to become its `core`."""
    if isinstance(core, dict):
        return core.get(name)

    def part(found: Any) -> Any:
        inner = key(found, "core")
        return key(inner if inner is not None else found, snake_name(name))

    return pulumi.Output.from_input(core).apply(part)


def cluster_name(inputs: Inputs) -> Any:
    """Name of the cluster that a component belongs to."""
    return inputs.get("clusterName") or attribute(of(inputs.get("cluster"), "cluster"), "name")


def _region_in(arn: str) -> str:
    return arn.split(":")[3]


def _in_vpc(id_: str) -> list[aws.ec2.GetSubnetsFilterArgs]:
    return [aws.ec2.GetSubnetsFilterArgs(name="vpc-id", values=[id_])]
