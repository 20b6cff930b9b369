"""Log groups: made before whatever writes to them, so that none appears unencrypted and without an end."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import AuditLog, StackContext
from components.core.iam import Statement, document


def log_group(  # noqa: PLR0913 - as much is said of every log group
    name: str,
    context: StackContext,
    path: pulumi.Input[str],
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    *,
    evidence: bool = False,
    retention_days: int | None = None,
) -> cloudwatch.LogGroup:
    """An encrypted log group with the stack's retention, which saved queries may be about.

    Args:
        name: logical name.
        context: key and retention.
        path: physical name, such as ``/aws/lambda/acme-prod-snapshot-cache``.
        tags: of the log group.
        parent: the component it belongs to.
        evidence: investigations start from it: it stays in AWS where data does.
        retention_days: other than the stack's.
    """
    if isinstance(path, str):
        context.log_groups.append(path)
    return cloudwatch.LogGroup(
        name,
        name=path,
        retention_in_days=retention_days or context.log_retention_days,
        kms_key_id=context.keys["logs"],
        skip_destroy=evidence and context.protection.retain_on_delete,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def audit_log_group(
    name: str, context: StackContext, path: str, tags: Mapping[str, str], parent: pulumi.Resource
) -> cloudwatch.LogGroup:
    """A log group that says who got in and what they did, for which the stack's log archive has a copy."""
    group = log_group(name, context, path, tags, parent, evidence=True)
    context.audit_logs.append(AuditLog(name=name, path=path, group=group))
    return group


def delivery_policy(
    name: str, context: StackContext, path: str, sid: str, opts: pulumi.ResourceOptions
) -> cloudwatch.LogResourcePolicy:
    """Lets services that deliver logs write into a log group: a role of theirs may not change such policies itself.

    Args:
        name: logical name.
        context: whose account and Region.
        path: physical name of the log group, and of the policy.
        sid: who writes, such as ``WebAclsWrite``.
        opts: of the policy.
    """
    environment = context.environment
    writes = Statement(
        sid=sid,
        principals={"Service": "delivery.logs.amazonaws.com"},
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[environment.arn("logs", f"log-group:{path}:log-stream:*")],
        conditions={
            "StringEquals": {"aws:SourceAccount": environment.account_id},
            "ArnLike": {"aws:SourceArn": environment.arn("logs", "*")},
        },
    )
    return cloudwatch.LogResourcePolicy(name, policy_name=path, policy_document=document(writes), opts=opts)
