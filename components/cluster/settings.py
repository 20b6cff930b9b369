"""Settings of a Kubernetes cluster: its version, its nodes, its add-ons and who may use it."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, PlainValidator, StringConstraints

from aws_facts.eks_versions import ADDONS, RELEASES, VERSIONS, Addon, Version
from components.cluster.node_group_settings import NodeGroup
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.network.settings import PRIVATE_RANGES

Autoscaler = Literal["cluster_autoscaler", "karpenter", "none"]

MOST_CIDRS = 40
"""Of a public endpoint: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"""
WIDEST = 16
"""The widest range that may reach a public endpoint: no company's own addresses are more than a /16."""
LARGEST_SERVICES, SMALLEST_SERVICES = 12, 24
SERVICES = "https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html"
KUBELET = "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAMES = "lower-case letters and digits, in words joined by '-', first a letter"
RoleArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", max_length=610)
]
ClusterName = Annotated[str, StringConstraints(pattern=NAME)]
GroupName = Annotated[str, StringConstraints(pattern=NAME)]
AddonVersion = Annotated[str, StringConstraints(pattern=r"^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$")]


def public_range(text: str) -> str:
    """Let a range of public addresses pass that is narrow enough to be somebody's.

    Raises:
        ValueError: says why not.
    """
    try:
        network = IPv4Network(text)
    except ValueError:
        raise ValueError("not an IPv4 range without host bits") from None
    if network.prefixlen < WIDEST:
        raise ValueError(f"wider than /{WIDEST}: it would open the endpoint to strangers")
    if not network.is_global:
        raise ValueError("not a range of public addresses")
    return text


def service_range(value: object) -> IPv4Network | None:
    """Read a range of addresses that EKS takes for Services, or none.

    Raises:
        ValueError: says what is wrong with it.
    """
    if value is None:
        return None
    try:
        network = IPv4Network(str(value))
    except ValueError:
        raise ValueError("not an IPv4 range without host bits") from None
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError("not a private range")
    if not LARGEST_SERVICES <= network.prefixlen <= SMALLEST_SERVICES:
        raise ValueError(f"outside /{LARGEST_SERVICES} to /{SMALLEST_SERVICES}")
    return network


class Access(Section):
    """Who may use a cluster: roles of IAM, each of one kind."""

    admin_role_arns: tuple[RoleArn, ...] = setting(
        (),
        "may do everything in the cluster: whoever runs this program besides the pipeline, and in emergencies",
        About(valid="ARNs of roles, such as arn:aws:iam::123456789012:role/platform"),
    )
    viewer_role_arns: tuple[RoleArn, ...] = setting(
        (),
        "may look at everything in the cluster, secrets included: whoever else previews this program",
        About(valid="ARNs of roles"),
    )
    deployer_role_arns: tuple[RoleArn, ...] = setting(
        (),
        "may change what runs in the services' namespace: the pipeline that releases services",
        About(valid="ARNs of roles"),
    )
    read_only_role_arns: tuple[RoleArn, ...] = setting(
        (),
        "may look at what runs in the services' namespace",
        About(valid="ARNs of roles"),
    )


class ContainerLogs(Section):
    """When the kubelet of a node rotates the log of a container, and what it keeps on the node's disk.

    The kubelet would take more; the most here are 1,000 MiB of that disk for each container.
    """

    max_mib: int = setting(
        10,
        "size of a file above which it is rotated",
        About(unit="MiB", source=KUBELET),
        ge=1,
        le=100,
    )
    max_files: int = setting(
        5,
        "files of one container, the current one included; the oldest goes",
        About(unit="files", source=KUBELET),
        ge=2,
        le=10,
    )


class Cluster(Section):
    """One EKS cluster."""

    enabled: bool = switch("whether there is one", on=True)
    version: Version = setting(
        VERSIONS[0],
        "of Kubernetes, one minor version up at a time",
        About(valid=f"in quotes, {', '.join(VERSIONS)}", choices=VERSIONS),
    )
    node_release: str = setting(
        "",
        "of the nodes' image; without it, the one that the program knows for the version",
        About(
            valid="VERSION.PATCH-YYYYMMDD of the cluster's version, such as 1.36.3-20260903, or nothing",
        ),
        pattern=r"^([0-9]+\.[0-9]+\.[0-9]+-[0-9]{8})?$",
    )
    addons: dict[Addon, AddonVersion] = setting(
        {},
        "add-ons in another version than the one that the program knows: name -> version",
        About(valid=f"name ({', '.join(ADDONS)}) -> version, such as v1.22.4-eksbuild.3"),
    )
    public_access_cidrs: tuple[Annotated[str, AfterValidator(public_range)], ...] = setting(
        (),
        "who may reach the API from the internet; nobody without any, since there is no public endpoint then",
        About(
            valid=f"up to {MOST_CIDRS} ranges of public addresses, /{WIDEST} or narrower, such as 203.1.2.0/24",
            source="https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html",
        ),
        max_length=MOST_CIDRS,
    )
    access: Access = Access()
    service_cidr: Annotated[IPv4Network | None, PlainValidator(service_range)] = setting(
        None,
        "addresses of Services in the cluster, outside the VPC; EKS chooses where there is none. Another range is "
        "another cluster",
        About(
            valid=f"a private range of /{LARGEST_SERVICES} to /{SMALLEST_SERVICES}, such as 10.100.0.0/16",
            source=SERVICES,
        ),
    )
    groups: dict[GroupName, NodeGroup] = setting(
        {},
        "name -> group of nodes",
        About(valid=f"names of {NAMES}, each with the settings of its group"),
    )
    container_logs: ContainerLogs = ContainerLogs()
    load_balancer_controller: bool = switch("its pods may stand behind load balancers", on=True)
    autoscaler: Autoscaler = setting("cluster_autoscaler", "what adds and removes nodes", one_of(get_args(Autoscaler)))
    alarms: bool = switch("CPU, memory, disk and network of its nodes, and pods without a node, raise alarms", on=True)
    zonal_shift: bool = switch("traffic may be shifted away from a zone in trouble", on=True)

    @property
    def release(self) -> str:
        """Of the nodes' image."""
        return self.node_release or RELEASES[self.version].node_release

    @property
    def addon_versions(self) -> dict[Addon, str]:
        """Add-on -> version, of all of them."""
        return {name: self.addons.get(name, RELEASES[self.version].addons[name]) for name in ADDONS}
