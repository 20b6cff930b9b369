"""Secrets that would stand in the state in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from guardrails.control import Context, Findings, References, Severity, UndeterminedError, Violation, control
from guardrails.resource import UNKNOWN, Resource
from guardrails.values import leaves

_STATE = "The state of a stack is read by everybody who may preview it, and is copied to where it is stored."
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
_REFERENCE = re.compile(r"arn:aws|\{\{resolve:")
"""How a value begins that only says where the secret is."""


def _plain(resource: Resource, names: Iterable[str]) -> Findings:
    """The values under these names, at any depth, that are not marked as secret."""
    for path, value in leaves(resource.properties):
        name = path.rpartition(".")[2].partition("[")[0]
        if name.lower() not in names or resource.is_secret(path):
            continue
        if value is UNKNOWN:
            yield UndeterminedError(path)
        elif isinstance(value, str) and value and not _REFERENCE.match(value):
            yield Violation("it is no Pulumi secret", path)


@control(
    id="ENC-SECRETSMANAGER-002",
    title="Values of secrets are not in the state in plain text",
    why=_STATE,
    fix="Use secretStringWo, let a rotation function make the value, or wrap it in pulumi.Output.secret.",
    severity=Severity.CRITICAL,
    types=("aws:secretsmanager/secretVersion:SecretVersion",),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)),
)
def secret_value_is_secret(version: Resource, _: Context) -> Findings:
    return _plain(version, {"secretstring", "secretbinary"})


@control(
    id="ENC-PULUMI-001",
    title="Passwords, tokens and keys are Pulumi secrets",
    why=_STATE,
    fix="Take the value from config.require_secret, wrap it in pulumi.Output.secret, or use the write-only argument.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)),
)
def sensitive_inputs_are_secret(resource: Resource, _: Context) -> Findings:
    return _plain(resource, _NAMES)
