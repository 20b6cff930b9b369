"""Node types of ElastiCache."""

from __future__ import annotations

from aws_facts.instance_names import spelled

SIZES = {
    "t3 t4g": "micro small medium",
    "m5 r5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
    "m6g r6g m7g r7g m8g r8g c8gn": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
}
"""Families and sizes that AWS's price list has in ap-southeast-3, as cfn-lint carries it (a test compares). Another
Region may have fewer: AWS refuses there what it lacks."""
NODE_TYPES = spelled("cache", SIZES)
