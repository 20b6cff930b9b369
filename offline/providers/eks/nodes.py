"""Self-managed nodes of the EKS package."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from offline.providers.eks.first_boot import user_data
from offline.providers.eks.node_security import Joined, NodeGroupSecurity
from offline.providers.eks.parts import Component, Inputs, attribute, key, merged, of, refuse_others, snake

NODE_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")
NODE_OPTIONS: Final = (
    "amiId autoScalingGroupTags clusterIngressRule clusterIngressRuleId desiredCapacity enableDetailedMonitoring "
    "extraNodeSecurityGroups ignoreScalingChanges instanceProfile instanceProfileName instanceType keyName "
    "kubeletExtraArgs labels launchTemplateTagSpecifications maxSize minRefreshPercentage minSize "
    "nodeAssociatePublicIpAddress nodePublicKey nodeRootVolumeDeleteOnTermination nodeRootVolumeEncrypted "
    "nodeRootVolumeIops nodeRootVolumeSize nodeRootVolumeThroughput nodeRootVolumeType nodeSecurityGroup "
    "nodeSecurityGroupId nodeSubnetIds nodeUserData nodeUserDataOverride spotPrice taints version"
)
"""What can be said of a group of self-managed nodes, here."""
_AT_FIRST_BOOT: Final = ("labels", "taints", "kubeletExtraArgs", "nodeUserData", "nodeUserDataOverride")
_EXCLUSIVE: Final = (
    ("clusterIngressRule", "clusterIngressRuleId"),
    ("nodeSecurityGroup", "nodeSecurityGroupId"),
    ("nodePublicKey", "keyName"),
    *(("nodeUserDataOverride", other) for other in _AT_FIRST_BOOT if other != "nodeUserDataOverride"),
)


class Nodes:
    """Self-managed nodes of a cluster, given by its `core`: launch template, auto scaling group, security group."""

    def __init__(self, name: str, inputs: Inputs, core: Any, parent: Component) -> None:
        refuse_others("eks nodes", inputs, f"cluster {NODE_OPTIONS}")
        _refuse_contradictions(inputs)
        self._name, self._inputs, self._core, self._parent = name, inputs, core, parent
        self._cluster = of(core, "cluster")
        self.group, self.group_id, rule_id = self._security()
        template = self._template(rule_id)
        started_after = pulumi.Output.all(of(core, "vpcCni"), of(core, "eksNodeAccess"))
        self.scaling = aws.autoscaling.Group(
            name,
            min_size=inputs.get("minSize", 1),
            max_size=inputs.get("maxSize", 2),
            desired_capacity=inputs.get("desiredCapacity", 2),
            launch_template={"name": template.name, "version": template.latest_version.apply(str)},
            vpc_zone_identifiers=self._subnets(),
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {"min_healthy_percentage": inputs.get("minRefreshPercentage", 50)},
            },
            tags=pulumi.Output.all(attribute(self._cluster, "name"), inputs.get("autoScalingGroupTags") or {}).apply(
                lambda known: _scaling_tags(*known)
            ),
            opts=pulumi.ResourceOptions(
                parent=parent,
                depends_on=started_after.apply(lambda found: [each for each in found if each is not None]),
                ignore_changes=["desiredCapacity"] if inputs.get("ignoreScalingChanges") else [],
            ),
        )

    def _security(self) -> tuple[Any, Any, Any]:
        """The nodes' security group, its id, and that of the rule that lets them reach the cluster."""
        inputs, core = self._inputs, self._core
        group_id = _either(inputs, "nodeSecurityGroup")
        if group_id is not None:
            return inputs.get("nodeSecurityGroup"), group_id, _either(inputs, "clusterIngressRule")
        of_cluster = pulumi.Output.all(attribute(of(core, "clusterSecurityGroup"), "id"), self._cluster).apply(
            lambda known: known[0] or known[1].vpc_config.cluster_security_group_id
        )
        made = NodeGroupSecurity(
            self._name,
            Joined(self._cluster, of(core, "vpcId"), of_cluster),
            merged(of(core, "nodeSecurityGroupTags"), of(core, "tags")),
            self._parent.child(),
        )
        return made.group, made.group.id, made.rule.id

    def _template(self, rule_id: Any) -> aws.ec2.LaunchTemplate:
        """Public addresses, and the image's own disks, unless the program says otherwise."""
        inputs = self._inputs
        extra = pulumi.Output.from_input(inputs.get("extraNodeSecurityGroups") or [])
        # The rule's id is not used: nodes come after it, or they wouldn't reach the cluster.
        groups = pulumi.Output.all(rule_id, self.group_id, extra).apply(
            lambda known: [known[1], *(attribute(each, "id") for each in known[2])]
        )
        spot, monitoring = inputs.get("spotPrice"), inputs.get("enableDetailedMonitoring")
        public = pulumi.Output.from_input(inputs.get("nodeAssociatePublicIpAddress", True))
        return aws.ec2.LaunchTemplate(
            f"{self._name}-launchTemplate",
            image_id=inputs.get("amiId") or self._image(),
            instance_type=inputs.get("instanceType") or "t3.medium",
            iam_instance_profile={"name": self._profile_name()},
            key_name=self._key_name(),
            instance_market_options={"market_type": "spot", "spot_options": {"max_price": spot}} if spot else None,
            block_device_mappings=_disks(inputs),
            network_interfaces=[{"associate_public_ip_address": public.apply(_lower), "security_groups": groups}],
            user_data=self._first_boot(),
            tag_specifications=[snake(it) for it in inputs.get("launchTemplateTagSpecifications") or ()],
            monitoring=None if monitoring is None else {"enabled": monitoring},
            opts=self._parent.child(),
        )

    def _profile_name(self) -> pulumi.Output[str]:
        """The nodes' own instance profile, or that of the cluster's default nodes."""
        own, default = self._inputs, of(self._core, "nodeGroupOptions")
        given = pulumi.Output.all(own.get("instanceProfile"), own.get("instanceProfileName"), default)
        return given.apply(lambda known: _profile_name(*known))

    def _key_name(self) -> Any:
        public_key = self._inputs.get("nodePublicKey")
        if not public_key:
            return self._inputs.get("keyName")
        return aws.ec2.KeyPair(f"{self._name}-keyPair", public_key=public_key, opts=self._parent.child()).key_name

    def _subnets(self) -> Any:
        """The subnets that the program names, else the cluster's private ones."""
        if (own := self._inputs.get("nodeSubnetIds")) is not None:
            return own
        named = (of(self._core, each) for each in ("privateSubnetIds", "publicSubnetIds", "subnetIds"))
        return pulumi.Output.all(*named).apply(
            lambda known: known[0] or known[1] or private_subnets(known[2], self._parent)
        )

    def _image(self) -> Any:
        """The Amazon Linux 2023 that AWS recommends."""
        version = self._inputs.get("version") or attribute(self._cluster, "version")
        architecture = pulumi.Output.from_input(self._inputs.get("instanceType") or "t3.medium").apply(_architecture)
        path = "/aws/service/eks/optimized-ami/{0}/amazon-linux-2023/{1}/standard/recommended/image_id"
        name = pulumi.Output.format(path, version, architecture)
        return aws.ssm.get_parameter_output(name=name, opts=pulumi.InvokeOutputOptions(parent=self._parent)).value

    def _first_boot(self) -> pulumi.Output[str]:
        cluster, range_ = self._cluster, attribute(self._cluster, "kubernetes_network_config")
        facts = {
            "name": attribute(cluster, "name"),
            "apiServerEndpoint": attribute(cluster, "endpoint"),
            "certificateAuthority": attribute(attribute(cluster, "certificate_authority"), "data"),
            "cidr": attribute(range_, "service_ipv4_cidr"),
        }
        said = {name: self._inputs.get(name) for name in _AT_FIRST_BOOT}
        return pulumi.Output.all(facts, said).apply(lambda known: user_data(*known))


