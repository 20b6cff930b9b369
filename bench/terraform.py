"""The synthetic resources once more, for ``terraform plan`` and checkov.

Both must be on PATH, and the AWS provider where ``terraform init`` finds it: in its registry, or in a folder that the
file of TF_CLI_CONFIG_FILE names as a filesystem mirror
(https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from bench.measure import MeasurementError, Run, measure

TOOLS = ("terraform", "checkov")
PROVIDER = {
    "region": "ap-southeast-3",
    "access_key": "none",
    "secret_key": "none",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
}
"""No account is needed to plan what doesn't exist yet."""

MIX = ("rule", "rule", "rule", "queue", "alarm", "rule", "logs", "queue", "alarm", "role")
"""As in programs/synthetic."""


def prepare(size: int, folder: Path) -> str:
    """Write the configuration of ``size`` resources to ``folder`` and fetch its provider; why it can't be, if so."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return f"no {' and no '.join(missing)} on PATH"
    (folder / "main.tf.json").write_text(json.dumps(configuration(size)), encoding="utf-8")
    try:
        measure(["terraform", "init", "-input=false", "-no-color"], folder, environment())
    except MeasurementError as error:
        return " ".join(str(error).split())
    return ""


def environment() -> dict[str, str]:
    """Of each command: it asks nobody anything."""
    return dict(os.environ) | {"TF_IN_AUTOMATION": "true", "CHECKPOINT_DISABLE": "true"}


def compare(size: int, folder: Path) -> dict[str, Run]:
    """Plan what `prepare` has written, and check the plan.

    Raises:
        MeasurementError: a command fails.
    """
    planned = measure(["terraform", "plan", "-input=false", "-no-color", "-out=plan"], folder, environment())
    measure(["sh", "-c", "terraform show -json plan > plan.json"], folder, environment())
    checked = measure(
        ["checkov", "--file", "plan.json", "--quiet", "--compact", "--soft-fail", "--skip-download"],
        folder,
        environment(),
    )
    return {f"{size} resources, terraform plan": planned, f"{size} resources, checkov": checked}


def configuration(size: int) -> dict[str, Any]:
    """``size`` resources in the mix of programs/synthetic, a group and a key beside them, in Terraform's JSON."""
    everybody = {"AWS": "arn:aws:iam::123456789012:root"}
    resources: dict[str, dict[str, Any]] = {
        "aws_security_group": {"group": {"description": "bench", "vpc_id": "vpc-0a1b2c3d4e5f60718"}},
        "aws_kms_key": {
            "key": {
                "description": "bench",
                "enable_key_rotation": True,
                "policy": document({"Action": "kms:*", "Resource": "*", "Principal": everybody}),
            }
        },
    }
    for index in range(size):
        kind, arguments = resource(MIX[index % len(MIX)], index)
        resources.setdefault(kind, {})[f"bench-{index}"] = arguments
    source = {"aws": {"source": "hashicorp/aws", "version": ">= 5.0"}}
    return {"terraform": {"required_providers": source}, "provider": {"aws": PROVIDER}, "resource": resources}


def resource(role: str, index: int) -> tuple[str, dict[str, Any]]:
    """Type and arguments of one resource."""
    key = "${aws_kms_key.key.arn}"
    match role:
        case "rule":
            return "aws_vpc_security_group_ingress_rule", {
                "security_group_id": "${aws_security_group.group.id}",
                "ip_protocol": "tcp",
                "from_port": 443,
                "to_port": 443,
                "cidr_ipv4": f"10.{index // 250 % 250}.{index % 250}.0/24",
                "description": "bench",
            }
        case "queue":
            return "aws_sqs_queue", {"name": f"bench-{index}", "kms_master_key_id": key}
        case "alarm":
            return "aws_cloudwatch_metric_alarm", {
                "alarm_name": f"bench-{index}",
                "namespace": "AWS/SQS",
                "metric_name": "ApproximateAgeOfOldestMessage",
                "dimensions": {"QueueName": f"bench-{index - 1}"},
                "statistic": "Maximum",
                "period": 300,
                "evaluation_periods": 1,
                "threshold": 600,
                "comparison_operator": "GreaterThanThreshold",
                "alarm_actions": ["arn:aws:sns:ap-southeast-3:123456789012:bench"],
            }
        case "logs":
            return "aws_cloudwatch_log_group", {
                "name": f"/bench/{index}",
                "retention_in_days": 30,
                "kms_key_id": key,
            }
        case _:
            trust = document({"Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}})
            return "aws_iam_role", {"name": f"bench-{index}", "assume_role_policy": trust}


def document(statement: dict[str, Any]) -> str:
    """A policy of one statement that allows."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]})
