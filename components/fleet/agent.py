"""The CloudWatch agent of instances: their memory and disks as metrics, their log files as log groups.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from components.core.cloud_init import File
from components.core.environment import Environment
from components.core.iam import Statement
from components.fleet.alarms import DIMENSION

PACKAGE = "amazon-cloudwatch-agent"
SERVICE = f"{PACKAGE}.service"
CONFIGURATION = "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json"
CONTROL = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
START = (CONTROL, "-a", "fetch-config", "-m", "ec2", "-s", "-c", f"file:{CONFIGURATION}")
"""The command that reads the configuration, and starts the agent now and at every boot."""


def configuration(namespace: str, group: str, logs: Mapping[str, str]) -> File:
    """The agent's configuration.

    Args:
        namespace: of the metrics.
        group: physical name of the Auto Scaling group, the dimension of them all.
        logs: path of a log file, ``*`` allowed -> name of the log group, which is there already.
    """
    of_group = {"append_dimensions": {DIMENSION: group}}
    content: dict[str, Any] = {
        "agent": {"metrics_collection_interval": 60, "omit_hostname": True, "run_as_user": "root"},
        "metrics": {
            "namespace": namespace,
            "metrics_collected": {
                "mem": {"measurement": ["mem_used_percent"], **of_group},
                "disk": {
                    "measurement": ["disk_used_percent"],
                    "resources": ["/"],
                    "drop_device": True,
                    "ignore_file_system_types": ["tmpfs", "devtmpfs"],
                    **of_group,
                },
            },
            "aggregation_dimensions": [[DIMENSION]],
        },
        "logs": {
            "logs_collected": {
                "files": {
                    "collect_list": [
                        {"file_path": path, "log_group_name": name, "log_stream_name": "{instance_id}"}
                        for path, name in sorted(logs.items())
                    ]
                }
            }
        },
    }
    return File(path=CONFIGURATION, content=json.dumps(content))


def write_logs(environment: Environment, groups: Sequence[str]) -> Statement:
    """What the agent needs to write to log groups that are there.

    Args:
        environment: whose they are.
        groups: their names.
    """
    return Statement(
        sid="WriteLogs",
        actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        resources=[environment.arn("logs", f"log-group:{name}:*") for name in groups],
    )