def _refuse_contradictions(given: Inputs) -> None:
    """Refuse what the package refuses.

    Raises:
        ValueError: names the options.
    """
    for one, other in _EXCLUSIVE:
        if given.get(one) and given.get(other):
            raise ValueError(f"{one} and {other} are mutually exclusive")
    if _either(given, "nodeSecurityGroup") is not None and _either(given, "clusterIngressRule") is None:
        raise ValueError("clusterIngressRule or clusterIngressRuleId is required when nodeSecurityGroup is given")
    for option, type_ in (("nodeRootVolumeIops", "io1"), ("nodeRootVolumeThroughput", "gp3")):
        if given.get(option) and given.get("nodeRootVolumeType") != type_:
            raise ValueError(f"{option}: only with nodeRootVolumeType {type_}")


def _profile_name(profile: Any, name: Any, default: Any) -> Any:
    """Name of the one instance profile that is given for nodes, or for the cluster's default nodes.

    Raises:
        ValueError: none, or both a profile and a name.
    """
    profiles = [each for each in (profile, key(default, "instance_profile")) if each is not None]
    names = [each for each in (name, key(default, "instance_profile_name")) if each]
    if profiles and names:
        raise ValueError("instanceProfile and instanceProfileName are mutually exclusive")
    if not profiles and not names:
        raise ValueError("an instanceProfile or instanceProfileName is required")
    return attribute(profiles[0], "name") if profiles else names[0]


