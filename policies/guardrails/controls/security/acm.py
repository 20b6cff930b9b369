"""Certificates of ACM: their keys, their transparency log and their names."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UndeterminedError
from guardrails.shapes.properties import require_value

_CERTIFICATE = "aws:acm/certificate:Certificate"
_keys = Criteria(("CC6.1", "CC6.7"), ("A.8.24",))


require_value(
    "keyAlgorithm",
    ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
    default="RSA_2048",
    id="ENC-ACM-001",
    title="Certificates use an approved key algorithm",
    why="Shorter keys can be broken.",
    fix="Set keyAlgorithm to RSA_2048 or EC_prime256v1, or a longer one, or leave it out.",
    severity=Severity.HIGH,
    types=(_CERTIFICATE,),
    references=_keys(security_hub=("ACM.2",), indonesia=("UU PDP 35",)),
)
require_value(
    "options.certificateTransparencyLoggingPreference",
    ("ENABLED",),
    default="ENABLED",
    id="ENC-ACM-002",
    title="Certificates have certificate transparency logging",
    why="Browsers refuse others, and the log shows certificates for our names that somebody else had made.",
    fix="Remove options.certificateTransparencyLoggingPreference, or set it to ENABLED.",
    severity=Severity.LOW,
    types=(_CERTIFICATE,),
    references=_keys(checkov=("CKV_AWS_234",)),
)


@control(
    id="ENC-ACM-003",
    title="Certificates are no wildcard certificates",
    why="Whoever gets hold of the key of *.example.go.id can be any service of it.",
    fix="List the names in domainName and subjectAlternativeNames.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_CERTIFICATE,),
    references=_keys(checkov=("CKV2_AWS_71",)),
)
def certificate_is_for_names(certificate: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        name = certificate.get(path)
        if name is not None and "*" in str(name):
            yield Violation(f"{name} is a wildcard name", path)

    try:
        names = ["domainName", *paths_at(certificate, "subjectAlternativeNames[*]")]
    except UndeterminedError as unknown:
        names = ["domainName"]
        yield unknown
    yield from each(names, judge)
