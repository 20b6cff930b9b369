"""The synthetic resources once more, for ``terraform plan`` and checkov; needs both on PATH and the AWS provider."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from bench.measure import Run, measure

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


def missing() -> list[str]:
    """The tools that aren't on PATH."""
    return [tool for tool in TOOLS if not shutil.which(tool)]


def compare(size: int, folder: Path) -> dict[str, Run]:
    """Plan ``size`` resources and check the plan, in ``folder``.

    Raises:
        MeasurementError: a command fails; ``terraform init`` does where the provider can't be had.
    """
    (folder / "main.tf.json").write_text(json.dumps(configuration(size)), encoding="utf-8")
    environment = dict(os.environ) | {"TF_IN_AUTOMATION": "true", "CHECKPOINT_DISABLE": "true"}
    measure(["terraform", "init", "-input=false", "-no-color"], folder, environment)
    planned = measure(["terraform", "plan", "-input=false", "-no-color", "-out=plan"], folder, environment)
    measure(["sh", "-c", "terraform show -json plan > plan.json"], folder, environment)
    checked = measure(
        ["checkov", "--file", "plan.json", "--quiet", "--compact", "--soft-fail", "--skip-download"],
        folder,
        environment,
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
    source = {"aws": {"source": "hashicorp/aws", "version": "~> 6.0"}}
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
