"""X-Ray: whose key encrypts traces."""

from __future__ import annotations

from guardrails.model.references import key_management
from guardrails.shapes.properties import encrypt_with_customer_key

encrypt_with_customer_key(
    "ENC-XRAY-001", "Traces", "aws:xray/encryptionConfig:EncryptionConfig", "keyId", key_management()
)
