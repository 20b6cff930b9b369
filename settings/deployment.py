"""What the pipeline of SMILE goes by (docs/runbooks/deployment.md)."""

from __future__ import annotations

CI_ROLE = "smile-ci"
"""Who pushes images: one role for all stacks, since they share the registry."""
STATE_BUCKET = "smile-state-{account}"
"""The bucket with the state of an account's stacks."""
STATE_LOG_BUCKET = "smile-state-logs-{account}"
"""The bucket that each request to it is logged in."""
STATE_KEY = "alias/smile-state"
"""The KMS key of the secrets in it."""
IMAGE_WORKFLOW = ".github/workflows/images.yml"
"""Builds, scans and pushes images."""
