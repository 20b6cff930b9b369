"""What the pipeline of SMILE goes by (docs/runbooks/deployment.md)."""

from __future__ import annotations

CI_ROLE = "smile-ci"
"""Who pushes images: one role for all stacks, since they share the registry."""
IMAGE_WORKFLOW = ".github/workflows/images.yml"
"""Builds, scans and pushes images."""
