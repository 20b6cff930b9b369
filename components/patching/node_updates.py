"""Node groups that aren't of the release that the program pins get it in the maintenance window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssm

from components.core.context import StackContext
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.patching.documents import update_nodes
from components.patching.runbook import Runbook, RunbookArgs


@dataclass(frozen=True, kw_only=True)
class NodeGroupRelease:
    """A group, and what its nodes are to be.

    Attributes:
        cluster: physical name.
        group: physical name, which EKS's provider makes up.
        release: of the nodes' image, such as ``1.36.3-20260903``.
    """

    cluster: str
    group: pulumi.Input[str]
    release: str


@dataclass(frozen=True, kw_only=True)
class NodeUpdatesArgs:
    """What node updates need.

    Attributes:
        window_id: of the maintenance window.
        groups: in names, such as ``application-web`` -> the group.
    """

    context: StackContext
    window_id: pulumi.Input[str]
    groups: Mapping[str, NodeGroupRelease]


class NodeUpdates(pulumi.ComponentResource):
    """The runbook, and a task for each group.

    A release comes by the pipeline, in use and a third of a group at a time. What is left here is an update that
    failed halfway, because a pod could not be evicted in the daytime: it is tried again at night.
    """

    def __init__(self, name: str, args: NodeUpdatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:patching:NodeUpdates", name, None, opts)
        self.args = args
        self.environment = environment = args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.runbook = Runbook(
            name,
            RunbookArgs(
                environment=environment,
                document=update_nodes,
                description="Brings node groups to the release that the program pins",
                statements=self.updating(),
            ),
            self.child,
        )
        role = self.role(name)
        for role_name, group in args.groups.items():
            self.task(f"{name}-{role_name}", group, role)
        self.register_outputs({"documentName": self.runbook.document_name})

    def updating(self) -> list[Statement]:
        """What the runbook's steps call, on the groups of these clusters."""
        clusters = sorted({group.cluster for group in self.args.groups.values()})
        groups = [self.environment.arn("eks", f"nodegroup/{cluster}/*") for cluster in clusters]
        return [
            Statement(
                sid="UpdateNodes",
                actions=["eks:DescribeNodegroup", "eks:UpdateNodegroupVersion"],
                resources=groups,
            ),
            Statement(
                sid="FollowUpdates",
                actions=["eks:DescribeUpdate"],
                resources=[*(self.environment.arn("eks", f"cluster/{cluster}") for cluster in clusters), *groups],
            ),
        ]

    def role(self, name: str) -> ServiceRole:
        """The role by which the window starts the runbook."""
        return ServiceRole(
            f"{name}-window",
            ServiceRoleArgs(
                environment=self.environment,
                service="ssm.amazonaws.com",
                description="Starts node updates in the maintenance window",
                statements=[
                    *self.runbook.starting(),
                    Statement(
                        sid="FollowRunbook",
                        actions=["ssm:GetAutomationExecution"],
                        resources=[self.environment.arn("ssm", "automation-execution/*")],
                    ),
                ],
                tags=self.environment.tags(component="patching", data_class="internal")("node-updates-window"),
            ),
            self.child,
        )

    def task(self, name: str, group: NodeGroupRelease, role: ServiceRole) -> None:
        """One group, after the hosts; it isn't cut off when the window closes."""
        ssm.MaintenanceWindowTask(
            name,
            window_id=self.args.window_id,
            name=self.environment.physical_name(name, 128),
            description=f"Nodes of {group.cluster} of release {group.release}",
            task_type="AUTOMATION",
            task_arn=self.runbook.document_name,
            service_role_arn=role.arn,
            priority=2,
            cutoff_behavior="CONTINUE_TASK",
            task_invocation_parameters={
                "automation_parameters": {
                    "document_version": "$DEFAULT",
                    "parameters": [
                        {"name": "ClusterName", "values": [group.cluster]},
                        {"name": "NodegroupName", "values": [group.group]},
                        {"name": "ReleaseVersion", "values": [group.release]},
                    ],
                }
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.runbook, role]),
        )
