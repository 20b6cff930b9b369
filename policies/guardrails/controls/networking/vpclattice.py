"""VPC Lattice: who may call its services, and how."""

from __future__ import annotations

from guardrails.model.control import Severity
from guardrails.model.references import PLAIN_TRANSPORT, in_transit, resource_access
from guardrails.shapes.properties import require_value

require_value(
    "authType",
    ("AWS_IAM",),
    default="NONE",
    id="LP-VPCLATTICE-001",
    title="Services and service networks require IAM authorization",
    why="Without it, whatever reaches the network calls the service, and nobody knows who it was.",
    fix="Set authType to AWS_IAM, and add an aws:vpclattice/authPolicy:AuthPolicy.",
    severity=Severity.HIGH,
    types=("aws:vpclattice/service:Service", "aws:vpclattice/serviceNetwork:ServiceNetwork"),
    references=resource_access(),
)
require_value(
    "protocol",
    ("HTTPS", "TLS_PASSTHROUGH"),
    id="ENC-VPCLATTICE-001",
    title="Listeners of VPC Lattice use TLS",
    why=PLAIN_TRANSPORT,
    fix="Set protocol to HTTPS, or to TLS_PASSTHROUGH.",
    severity=Severity.HIGH,
    types=("aws:vpclattice/listener:Listener",),
    references=in_transit(),
)