def private_subnets(ids: Sequence[str], parent: pulumi.Resource) -> pulumi.Output[list[str]]:
    """Those whose route table doesn't lead to an internet gateway, or all if each one's does."""
    opts = pulumi.InvokeOutputOptions(parent=parent)
    tables = pulumi.Output.all(*(aws.ec2.get_route_table_output(subnet_id=id_, opts=opts) for id_ in ids))

    def chosen(found: Sequence[Any]) -> list[str]:
        private = [id_ for id_, table in zip(ids, found, strict=True) if not any(map(_leads_out, table.routes))]
        return private or list(ids)

    return tables.apply(chosen)


def _leads_out(route: Any) -> bool:
    if not route.gateway_id:
        return False
    return not route.cidr_block or not ipaddress.ip_network(route.cidr_block).is_private


def _architecture(instance_type: str) -> str:
    """`arm64` of `m7g.large` and `t4g.micro`: Graviton's types have a `g` after the generation."""
    return "arm64" if re.match(r"[a-z]+\d+g", instance_type) else "x86_64"


def _lower(value: Any) -> str:
    return str(value).lower()


def _either(inputs: Inputs, name: str) -> Any:
    """A resource's id, given as the resource or by itself."""
    given = inputs.get(name)
    return attribute(given, "id") if given is not None else inputs.get(f"{name}Id")


def _scaling_tags(cluster: str, tags: Mapping[str, str]) -> list[aws.autoscaling.GroupTagArgs]:
    own = {**tags, f"kubernetes.io/cluster/{cluster}": "owned", "Name": f"{cluster}-worker"}
    return [aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True) for key, value in own.items()]


def _disks(inputs: Inputs) -> list[Any]:
    """The root disk, where the program says anything about it."""
    names = {
        "encrypted": "nodeRootVolumeEncrypted",
        "volume_size": "nodeRootVolumeSize",
        "volume_type": "nodeRootVolumeType",
        "iops": "nodeRootVolumeIops",
        "throughput": "nodeRootVolumeThroughput",
        "delete_on_termination": "nodeRootVolumeDeleteOnTermination",
    }
    disk = {name: inputs[wire] for name, wire in names.items() if inputs.get(wire) is not None}
    for name in {"encrypted", "delete_on_termination"} & disk.keys():
        disk[name] = pulumi.Output.from_input(disk[name]).apply(_lower)
    return [{"device_name": "/dev/xvda", "ebs": disk}] if disk else []


class NodeGroup(Component):
    """`eks:index:NodeGroupV2`; the first version makes a launch configuration, which new accounts can't have."""

    known = f"cluster {NODE_OPTIONS}"

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("NodeGroupV2", name, inputs, options)
        nodes = Nodes(name, inputs, inputs["cluster"], self)
        self.finish(
            autoScalingGroup=nodes.scaling,
            nodeSecurityGroup=nodes.group,
            nodeSecurityGroupId=nodes.group_id,
            extraNodeSecurityGroups=inputs.get("extraNodeSecurityGroups") or [],
        )
