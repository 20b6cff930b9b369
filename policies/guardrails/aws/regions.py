"""Regions that AWS gives a special part."""

from __future__ import annotations

GLOBAL_REGION = "us-east-1"
"""Where AWS keeps what belongs to its global services; CloudFront takes certificates and web ACLs from there."""
