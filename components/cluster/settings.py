"""``smile:clusters``: the Kubernetes clusters, their nodes, their add-ons and who may use them."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, StringConstraints, field_validator

from aws_facts.eks_versions import ADDONS, RELEASES, VERSIONS, Addon, Version
from components.cluster.node_group_settings import (
    APPLICATION_GROUPS,
    DATA_GROUPS,
    GPU_GROUP,
    ApplicationGroup,
    DataGroup,
    NodeGroup,
    over_defaults,
)
from components.core.settings.field import About, Section, one_of, setting, switch

Purpose = Literal["application", "data"]
Autoscaler = Literal["cluster_autoscaler", "karpenter", "none"]

MOST_CIDRS = 40
"""EKS takes as many ranges for its public endpoint."""
WIDEST = 16
"""The widest range that may reach a public endpoint: no company's own addresses are more than a /16."""
RoleArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", max_length=610)
]
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
        "may change what runs in the stack's namespace: the pipeline that releases services",
        About(valid="ARNs of roles"),
    )
    read_only_role_arns: tuple[RoleArn, ...] = setting(
        (),
        "may look at what runs in the stack's namespace",
        About(valid="ARNs of roles"),
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
        ),
        max_length=MOST_CIDRS,
    )
    access: Access = Access()
    autoscaler: Autoscaler = setting("cluster_autoscaler", "what adds and removes nodes", one_of(get_args(Autoscaler)))
    zonal_shift: bool = switch("traffic may be shifted away from a zone in trouble", on=True)

    @property
    def release(self) -> str:
        """Of the nodes' image."""
        return self.node_release or RELEASES[self.version].node_release

    @property
    def addon_versions(self) -> dict[Addon, str]:
        """Add-on -> version, of all of them."""
        return {name: self.addons.get(name, RELEASES[self.version].addons[name]) for name in ADDONS}


class ApplicationCluster(Cluster):
    """The cluster of the microservices."""

    groups: dict[ApplicationGroup, NodeGroup] = setting(
        APPLICATION_GROUPS,
        "its groups of nodes; what is not said of one is as documented",
        About(valid=f"groups called {', '.join(get_args(ApplicationGroup))}"),
    )

    @field_validator("groups", mode="before")
    @classmethod
    def as_documented(cls, given: Any) -> Any:
        """What is not said of a group is as documented."""
        return over_defaults(given, {**APPLICATION_GROUPS}, {})


class DataCluster(Cluster):
    """The cluster of data workloads."""

    groups: dict[DataGroup, NodeGroup] = setting(
        DATA_GROUPS,
        "its groups of nodes; what is not said of one is as documented; gpu is there only if it is named",
        About(valid=f"groups called {', '.join(get_args(DataGroup))}"),
    )

    @field_validator("groups", mode="before")
    @classmethod
    def as_documented(cls, given: Any) -> Any:
        """What is not said of a group is as documented."""
        return over_defaults(given, {**DATA_GROUPS}, {"gpu": GPU_GROUP})


class Clusters(Section):
    """The clusters of one stack."""

    application: ApplicationCluster = ApplicationCluster()
    data: DataCluster = DataCluster()

    @property
    def enabled(self) -> dict[Purpose, ApplicationCluster | DataCluster]:
        """The clusters that there are, by what they run."""
        both: dict[Purpose, ApplicationCluster | DataCluster] = {"application": self.application, "data": self.data}
        return {purpose: cluster for purpose, cluster in both.items() if cluster.enabled}
