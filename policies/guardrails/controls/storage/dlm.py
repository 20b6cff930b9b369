"""Amazon Data Lifecycle Manager: whom its snapshots are shared with."""

from __future__ import annotations

from guardrails.shapes.destinations import share_with_known_accounts

share_with_known_accounts(
    "RES-DLM-001",
    "Snapshots of lifecycle policies are shared with known accounts only",
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    "policyDetails.schedules[*].shareRules[*].targetAccounts",
    "policyDetails.schedules[*].shareRules.targetAccounts",
)
