"""EFS encryption at rest and in transit, and replication."""

from __future__ import annotations

from guardrails.model.references import at_rest
from guardrails.shapes.destinations import keep
from guardrails.shapes.properties import encrypt_at_rest, encrypt_with_customer_key
from guardrails.shapes.tls_policies import deny_plain_requests

_FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"


encrypt_at_rest("ENC-EFS-001", "File systems", _FILE_SYSTEM, at_rest(("CKV_AWS_42",), ("EFS.1", "EFS.8")))
encrypt_with_customer_key(
    "ENC-EFS-002", "File systems", _FILE_SYSTEM, "kmsKeyId", at_rest(("CKV_AWS_184",), ("EFS.1",))
)

keep(
    "RES-EFS-001",
    "File systems replicate to allowed regions only",
    "aws:efs/replicationConfiguration:ReplicationConfiguration",
    "destination.region",
)
deny_plain_requests(
    "ENC-EFS-003",
    "File system policies",
    ("aws:efs/fileSystemPolicy:FileSystemPolicy",),
    "elasticfilesystem:ClientMount",
)
