"""Database authentication, and access to snapshots."""

from __future__ import annotations

from typing import Any

from guardrails.controls.database.rds.databases import (
    CLUSTER,
    DOCUMENT_CLUSTER,
    GRAPH_CLUSTER,
    INSTANCE,
    PROXY,
    engine_of,
    is_replica,
    is_serverless,
    restored_from,
)
from guardrails.controls.database.rds.residency import SHARED_SNAPSHOTS
from guardrails.model.arn import parse_arn
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.properties import require_value

_LOGON = {"soc2": ("CC6.1",), "iso27001": ("A.5.15", "A.8.5")}
_KNOWS_IAM = frozenset(["mysql", "mariadb", "postgres", "aurora", "aurora-mysql", "aurora-postgresql", "neptune"])


def _authenticates_by_iam(database: Resource) -> bool:
    return engine_of(database) in _KNOWS_IAM and not is_serverless(database)


def _require_iam(id_: str, title: str, types: tuple[str, ...], references: References) -> None:
    require_value(
        "iamDatabaseAuthenticationEnabled",
        (True,),
        default=False,
        when=_authenticates_by_iam,
        id=id_,
        title=title,
        why="IAM authentication tokens live for 15 minutes; passwords are shared and leak.",
        fix="Set iamDatabaseAuthenticationEnabled to true, and let applications log on with tokens of their roles.",
        severity=Severity.MEDIUM,
        level=Level.ADVISORY,
        types=types,
        references=references,
    )


_require_iam(
    "LP-RDS-003",
    "Database instances have IAM database authentication",
    (INSTANCE,),
    References(checkov=("CKV_AWS_161",), security_hub=("RDS.10",), **_LOGON),
)
_require_iam(
    "LP-RDS-004",
    "Database clusters have IAM database authentication",
    (CLUSTER, GRAPH_CLUSTER),
    References(checkov=("CKV_AWS_162", "CKV_AWS_359"), security_hub=("RDS.12", "Neptune.7"), **_LOGON),
)


def _require_own_name(id_: str, title: str, types: tuple[str, ...], path: str, **references: Any) -> None:
    """A control that the administrator isn't called what AWS proposes."""

    def check(database: Resource, context: Context) -> Findings:
        name = database.get(path)
        if name is None and restored_from(database) and not is_replica(database):
            raise UndeterminedError(restored_from(database))
        if str(name).lower() in context.parameters["names"]:
            yield Violation(f"it is {name}", path)

    control(
        id=id_,
        title=title,
        why="A default name such as admin halves the work of guessing credentials.",
        fix=f"Set {path} to a name of your own; changing it replaces the database.",
        severity=Severity.MEDIUM,
        level=Level.ADVISORY,
        types=types,
        parameters={
            "names": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[a-z0-9_]+$"},
                "default": ["admin", "postgres"],
                "description": "The names that are refused, in lower case.",
            }
        },
        references=References(**references, **_LOGON),
    )(check)


_require_own_name(
    "LP-RDS-005",
    "Database instances have a custom master user name",
    (INSTANCE,),
    "username",
    security_hub=("RDS.25",),
)
_require_own_name(
    "LP-RDS-006",
    "Database clusters have a custom master user name",
    (CLUSTER, DOCUMENT_CLUSTER),
    "masterUsername",
    security_hub=("RDS.24",),
)


@control(
    id="LP-RDS-008",
    title="Snapshots are not public",
    why="Anybody in the world could restore the whole database in an account of their own.",
    fix='Remove "all" from sharedAccounts.',
    severity=Severity.CRITICAL,
    types=SHARED_SNAPSHOTS,
    references=References(checkov=("CKV_AWS_302",), security_hub=("RDS.1",), soc2=("CC6.1",), iso27001=("A.5.15",)),
)
def snapshot_is_private(snapshot: Resource, _: Context) -> Findings:
    accounts = values_at(snapshot, "sharedAccounts")
    if "all" in accounts:
        yield Violation("everybody may restore it", "sharedAccounts")
    elif UNKNOWN in accounts:
        yield UndeterminedError("sharedAccounts")


@control(
    id="LP-RDS-010",
    title="Database proxies use IAM authentication and Secrets Manager",
    why="A client that hands the proxy a password has to keep one, which is what the proxy is there to spare it.",
    fix="Set iamAuth to REQUIRED and secretArn in each of auths, or defaultAuthScheme to IAM_AUTH.",
    severity=Severity.MEDIUM,
    types=(PROXY,),
    references=References(**_LOGON),
)
def proxy_authenticates_by_iam(proxy: Resource, _: Context) -> Findings:
    by_iam = ("REQUIRED", "ENABLED") if proxy.raw("engineFamily") == "SQLSERVER" else ("REQUIRED",)

    def judge(auth: str) -> Findings:
        secret = proxy.raw(f"{auth}.secretArn")
        arn = parse_arn(secret) if isinstance(secret, str) else None
        if secret is None or (arn and arn.service != "secretsmanager"):
            yield Violation("it names no secret of Secrets Manager", f"{auth}.secretArn")
        if proxy.get(f"{auth}.iamAuth", "DISABLED") not in by_iam:
            yield Violation("clients may log on with a password", f"{auth}.iamAuth")

    auths = [f"auths[{index}]" for index in range(len(proxy.items("auths")))]
    yield from each(auths, judge)
    if not auths and proxy.get("defaultAuthScheme") != "IAM_AUTH":
        yield Violation("nothing says how clients authenticate", "auths")
