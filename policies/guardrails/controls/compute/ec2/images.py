"""Snapshots and AMIs: where they are copied, and with whom they are shared."""

from __future__ import annotations

from guardrails.model.control import References
from guardrails.shapes.destinations import LAW, keep, share_with_known_accounts

keep(
    "RES-EC2-001",
    "Snapshots and AMIs are copied from allowed regions only",
    ("aws:ebs/snapshotCopy:SnapshotCopy", "aws:ec2/amiCopy:AmiCopy"),
    "sourceRegion",
    "sourceAmiRegion",
)
keep(
    "RES-EC2-002",
    "Data Lifecycle Manager policies copy to allowed regions only",
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    "policyDetails.schedules[*].crossRegionCopyRules[*].targetRegion",
    "policyDetails.schedules[*].crossRegionCopyRules[*].target",
    "policyDetails.action.crossRegionCopies[*].target",
)
share_with_known_accounts(
    "RES-EC2-003",
    "Snapshots and AMIs are shared with known accounts only",
    (
        "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
        "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
        "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    ),
    "accountId",
    "group",
    "organizationArn",
    "organizationalUnitArn",
    "policyDetails.schedules[*].shareRule.targetAccounts",
    "policyDetails.schedules[*].shareRules[*].targetAccounts",  # as a list of one, as CloudFormation has it
    references=References(security_hub=("EC2.1",), iso27001=LAW.iso27001, indonesia=LAW.indonesia),
)
