"""Secrets that would stand in the state in plain text."""

from __future__ import annotations

from guardrails.control import Context, Findings, References, Severity, control
from guardrails.plain_text import STATE, not_in_plain_text
from guardrails.resource import Resource

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
    id="ENC-SECRETSMANAGER-002",
    title="Values of secrets are not in the state in plain text",
    why=STATE,
    fix="Use secretStringWo, let a rotation function make the value, or wrap it in pulumi.Output.secret.",
    severity=Severity.CRITICAL,
    types=("aws:secretsmanager/secretVersion:SecretVersion",),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)),
)
def secret_value_is_secret(version: Resource, _: Context) -> Findings:
    return not_in_plain_text(version, {"secretstring", "secretbinary"})


@control(
    id="ENC-PULUMI-001",
    title="Passwords, tokens and keys are Pulumi secrets",
    why=STATE,
    fix="Take the value from config.require_secret, wrap it in pulumi.Output.secret, or use the write-only argument.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)),
)
def sensitive_inputs_are_secret(resource: Resource, _: Context) -> Findings:
    return not_in_plain_text(resource, _NAMES)
