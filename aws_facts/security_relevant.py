"""Resources and properties that decide who may do what, who reaches what, and what is encrypted or recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

TYPES = (
    "aws:accessanalyzer/*",
    "aws:acm/*",
    "aws:cfg/*",
    "aws:cloudtrail/*",
    "aws:ec2/networkAcl*",
    "aws:ec2/securityGroup*",
    "aws:eks/accessEntry*",
    "aws:eks/accessPolicyAssociation*",
    "aws:eks/podIdentityAssociation*",
    "aws:guardduty/*",
    "aws:iam/*",
    "aws:inspector2/*",
    "aws:kms/*",
    "aws:lambda/permission:*",
    "aws:s3/bucketAcl*",
    "aws:s3/bucketObjectLock*",
    "aws:s3/bucketPolicy:*",
    "aws:s3/bucketPublicAccessBlock:*",
    "aws:s3/bucketServerSideEncryption*",
    "aws:secretsmanager/*",
    "aws:securityhub/*",
    "aws:signer/*",
    "aws:vpc/securityGroup*",
    "aws:wafv2/*",
    "kubernetes:networking.k8s.io/*:NetworkPolicy",
    "kubernetes:rbac.authorization.k8s.io/*",
)
"""Patterns of fnmatch."""
PROPERTIES = re.compile(
    r"policy|policies|public|encrypt|kms|cidr|ingress|egress|securityGroup|authori[sz]|authenticat|tls|ssl|certificate|"
    r"deletionProtection|backupRetention|retentionInDays|objectLock|logging|logExports|mfa|iamRole|roleArn",
    re.IGNORECASE,
)
"""Parts of the names of properties, whatever the type."""


def is_security_relevant(type_: str, paths: Iterable[str] = ()) -> bool:
    """Whether a change of these properties of such a resource may open or hide something."""
    return any(fnmatchcase(type_, pattern) for pattern in TYPES) or any(map(PROPERTIES.search, paths))
