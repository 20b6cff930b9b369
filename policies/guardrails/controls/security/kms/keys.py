"""KMS keys: rotation, key spec, use and deletion."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold
from guardrails.model.references import CUSTOMER_KEY
from guardrails.model.resource import Resource, Stack, origins
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name
from guardrails.services.keys import why_not_customer_key
from guardrails.shapes.properties import forbid_property, forbid_type, require_value

KEY = "aws:kms/key:Key"
WITH_POLICIES = (
    KEY,
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
CRYPTOGRAPHY = {"soc2": ("CC6.1",), "iso27001": ("A.8.24",), "indonesia": ("UU PDP 35", "UU PDP 39")}
RESIDENCY = {"iso27001": ("A.5.31",), "indonesia": ("UU PDP 56", "PP 71/2019 20")}


def _rotates(key: Resource) -> bool:
    """AWS rotates only symmetric encryption keys that it made itself."""
    return (
        key.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        and key.get("keyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
        and not key.has("customKeyStoreId")
    )


@control(
    id="ENC-KMS-001",
    title="Customer managed keys have automatic rotation",
    why="A key that never rotates turns one leak into a permanent one.",
    fix="Set enableKeyRotation to true.",
    severity=Severity.HIGH,
    types=(KEY,),
    references=References(checkov=("CKV_AWS_7",), security_hub=("KMS.4",), **CRYPTOGRAPHY),
)
def key_rotates(key: Resource, _: Context) -> Findings:
    if all_hold(lambda: not key.get("enableKeyRotation"), lambda: _rotates(key)):
        yield Violation("rotation is off", "enableKeyRotation")


@control(
    id="ENC-KMS-002",
    title="Key rotation periods are short enough",
    why="The longer a key is used, the more data one leak opens.",
    fix="Set rotationPeriodInDays to at most maximumDays (AWS takes 90 to 2560), or leave it out for 365 days.",
    severity=Severity.MEDIUM,
    types=(KEY,),
    parameters={
        "maximumDays": {
            "type": "integer",
            "minimum": 90,
            "maximum": 2560,
            "default": 365,
            "description": "The longest permitted time between two rotations, in days.",
        }
    },
    references=References(**CRYPTOGRAPHY),
)
def key_rotates_often(key: Resource, context: Context) -> Findings:
    days, most = key.number("rotationPeriodInDays", 365), context.parameters["maximumDays"]
    if days > most and _rotates(key):
        yield Violation(f"{days} days between rotations, at most {most} are permitted", "rotationPeriodInDays")


require_value(
    "isEnabled",
    (True,),
    default=True,
    id="ENC-KMS-003",
    title="Keys are enabled",
    why="Whatever is encrypted with a disabled key can't be read.",
    fix="Set isEnabled to true or leave it out.",
    severity=Severity.MEDIUM,
    types=(KEY,),
    references=References(checkov=("CKV_AWS_227",), iso27001=("A.8.24",)),
)

require_value(
    "customerMasterKeySpec",
    (
        *("SYMMETRIC_DEFAULT", "RSA_3072", "RSA_4096", "HMAC_256", "HMAC_384", "HMAC_512"),
        *("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_NIST_EDWARDS25519"),
        *("ML_DSA_44", "ML_DSA_65", "ML_DSA_87"),
    ),  # what has a strength of 128 bits or more in NIST SP 800-57, and ML-DSA of FIPS 204
    default="SYMMETRIC_DEFAULT",
    id="ENC-KMS-004",
    title="Keys have an approved key spec",
    why="Shorter keys are expected to be broken within the lifetime of health data.",
    fix="Set customerMasterKeySpec to SYMMETRIC_DEFAULT, RSA_3072, ECC_NIST_P256, HMAC_256, ML_DSA_44 or a longer one.",
    severity=Severity.HIGH,
    types=(KEY,),
    references=References(**CRYPTOGRAPHY),
)

forbid_type(
    "imported key material is never rotated by AWS and its copies are out of control",
    id="ENC-KMS-005",
    title="Key material originates in AWS KMS",
    why="Imported material can't rotate automatically, and whoever made it may still have it.",
    fix="Use aws:kms/key:Key, or grant an exemption with a rotation plan.",
    severity=Severity.HIGH,
    types=("aws:kms/externalKey:ExternalKey",),
    references=References(**CRYPTOGRAPHY),
)

_KEY_NAME = re.compile(
    r"(^|[a-z])kms(Master|Encryption|Managed)?Key(Id|Arn|Identifier)?$|(^|[a-z])KmsKey(Id|Arn)?$", re.IGNORECASE
)


@control(
    id="ENC-KMS-006",
    title="Every key in use is a customer managed key",
    why=CUSTOMER_KEY,
    fix="Name an aws:kms/key:Key of the stack or of an allowed account instead of alias/aws/....",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=References(**CRYPTOGRAPHY),
)
def named_key_is_ours(resource: Resource, context: Context) -> Findings:
    for path, value in resource.plain_leaves:
        if not _is_key(path) and not _is_alias_of_aws(path, value):
            continue
        try:
            why = why_not_customer_key(resource, path, context)
        except UndeterminedError as unknown:
            yield unknown
            continue
        if why:
            yield Violation(why, path)


@control(
    id="ENC-KMS-007",
    title="Each data class has its own key",
    why="A key that everything shares can't be withdrawn or audited for one class of data.",
    fix="Create one key per class of data (database, cache, queues, files, objects, logs, secrets ...).",
    severity=Severity.MEDIUM,
    types=(KEY,),
    scope=Scope.STACK,
    parameters={
        "maximumServices": {
            "type": "integer",
            "minimum": 1,
            "default": 3,
            "description": "How many AWS services may encrypt with one key.",
        }
    },
    references=References(iso27001=("A.8.24",)),
)
def key_is_not_shared(key: Resource, context: Context) -> Findings:
    users = context.everything.once(_services_by_key)
    names = {key.urn, *(key.outputs.get(name) for name in ("arn", "keyId", "id"))} - {None, UNKNOWN}
    services = sorted({service for name in names for service in users.get(str(name), ())})
    most = context.parameters["maximumServices"]
    if len(services) > most:
        yield Violation(f"{len(services)} services use it ({', '.join(services)}), at most {most} may")


def _services_by_key(stack: Stack) -> dict[str, set[str]]:
    """The AWS services that encrypt with each key, by what names it: its ARN or id, or its URN."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    for resource in stack:
        service = resource.type.partition("/")[0].removeprefix("aws:")
        if not resource.type.startswith("aws:") or service == "kms":
            continue
        for path, value in resource.plain_leaves:
            if _is_key(path):
                for name in origins(resource, path) if value is UNKNOWN else (str(value),):
                    users[name].add(service)
    return users


