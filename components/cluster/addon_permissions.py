"""What each add-on may do in AWS: statements for the roles of its service accounts, for one cluster only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from aws_facts.eks_versions import Addon
from components.core.environment import Environment
from components.core.iam import ANY, Statement
from components.core.metrics import publish_metrics

METRICS = "ContainerInsights"
"""The namespace of the CloudWatch agent's metrics."""
INSIGHTS = ("application", "dataplane", "host", "performance")
"""The log groups that the agent writes to, under ``/aws/containerinsights/CLUSTER/``."""
EC2_LISTS = "EC2 lists everything or nothing"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the add-ons of one cluster work on.

    Attributes:
        environment: account and Region.
        cluster: physical name of the cluster.
        key_arn: the KMS key of disks.
        mounts: statements about the access points of file systems that pods may mount.
    """

    environment: Environment
    cluster: str
    key_arn: pulumi.Input[str]
    mounts: Sequence[Statement] = ()

    def ec2(self, kind: str) -> str:
        """Pattern of the ARNs of one kind of EC2's resources."""
        return self.environment.arn("ec2", f"{kind}/*")

    @property
    def log_groups(self) -> list[str]:
        """The paths of the agent's log groups."""
        return [f"/aws/containerinsights/{self.cluster}/{kind}" for kind in INSIGHTS]


def network_plugin(scope: Scope) -> list[Statement]:
    """Interfaces of this cluster's nodes, known by the tag that the plugin, and the launch template, give them."""
    own = {"StringEquals": {"aws:ResourceTag/cluster.k8s.amazonaws.com/name": scope.cluster}}
    made = {"StringEquals": {"aws:RequestTag/cluster.k8s.amazonaws.com/name": scope.cluster}}
    nodes = {"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{scope.cluster}": "owned"}}
    # By tag, not by VPC: its id isn't known before it exists, and a preview couldn't show the document.
    network = {
        "StringEquals": {
            "aws:ResourceTag/Component": "network",
            "aws:ResourceTag/Environment": scope.environment.name,
        }
    }
    interface, attach = scope.ec2("network-interface"), ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"]
    return [
        Statement(
            sid="LookAtNetwork",
            actions=[
                "ec2:DescribeInstances",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeTags",
            ],
            resources=[ANY],
            allow_any=EC2_LISTS,
        ),
        Statement(sid="MakeInterfaces", actions=["ec2:CreateNetworkInterface"], resources=[interface], conditions=made),
        Statement(
            sid="MakeInterfacesInNetwork",
            actions=["ec2:CreateNetworkInterface"],
            resources=[scope.ec2("subnet"), scope.ec2("security-group")],
            conditions=network,
        ),
        Statement(
            sid="TagNewInterfaces",
            actions=["ec2:CreateTags"],
            resources=[interface],
            conditions={"StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"}},
        ),
        Statement(
            sid="UseInterfaces",
            actions=[
                *attach,
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateTags",
                "ec2:DeleteNetworkInterface",
                "ec2:ModifyNetworkInterfaceAttribute",
                "ec2:UnassignPrivateIpAddresses",
            ],
            resources=[interface],
            conditions=own,
        ),
        Statement(
            sid="UseInterfacesOfNodes",
            actions=[*attach, "ec2:ModifyNetworkInterfaceAttribute"],
            resources=[scope.ec2("instance")],
            conditions=nodes,
        ),
        Statement(
            sid="KeepSecurityGroups",
            actions=["ec2:ModifyNetworkInterfaceAttribute"],
            resources=[scope.ec2("security-group")],
            conditions=network,
        ),
    ]


