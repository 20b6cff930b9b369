"""Secrets in plain text in the state."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, control
from guardrails.model.references import secrets
from guardrails.model.resource import Resource
from guardrails.shapes.plain_text import STATE, not_in_plain_text

_NAMES = frozenset(
    name.lower()
    for name in (
        "accessToken adminPassword adminUserPassword apiKey authToken certificatePrivateKey clientSecret "
        "fsxAdminPassword hsmPartitionPassword keyMaterialBase64 masterPassword masterUserPassword oauthToken password "
        "passwords presharedKey privateKey secretAccessKey secretBinary secretKey secretString servicePassword "
        "sharedSecret smbGuestPassword svmAdminPassword temporaryPassword tunnel1PresharedKey tunnel2PresharedKey "
    ).split()
)
"""The properties of AWS resources that hold nothing but a secret; write-only ones, which end with Wo, aren't kept."""


@control(
    id="ENC-PULUMI-001",
    title="Passwords, tokens and keys are Pulumi secrets",
    why=STATE,
    fix="Take the value from config.require_secret, wrap it in pulumi.Output.secret, or use the write-only argument.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=secrets(),
)
def sensitive_inputs_are_secret(resource: Resource, _: Context) -> Findings:
    return not_in_plain_text(resource, _NAMES)