@lru_cache(maxsize=8192)
def _is_key(path: str) -> bool:
    return _KEY_NAME.search(property_name(path)) is not None


def _is_alias_of_aws(path: str, value: object) -> bool:
    """Whether what is about a key, however called, is the alias of one managed by AWS; policies only speak of it."""
    is_alias = isinstance(value, str) and re.match(r"(arn:[^:]*:kms:[^:]*:[^:]*:)?alias/aws/", value)
    return bool(is_alias) and re.search(r"[kK]ey|[kK]ms|ncrypt", path) is not None and "Statement" not in path


require_value(
    "multiRegion",
    (False,),
    default=False,
    id="RES-KMS-001",
    title="Keys are single-region",
    why="A multi-region key can be replicated, and with it the power to read the data, to another country.",
    fix="Set multiRegion to false or leave it out; changing it replaces the key.",
    severity=Severity.HIGH,
    types=(KEY, "aws:kms/externalKey:ExternalKey"),
    references=References(**RESIDENCY),
)

forbid_type(
    "a replica of a key lets data be read outside the region of the key",
    id="RES-KMS-002",
    title="Keys are not replicated",
    why="Keys stay in the region of the data.",
    fix="Remove the replica and use a key of the allowed region.",
    severity=Severity.HIGH,
    types=("aws:kms/replicaKey:ReplicaKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"),
    references=References(**RESIDENCY),
)


@control(
    id="RSL-KMS-001",
    title="Keys are protected and have a deletion waiting period",
    why="Deleting a key destroys everything encrypted with it; the window is the time to notice.",
    fix="Set deletionWindowInDays to minimumDays (30 is the most), and the resource option protect.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=(KEY,),
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 7,
            "maximum": 30,
            "default": 30,
            "description": "The shortest permitted waiting period before deletion, in days.",
        },
        "protect": {
            "type": "boolean",
            "default": True,
            "description": "Whether keys must carry the resource option protect.",
        },
    },
    references=References(security_hub=("KMS.3",), soc2=("A1.2",), iso27001=("A.8.24",)),
)
def key_is_slow_to_delete(key: Resource, context: Context) -> Findings:
    days, least = key.number("deletionWindowInDays", 30), context.parameters["minimumDays"]
    if days < least:
        yield Violation(f"{days} days until deletion, at least {least} are required", "deletionWindowInDays")
    if context.parameters["protect"] and not key.protect:
        yield Violation("the resource option protect is not set")


forbid_property(
    "bypassPolicyLockoutSafetyCheck",
    "the check against locking everybody out is off",
    id="LP-KMS-006",
    title="Key policies keep the lockout safety check",
    why="Without it a key policy can leave a key that nobody can manage any more.",
    fix="Leave bypassPolicyLockoutSafetyCheck out.",
    severity=Severity.MEDIUM,
    types=WITH_POLICIES,
    references=References(iso27001=("A.8.24",)),
)