def block_storage(scope: Scope) -> list[Statement]:
    """Volumes and snapshots that the driver made, known by its tag, on this cluster's nodes, with the key of disks."""
    made = {"StringEquals": {"aws:RequestTag/ebs.csi.aws.com/cluster": "true"}}
    own = {"StringEquals": {"aws:ResourceTag/ebs.csi.aws.com/cluster": "true"}}
    nodes = {"StringEquals": {"aws:ResourceTag/eks:cluster-name": scope.cluster}}
    created = {"StringEquals": {"ec2:CreateAction": ["CreateVolume", "CreateSnapshot"]}}
    through_ec2 = {"StringEquals": {"kms:ViaService": scope.environment.service("ec2")}}
    volume = scope.ec2("volume")
    snapshot = f"arn:{scope.environment.partition}:ec2:{scope.environment.region}::snapshot/*"
    moves = ["ec2:AttachVolume", "ec2:DetachVolume"]
    return [
        Statement(
            sid="LookAtVolumes",
            actions=[
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeSnapshots",
                "ec2:DescribeTags",
                "ec2:DescribeVolumes",
                "ec2:DescribeVolumesModifications",
                "ec2:DescribeVolumeStatus",
            ],
            resources=[ANY],
            allow_any=EC2_LISTS,
        ),
        Statement(sid="MakeVolumes", actions=["ec2:CreateVolume"], resources=[volume], conditions=made),
        Statement(sid="RestoreSnapshots", actions=["ec2:CreateVolume"], resources=[snapshot], conditions=own),
        Statement(sid="MakeSnapshots", actions=["ec2:CreateSnapshot"], resources=[snapshot], conditions=made),
        Statement(
            sid="UseVolumes",
            actions=[*moves, "ec2:CreateSnapshot", "ec2:DeleteVolume", "ec2:ModifyVolume"],
            resources=[volume],
            conditions=own,
        ),
        Statement(sid="UseNodes", actions=moves, resources=[scope.ec2("instance")], conditions=nodes),
        Statement(sid="DeleteSnapshots", actions=["ec2:DeleteSnapshot"], resources=[snapshot], conditions=own),
        Statement(sid="Tag", actions=["ec2:CreateTags"], resources=[volume, snapshot], conditions=created),
        Statement(
            sid="Encrypt",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"],
            resources=[scope.key_arn],
            conditions=through_ec2,
        ),
        Statement(
            sid="LetNodesDecrypt",
            actions=["kms:CreateGrant"],
            resources=[scope.key_arn],
            conditions={**through_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def file_storage(scope: Scope) -> list[Statement]:
    """Find file systems and access points. It makes none: access points are this program's."""
    found = [scope.environment.arn("elasticfilesystem", f"{kind}/*") for kind in ("file-system", "access-point")]
    return [
        Statement(
            sid="FindFileSystems",
            actions=[
                "elasticfilesystem:DescribeAccessPoints",
                "elasticfilesystem:DescribeFileSystems",
                "elasticfilesystem:DescribeMountTargets",
            ],
            resources=found,
        ),
        Statement(sid="LookAtZones", actions=["ec2:DescribeAvailabilityZones"], resources=[ANY], allow_any=EC2_LISTS),
    ]


def file_mounts(scope: Scope) -> list[Statement]:
    """The driver mounts with the role of its own service account on each node, not with the pod's."""
    return [*file_storage(scope), *scope.mounts]


def observability(scope: Scope) -> list[Statement]:
    """Metrics, traces, and the log groups that are there already."""
    groups = [scope.environment.arn("logs", f"log-group:{path}") for path in scope.log_groups]
    return [
        Statement(
            sid="WriteLogs",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[*groups, *(f"{group}:*" for group in groups)],
        ),
        publish_metrics(METRICS),
        Statement(
            sid="WriteTraces",
            actions=["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTraceSegments"],
            resources=[ANY],
            allow_any="traces have no ARN, and X-Ray tells all of its sampling rules",
        ),
        Statement(
            sid="LookAtNode",
            actions=["ec2:DescribeTags", "ec2:DescribeVolumes"],
            resources=[ANY],
            allow_any=EC2_LISTS,
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Need:
    """What one service account of an add-on needs.

    Attributes:
        namespace: of the account.
        account: its name.
        statements: what it may do.
    """

    account: str
    statements: Callable[[Scope], list[Statement]]
    namespace: str = "kube-system"


NEEDS: Mapping[Addon, Sequence[Need]] = {
    "vpc-cni": [Need(account="aws-node", statements=network_plugin)],
    "aws-ebs-csi-driver": [Need(account="ebs-csi-controller-sa", statements=block_storage)],
    "aws-efs-csi-driver": [
        Need(account="efs-csi-controller-sa", statements=file_storage),
        Need(account="efs-csi-node-sa", statements=file_mounts),
    ],
    "amazon-cloudwatch-observability": [
        Need(account="cloudwatch-agent", statements=observability, namespace="amazon-cloudwatch")
    ],
}
"""The others need nothing in AWS."""
