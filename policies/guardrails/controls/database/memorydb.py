"""MemoryDB clusters: encrypted, and in one region."""

from __future__ import annotations

from guardrails.model.control import Severity
from guardrails.model.references import CUSTOMER_KEY, RESIDENCY, at_rest, in_transit
from guardrails.services.caches import MEMORYDB
from guardrails.shapes.destinations import LAW
from guardrails.shapes.properties import forbid_property, require_customer_key, require_value

_PLAIN = "Sessions and health data that travel without TLS can be read and changed on the way."
require_customer_key(
    "kmsKeyArn",
    id="ENC-MEMORYDB-001",
    title="MemoryDB clusters are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set kmsKeyArn to the ARN of an aws:kms/key:Key; changing it replaces the cluster.",
    severity=Severity.HIGH,
    types=(MEMORYDB,),
    references=at_rest(("CKV_AWS_201",)),
)
require_value(
    "tlsEnabled",
    (True,),
    default=True,
    id="ENC-MEMORYDB-002",
    title="MemoryDB clusters are encrypted in transit",
    why=_PLAIN,
    fix="Remove tlsEnabled, or set it to true; changing it replaces the cluster.",
    severity=Severity.HIGH,
    types=(MEMORYDB, "aws:memorydb/multiRegionCluster:MultiRegionCluster"),
    references=in_transit(("CKV_AWS_202",)),
)
forbid_property(
    "multiRegionClusterName",
    "it joins a multi-Region cluster",
    id="RES-MEMORYDB-001",
    title="MemoryDB clusters join no multi-Region cluster",
    why=RESIDENCY,
    fix="Remove multiRegionClusterName.",
    severity=Severity.HIGH,
    types=(MEMORYDB,),
    references=LAW,
)
