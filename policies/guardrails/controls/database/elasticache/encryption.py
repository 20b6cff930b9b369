"""ElastiCache encryption at rest and in transit, and authentication."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.references import CUSTOMER_KEY, at_rest, in_transit
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN
from guardrails.services.caches import (
    CLUSTER,
    MEMORYDB,
    REPLICATION_GROUP,
    SERVERLESS,
    decides,
    is_member,
    is_memcached,
)
from guardrails.shapes.properties import require_customer_key, require_value

_PLAIN = "Sessions and health data that travel without TLS can be read and changed on the way."
_USER_GROUPS = ("aws:elasticache/userGroup:UserGroup",)


@control(
    id="ENC-ELASTICACHE-001",
    title="Caches are encrypted at rest",
    why="Snapshots, and what is swapped to a disk, must be useless to whoever gets hold of them.",
    fix="Set atRestEncryptionEnabled to true on a replication group, which also a single node can be; changing it "
    "replaces the cache.",
    severity=Severity.HIGH,
    types=(REPLICATION_GROUP, CLUSTER),
    references=at_rest(("CKV_AWS_29",), ("ElastiCache.4",)),
)
def cache_is_encrypted_at_rest(cache: Resource, _: Context) -> Findings:
    """Valkey is encrypted unless told otherwise; Memcached keeps nothing on a disk."""
    if is_member(cache):
        return
    if cache.type == CLUSTER:
        if not is_memcached(cache):
            yield Violation("a cluster that is no replication group can't be encrypted")
        return
    encrypted = cache.get("atRestEncryptionEnabled")
    if encrypted is None:
        encrypted = str(cache.get("engine", "redis")).lower() == "valkey"
    if not encrypted:
        yield Violation("encryption is off", "atRestEncryptionEnabled")


require_customer_key(
    "kmsKeyId",
    when=decides,
    id="ENC-ELASTICACHE-002",
    title="Caches are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set kmsKeyId to the ARN of an aws:kms/key:Key; changing it replaces the cache.",
    severity=Severity.HIGH,
    types=(REPLICATION_GROUP,),
    references=at_rest(("CKV_AWS_191",)),
)
require_value(
    "transitEncryptionEnabled",
    (True,),
    default=False,
    when=decides,
    id="ENC-ELASTICACHE-003",
    title="Caches are encrypted in transit",
    why=_PLAIN,
    fix="Set transitEncryptionEnabled to true; Redis and Valkey need a replication group for it.",
    severity=Severity.HIGH,
    types=(REPLICATION_GROUP, CLUSTER),
    references=in_transit(("CKV_AWS_30",), ("ElastiCache.5",)),
)


@control(
    id="ENC-ELASTICACHE-004",
    title="Caches have transit encryption mode required",
    why="preferred is meant for the days in which clients move to TLS: until it ends, plain connections go on.",
    fix="Set transitEncryptionMode to required, or leave it out on a new cache.",
    severity=Severity.MEDIUM,
    types=(REPLICATION_GROUP,),
    references=in_transit(),
)
def cache_requires_tls(cache: Resource, _: Context) -> Findings:
    if cache.get("transitEncryptionMode") == "preferred":
        yield Violation("plain connections are accepted too", "transitEncryptionMode")


@control(
    id="ENC-ELASTICACHE-005",
    title="Caches require authentication",
    why="Without one, whoever reaches the port reads and changes everything.",
    fix="Set userGroupIds (serverless: userGroupId, MemoryDB: aclName other than open-access) or authToken.",
    severity=Severity.HIGH,
    types=(REPLICATION_GROUP, SERVERLESS, MEMORYDB),
    references=References(
        checkov=("CKV_AWS_31",), security_hub=("ElastiCache.6",), soc2=("CC6.1",), iso27001=("A.5.17", "A.8.5")
    ),
)
def cache_demands_authentication(cache: Resource, _: Context) -> Findings:
    """Memcached has neither users nor tokens; security groups are all that protects it."""
    if cache.type == MEMORYDB:
        if cache.get("aclName") == "open-access":
            yield Violation("open-access needs no authentication", "aclName")
        return
    if is_member(cache) or cache.has("authToken") or cache.has("authTokenWo"):
        return
    path = "userGroupId" if cache.type == SERVERLESS else "userGroupIds"
    if not _names_a_group(cache, path) and not (cache.has("engine") and is_memcached(cache)):
        yield Violation("clients need no authentication", path)


def _names_a_group(cache: Resource, path: str) -> bool:
    return cache.refers_to(path, _USER_GROUPS) if cache.raw(path) is UNKNOWN else bool(cache.raw(path))


require_customer_key(
    "kmsKeyId",
    id="ENC-ELASTICACHE-006",
    title="Serverless caches are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set kmsKeyId to the ARN of an aws:kms/key:Key; changing it replaces the cache.",
    severity=Severity.HIGH,
    types=(SERVERLESS,),
    references=at_rest(),
)
