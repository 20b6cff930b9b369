"""Automation documents, as data: what their steps call, in schema 0.3.

Each action is described under
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html.
"""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]
Document = dict[str, Any]

UPDATE_SECONDS = 6 * 60 * 60
"""How long a group's update may take: a third of its nodes at a time, each of which is drained first."""
DATABASE_SECONDS = 60 * 60
"""Stopping or starting a database may take as long as AWS's own runbooks wait for it."""


def automation(description: str, role: str, parameters: dict[str, Any], steps: list[Step]) -> Document:
    """A document whose steps are done with one role."""
    return {
        "schemaVersion": "0.3",
        "description": description,
        "assumeRole": role,
        "parameters": parameters,
        "mainSteps": steps,
    }


def call(name: str, service: str, api: str, inputs: dict[str, Any], **more: Any) -> Step:
    """A step that calls an operation of an AWS service, named as in boto3."""
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **inputs}, **more}


def parameter(description: str, **more: Any) -> dict[str, Any]:
    """A parameter that whoever starts the document fills in."""
    return {"type": "String", "description": description, **more}


def update_nodes(role: str) -> Document:
    """Bring a node group to a release of its image, unless it is of that already.

    EKS drains each node first and gives up where a disruption budget lets no pod go; the group is then as it was.
    """
    group = {"clusterName": "{{ ClusterName }}", "nodegroupName": "{{ NodegroupName }}"}
    release: dict[str, Any] = {
        "Service": "eks",
        "Api": "DescribeNodegroup",
        **group,
        "PropertySelector": "$.nodegroup.releaseVersion",
        "DesiredValues": ["{{ ReleaseVersion }}"],
    }
    return automation(
        "Brings the nodes of a managed node group to a release of their image, a third of the group at a time",
        role,
        {
            "ClusterName": parameter("Name of the cluster", allowedPattern="^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$"),
            "NodegroupName": parameter("Name of the node group", allowedPattern="^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$"),
            "ReleaseVersion": parameter(
                "Release, such as 1.36.3-20260903", allowedPattern=r"^\d\.\d{2}\.\d{1,2}-\d{8}$"
            ),
        },
        [
            {
                "name": "IsThereAlready",
                "action": "aws:assertAwsResourceProperty",
                "inputs": release,
                "isCritical": False,
                "onFailure": "step:UpdateNodes",
                "isEnd": True,
            },
            call(
                "UpdateNodes",
                "eks",
                "UpdateNodegroupVersion",
                {**group, "releaseVersion": "{{ ReleaseVersion }}"},
                outputs=[{"Name": "UpdateId", "Selector": "$.update.id", "Type": "String"}],
            ),
            {
                "name": "WaitForUpdate",
                "action": "aws:waitForAwsResourceProperty",
                "timeoutSeconds": UPDATE_SECONDS,
                "inputs": {
                    "Service": "eks",
                    "Api": "DescribeUpdate",
                    "name": "{{ ClusterName }}",
                    "nodegroupName": "{{ NodegroupName }}",
                    "updateId": "{{ UpdateNodes.UpdateId }}",
                    "PropertySelector": "$.update.status",
                    "DesiredValues": ["Successful", "Failed", "Cancelled"],
                },
            },
            {"name": "IsThereNow", "action": "aws:assertAwsResourceProperty", "inputs": release, "isEnd": True},
        ],
    )


def switch_database(role: str) -> Document:
    """Start or stop a database, and wait until it is. RDS starts one by itself that was stopped for seven days."""
    database = {"DBInstanceIdentifier": "{{ Database }}"}

    def wait(name: str, status: str) -> Step:
        return {
            "name": name,
            "action": "aws:waitForAwsResourceProperty",
            "timeoutSeconds": DATABASE_SECONDS,
            "inputs": {
                "Service": "rds",
                "Api": "DescribeDBInstances",
                **database,
                "PropertySelector": "$.DBInstances[0].DBInstanceStatus",
                "DesiredValues": [status],
            },
            "isEnd": True,
        }

    return automation(
        "Starts or stops a database of development, and waits until it is",
        role,
        {
            "Database": parameter("Identifier of the instance", allowedPattern="^[a-z][a-z0-9-]{0,62}$"),
            "State": parameter("What it is to be", allowedValues=["started", "stopped"]),
        },
        [
            {
                "name": "WhatItIsToBe",
                "action": "aws:branch",
                "inputs": {
                    "Choices": [{"NextStep": "Start", "Variable": "{{ State }}", "StringEquals": "started"}],
                    "Default": "Stop",
                },
            },
            call("Start", "rds", "StartDBInstance", database, nextStep="IsStarted"),
            wait("IsStarted", "available"),
            call("Stop", "rds", "StopDBInstance", database, nextStep="IsStopped"),
            wait("IsStopped", "stopped"),
        ],
    )
