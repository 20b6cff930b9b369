"""Secrets Manager: encryption, replication, rotation, recovery and resource policies."""

from __future__ import annotations

import re
from datetime import timedelta

from guardrails.iam.sharing import not_public
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.references import Criteria, at_rest, recovery, secrets
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource
from guardrails.model.schedules import longest_gap
from guardrails.shapes.destinations import keep
from guardrails.shapes.plain_text import STATE, not_in_plain_text
from guardrails.shapes.properties import encrypt_with_customer_key

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
_WITH_SECRETS_OF_THEIR_OWN = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:docdb/cluster:Cluster",
    "aws:redshift/cluster:Cluster",
    "aws:redshiftserverless/namespace:Namespace",
)
"""The types for which AWS makes and keeps a secret, so that a rotation may be about that."""
_credentials = Criteria(("CC6.1",), ("A.5.17",))


@control(
    id="ENC-SECRETSMANAGER-002",
    title="Secret values are not in the state in plain text",
    why=STATE,
    fix="Use secretStringWo, let a rotation function make the value, or wrap it in pulumi.Output.secret.",
    severity=Severity.CRITICAL,
    types=("aws:secretsmanager/secretVersion:SecretVersion",),
    references=secrets(),
)
def secret_value_is_secret(version: Resource, _: Context) -> Findings:
    return not_in_plain_text(version, _CONTENT)


_CONTENT = re.compile("secretstring|secretbinary")


@control(
    id="LP-SECRETSMANAGER-001",
    title="Resource policies of secrets are not public",
    why="Whoever reads a secret is whoever it lets in.",
    fix="Set blockPublicPolicy to true on the aws:secretsmanager/secretPolicy:SecretPolicy, and name principals in "
    "each Allow statement.",
    severity=Severity.CRITICAL,
    types=(_POLICY, SECRET),
    references=_credentials(indonesia=("UU PDP 39",)),
)
def secret_is_not_public(secret: Resource, context: Context) -> Findings:
    yield from not_public(secret, context)
    if secret.type == _POLICY and not secret.get("blockPublicPolicy"):
        yield Violation("blockPublicPolicy is not set", "blockPublicPolicy")


@control(
    id="RSL-SECRETSMANAGER-001",
    title="Secrets have automatic rotation",
    why="A secret that never changes is known to whoever ever saw it, and after a leak nobody dares to change it.",
    fix="Add an aws:secretsmanager/secretRotation:SecretRotation for it, without rotationEnabled false.",
    severity=Severity.MEDIUM,
    types=(SECRET, ROTATION),
    scope=Scope.STACK,
    references=_credentials(checkov=("CKV2_AWS_57",), security_hub=("SecretsManager.1",)),
)
def secret_rotates(resource: Resource, context: Context) -> Findings:
    """Secrets that AWS makes for databases rotate unless that is switched off."""
    if resource.type == ROTATION:
        if resource.get("rotationEnabled") is False:
            yield Violation("it switches rotation off", "rotationEnabled")
    elif not named_by(resource, context.everything, (ROTATION,), "secretId", (SECRET, *_WITH_SECRETS_OF_THEIR_OWN)):
        yield Violation("nothing rotates it")


@control(
    id="RSL-SECRETSMANAGER-002",
    title="Secret rotation periods are short enough",
    why="The time between two rotations is how long a leaked secret is of use.",
    fix="Set rotationRules.automaticallyAfterDays, or a scheduleExpression, to at most maximumDays.",
    severity=Severity.MEDIUM,
    types=(ROTATION,),
    parameters={
        "maximumDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
            "default": 90,
            "description": "The longest time between two rotations, in days.",
        }
    },
    references=_credentials(checkov=("CKV_AWS_304",), security_hub=("SecretsManager.4",)),
)
def secret_rotates_often(rotation: Resource, context: Context) -> Findings:
    if rotation.get("rotationEnabled") is False:  # RSL-SECRETSMANAGER-001
        return
    most = timedelta(days=context.parameters["maximumDays"])
    days, path = rotation.number("rotationRules.automaticallyAfterDays", 0), "rotationRules.scheduleExpression"
    gap = timedelta(days=days) if days else longest_gap(rotation.text(path))
    if gap is None:
        yield Violation("it has no schedule that can be read", "rotationRules")
    elif gap > most:
        where = "rotationRules.automaticallyAfterDays" if days else path
        yield Violation(f"it may take more than {most.days} days", where)


@control(
    id="RSL-SECRETSMANAGER-003",
    title="Secrets have a recovery window",
    why="What was deleted by mistake takes every service down that needs it, and nobody knows the password.",
    fix="Remove recoveryWindowInDays (30), or set it to minimumDays or more.",
    severity=Severity.MEDIUM,
    types=(SECRET,),
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 7,
            "maximum": 30,
            "default": 7,
            "description": "How long a deleted secret can be restored, in days.",
        }
    },
    references=recovery(),
)
def secret_is_recoverable(secret: Resource, context: Context) -> Findings:
    days, least = secret.number("recoveryWindowInDays", 30), context.parameters["minimumDays"]
    if days < least:
        yield Violation(f"for {days} days only, at least {least} are expected", "recoveryWindowInDays")


encrypt_with_customer_key(
    "ENC-SECRETSMANAGER-001",
    "Secrets",
    "aws:secretsmanager/secret:Secret",
    "kmsKeyId",
    at_rest(("CKV_AWS_149",)),
)


keep(
    "RES-SECRETSMANAGER-001",
    "Secrets replicate to allowed regions only",
    "aws:secretsmanager/secret:Secret",
    "replicas[*].region",
)
