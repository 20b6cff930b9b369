"""Secrets in plain text in the state."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Severity, control
from guardrails.model.references import secrets
from guardrails.model.resource import Resource
from guardrails.shapes.plain_text import STATE, not_in_plain_text

_NAMES = re.compile(
    r"[a-z0-9]*(?:passwords?|passphrase|sharedsecret|clientsecret|(?:secret|secretaccess|private|preshared|bgpauth)key|keytab"
    r"|(?:access|refresh|api|auth|hec|jwt|oauth|secret)token|apikey)"
    r"|basicauthcredentials|customerkey|keymaterialbase64|platformcredential|secretbinary|secretstring"
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
