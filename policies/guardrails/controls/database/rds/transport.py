"""Databases in transit: connections without TLS are refused, with current certificates and versions."""

from __future__ import annotations

import re
from typing import Any

from aws_facts.rds_engines import TLS_PARAMETERS, TLS_REQUIRED_SINCE
from guardrails.controls.database.rds.databases import (
    CLUSTER,
    CLUSTER_PARAMETER_GROUP,
    INSTANCE,
    MEMBER,
    PARAMETER_GROUP,
    PROXY,
    engine_of,
    group_parameter,
    is_local_replica,
    is_on,
    without_edition,
)
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import in_transit
from guardrails.model.relations import named
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.properties import require_value

_PLAIN = "Health records and passwords that travel without TLS can be read on the way."


def _require_transport(path: str, group_type: str, **about: Any) -> None:
    """A control that the parameter group at ``path``, or the engine's default, refuses connections without TLS."""

    def check(database: Resource, context: Context) -> Findings:
        stated = database.raw("engine")
        if isinstance(stated, str) and without_edition(stated) not in TLS_PARAMETERS:
            return  # it is told by an option group
        group = named(context.everything, database, path, (group_type,))
        if group is None and not database.has(path) and is_local_replica(database):
            return  # it has its source's group
        engine, version = _family(group) if group else (engine_of(database), database.get("engineVersion", ""))
        switch = TLS_PARAMETERS.get(engine)
        if switch is None:
            return
        if not group and not str(database.get(path, "default.")).startswith("default."):
            raise UndeterminedError(path)  # a group of that name is managed elsewhere
        value = group_parameter(group, switch) if group else None
        if value is None:
            value = engine in TLS_REQUIRED_SINCE and _version(version) >= TLS_REQUIRED_SINCE[engine]
        if not is_on(value) and str(value).lower() != "ssl":
            yield Violation(f"{switch} is not on", path)

    control(
        why=_PLAIN,
        fix=f"Set {path} to a group with require_secure_transport 1 (PostgreSQL and SQL Server: rds.force_ssl 1).",
        severity=Severity.HIGH,
        scope=Scope.STACK,
        **about,
    )(check)


def _family(group: Resource) -> tuple[str, str]:
    """Engine and version that a parameter group is for, of ``mysql8.4`` or ``sqlserver-se-16.0``."""
    found = re.fullmatch(r"(.*?)-?(\d+(?:\.\d+)?)", group.text("family"))
    return (without_edition(found[1]), found[2]) if found else ("", "")


def _version(text: object) -> tuple[int, ...]:
    numbers = tuple(map(int, re.findall(r"\d+", str(text))[:2]))
    if not numbers:  # not said, so AWS picks one
        raise UndeterminedError("engineVersion")
    return numbers


_require_transport(
    "parameterGroupName",
    PARAMETER_GROUP,
    id="ENC-RDS-008",
    title="Database instances require TLS",
    types=(INSTANCE,),
    references=in_transit(("CKV2_AWS_69",), ("RDS.38", "RDS.39", "RDS.41", "RDS.44")),
)
_require_transport(
    "dbClusterParameterGroupName",
    CLUSTER_PARAMETER_GROUP,
    id="ENC-RDS-009",
    title="Database clusters require TLS",
    types=(CLUSTER,),
    references=in_transit(),
)


_TLS_VERSIONS = ("tls_version", "ssl_min_protocol_version")
_OLD_SWITCHES = {"rds.tls10": "tlsv1.0", "rds.tls11": "tlsv1.1"}


@control(
    id="ENC-RDS-010",
    title="Databases negotiate TLS 1.2 or later only",
    why="TLS 1.0 and 1.1 can be broken.",
    fix="Set tls_version to TLSv1.2,TLSv1.3, ssl_min_protocol_version to TLSv1.2 or later, or leave them out.",
    severity=Severity.MEDIUM,
    types=(PARAMETER_GROUP, CLUSTER_PARAMETER_GROUP),
    references=in_transit(),
)
def old_tls_is_not_offered(group: Resource, _context: Context) -> Findings:
    """MySQL lists versions, PostgreSQL has the oldest, SQL Server switches single ones on."""

    def judge(index: int) -> Findings:
        name, path = str(group.get(f"parameters[{index}].name")).lower(), f"parameters[{index}].value"
        if name not in _TLS_VERSIONS and name not in _OLD_SWITCHES:
            return
        offered = {version.strip().lower() for version in str(group.get(path, "")).split(",")}
        old = offered & {"tlsv1", "tlsv1.0", "tlsv1.1"}
        if name in _OLD_SWITCHES and offered & {"enabled", "1"}:
            old = {_OLD_SWITCHES[name]}
        if old:
            yield Violation(f"it offers {', '.join(sorted(old))}", path)

    return each(range(len(group.items("parameters"))), judge)


_CERTIFICATE = "aws:rds/certificate:Certificate"
_AUTHORITIES = {CLUSTER: "caCertificateIdentifier", _CERTIFICATE: "certificateIdentifier"}


@control(
    id="ENC-RDS-011",
    title="Databases have a certificate of a current certificate authority",
    why="Clients can't verify a server whose authority has expired, and are then told not to.",
    fix="Remove caCertIdentifier, or set it to rds-ca-rsa2048-g1 or later.",
    severity=Severity.MEDIUM,
    types=(INSTANCE, MEMBER, CLUSTER, _CERTIFICATE),
    references=in_transit(("CKV_AWS_211",)),
)
def certificate_authority_is_current(database: Resource, _: Context) -> Findings:
    """Also of the one that a Region's new databases get, which an ``aws.rds.Certificate`` sets."""
    path = _AUTHORITIES.get(database.type, "caCertIdentifier")
    authority = database.text(path)
    if authority and not re.fullmatch(r"rds-ca-(rsa|ecc)\d+-g\d+", authority):
        yield Violation(f"{authority} has expired", path)


require_value(
    "requireTls",
    (True,),
    default=False,
    id="ENC-RDS-012",
    title="Database proxies require TLS",
    why=_PLAIN,
    fix="Set requireTls to true.",
    severity=Severity.MEDIUM,
    types=(PROXY,),
    references=in_transit(security_hub=("RDS.43",)),
)


_USERS = {
    PARAMETER_GROUP: (INSTANCE, "parameterGroupName"),
    CLUSTER_PARAMETER_GROUP: (CLUSTER, "dbClusterParameterGroupName"),
}


@control(
    id="ENC-RDS-018",
    title="Parameter groups don't switch TLS off",
    why=_PLAIN,
    fix="Set the parameter that requires TLS (require_secure_transport, rds.force_ssl) to 1.",
    severity=Severity.HIGH,
    types=tuple(_USERS),
    scope=Scope.STACK,
    references=in_transit(),
)
def group_requires_tls(group: Resource, context: Context) -> Findings:
    """Groups of databases elsewhere; of those of the stack, ENC-RDS-008 and 009 see to it."""
    type_, path = _USERS[group.type]
    switch = TLS_PARAMETERS.get(_family(group)[0])
    value = group_parameter(group, switch) if switch else None
    is_off = value is not None and not is_on(value) and str(value).lower() != "ssl"
    if is_off and not context.everything.referrers(group, (type_,), path):
        yield Violation(f"{switch} is off", "parameters")
