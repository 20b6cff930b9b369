"""EBS volumes: encrypted, with customer managed keys."""

from __future__ import annotations

from guardrails.model.control import Severity
from guardrails.model.references import AT_REST, at_rest
from guardrails.shapes.properties import encrypt_at_rest, encrypt_with_customer_key, require_value

_VOLUME = "aws:ebs/volume:Volume"
encrypt_at_rest("ENC-EBS-001", "EBS volumes", _VOLUME, at_rest(("CKV_AWS_3",), ("EC2.3",)))
encrypt_with_customer_key("ENC-EBS-002", "EBS volumes", _VOLUME, "kmsKeyId", at_rest(("CKV_AWS_189",)))
require_value(
    "enabled",
    (True,),
    default=True,
    id="ENC-EBS-003",
    title="EBS encryption by default is enabled",
    why=AT_REST,
    fix="Set enabled to true or leave it out.",
    severity=Severity.HIGH,
    types=("aws:ebs/encryptionByDefault:EncryptionByDefault",),
    references=at_rest(("CKV_AWS_106",), ("EC2.7",)),
)
encrypt_with_customer_key("ENC-EBS-004", "New EBS volumes", "aws:ebs/defaultKmsKey:DefaultKmsKey", "keyArn", at_rest())
