"""Block Public Access and ACLs of buckets."""

from __future__ import annotations

from collections.abc import Collection

from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import BUCKETS, LOGGING, both, settings_of
from guardrails.shapes.every_service import of_every_service
from guardrails.shapes.properties import require_value

_references = Criteria(("CC6.1", "CC6.6"), ("A.5.15", "A.8.3"), ("UU PDP 35", "UU PDP 39"))
_PUBLIC = "One careless policy or ACL would otherwise publish patients' documents to the world."
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@control(
    id="LP-S3-001",
    title="Every bucket has Block Public Access",
    why=_PUBLIC,
    fix="Add an aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock for the bucket.",
    severity=Severity.HIGH,
    types=BUCKETS,
    scope=Scope.STACK,
    references=_references(checkov=("CKV2_AWS_6",), security_hub=("S3.8",)),
)
def bucket_has_block(bucket: Resource, context: Context) -> Findings:
    if not settings_of(bucket, context, (_BLOCK,)):
        yield Violation("nothing blocks public access to it")


def _require_flags(
    id_: str, title: str, type_: str, *, default: bool, inside: str = "", **references: tuple[str, ...]
) -> None:
    """A control that the four flags of a public access block are true; AWS takes an absent one for ``default``."""

    def check(block: Resource, _: Context) -> Findings:
        def judge(flag: str) -> Findings:
            if not block.get(inside + flag, default):
                yield Violation("it is off", inside + flag)

        return each(_FLAGS, judge)

    control(
        id=id_,
        title=title,
        why=_PUBLIC,
        fix=f"Set {', '.join(_FLAGS)} to true.",
        severity=Severity.HIGH,
        types=(type_,),
        references=_references(**references),
    )(check)


_require_flags(
    "LP-S3-002",
    "Block Public Access of buckets has every setting on",
    _BLOCK,
    default=False,
    checkov=("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"),
    security_hub=("S3.8",),
)
_require_flags(
    "LP-S3-003",
    "Block Public Access of the account has every setting on",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    default=False,
    security_hub=("S3.1",),
)
_require_flags(
    "LP-S3-011",
    "Access points have Block Public Access",
    "aws:s3/accessPoint:AccessPoint",
    default=True,
    inside="publicAccessBlockConfiguration.",
    checkov=("CKV_AWS_392",),
    security_hub=("S3.19",),
)

_EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"
_EVERY_CUSTOMER = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_CANNED = {
    "public-read": [(_EVERYONE, "READ")],
    "website": [(_EVERYONE, "READ")],
    "public-read-write": [(_EVERYONE, "READ"), (_EVERYONE, "WRITE")],
    "authenticated-read": [(_EVERY_CUSTOMER, "READ")],
}
"""What canned ACLs grant to groups; the others grant nothing to any that concerns us."""
_GRANTS = (
    ("grants[*]", "uri", "permissions"),
    ("accessControlPolicy.grants[*]", "grantee.uri", "permission"),
    ("targetGrants[*]", "grantee.uri", "permission"),
)
"""Where lists of grants stand, and within one, its group and what it permits."""


def _forbid_grants(
    id_: str, title: str, why_not: str, group: str, permissions: Collection[str], **references: tuple[str, ...]
) -> None:
    """A control that no ACL grants a group any of ``permissions``."""

    def check(resource: Resource, _: Context) -> Findings:
        def canned(path: str) -> Findings:
            granted = [what for who, what in _CANNED.get(resource.text(path), ()) if who == group]
            return judge(granted, path)

        def listed(place: tuple[str, str, str]) -> Findings:
            grants, who, what = place
            return each(paths_at(resource, grants), lambda grant: one(f"{grant}.{who}", f"{grant}.{what}"))

        def one(who: str, what: str) -> Findings:
            if resource.get(who) == group:
                granted = resource.known(what, [])
                yield from judge(granted if isinstance(granted, list) else [granted], what)

        def judge(granted: Collection[str], path: str) -> Findings:
            yield from (Violation(f"{why_not} ({what})", path) for what in granted if what in permissions)

        yield from each(["acl"], canned)
        yield from each(_GRANTS, listed)

    control(
        id=id_,
        title=title,
        why="An ACL opens a bucket or object past every policy that says otherwise.",
        fix="Remove acl and grants, and set objectOwnership to BucketOwnerEnforced in "
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls.",
        severity=Severity.CRITICAL,
        types=(
            *BUCKETS,
            *both("bucketAcl"),
            *LOGGING,
            "aws:s3/bucketObject:BucketObject",
            "aws:s3/bucketObjectv2:BucketObjectv2",
            "aws:s3/objectCopy:ObjectCopy",
        ),
        references=_references(**references),
    )(check)


_READ, _WRITE = frozenset({"READ", "READ_ACP"}), frozenset({"WRITE", "WRITE_ACP", "FULL_CONTROL"})
_forbid_grants(
    "LP-S3-004",
    "No ACL grants public read access",
    "everybody on the internet may read",
    _EVERYONE,
    _READ | {"FULL_CONTROL"},
    checkov=("CKV_AWS_20", "CKV_AWS_375"),
    security_hub=("S3.2",),
)
_forbid_grants(
    "LP-S3-005",
    "No ACL grants public write access",
    "everybody on the internet may write",
    _EVERYONE,
    _WRITE,
    checkov=("CKV_AWS_57",),
    security_hub=("S3.3",),
)
_forbid_grants(
    "LP-S3-006",
    "No ACL grants access to all authenticated AWS users",
    "every customer of AWS has access",
    _EVERY_CUSTOMER,
    _READ | _WRITE,
    checkov=("CKV2_AWS_43",),
    security_hub=("S3.2",),
)
require_value(
    "rule.objectOwnership",
    ("BucketOwnerEnforced",),
    id="LP-S3-007",
    title="ACLs are disabled",
    why="With ACLs whoever uploads an object owns it, and access is decided in two places.",
    fix="Set rule.objectOwnership to BucketOwnerEnforced.",
    severity=Severity.MEDIUM,
    types=("aws:s3/bucketOwnershipControls:BucketOwnershipControls",),
    references=_references(checkov=("CKV2_AWS_65",), security_hub=("S3.12",)),
)


_CANNED_ACLS = frozenset({"cannedacl", "cannedaclforobjects", "objectacl", "s3acloption", "s3objectacl"})


@of_every_service(
    id_="LP-S3-013",
    unless=("LP-S3-004",),
    title="No service writes objects with a public ACL",
    why="Whatever a migration, a gateway or a rule writes would be open to the internet, object by object.",
    fix="Leave the ACL out, or set it to private or bucket-owner-full-control.",
    severity=Severity.CRITICAL,
    references=_references(),
)
def written_objects_are_private(resource: Resource, _: Context) -> Findings:
    """Properties about an ACL of any name; lists of revoked certificates are made for everybody."""
    for path, name, value in () if resource.type.startswith("aws:acmpca/") else resource.named_leaves:
        if value is UNKNOWN and name in _CANNED_ACLS:
            yield UndeterminedError(path)
        elif isinstance(value, str) and "acl" in name and value.lower().replace("_", "-") in _CANNED:
            yield Violation(f"it is {value}", path)


_CHANGING = frozenset({"PUT", "POST", "DELETE"})


@control(
    id="LP-S3-014",
    title="CORS rules let named origins change objects only",
    why="Any page on the internet could have its visitors' browsers write to the bucket, or delete from it.",
    fix="Name the origins in allowedOrigins, or leave PUT, POST and DELETE out of allowedMethods.",
    severity=Severity.MEDIUM,
    types=(*both("bucketCorsConfiguration"), *BUCKETS),
    references=_references(),
)
def cors_names_origins(resource: Resource, _: Context) -> Findings:
    def judge(rule: str) -> Findings:
        origins, methods = resource.items(f"{rule}.allowedOrigins"), resource.items(f"{rule}.allowedMethods")
        is_any, changes = any(map(_is_any_origin, origins)), bool(_CHANGING & {*map(str, methods)})
        if is_any and changes:
            yield Violation("every origin may change objects", f"{rule}.allowedOrigins")
        elif (is_any or UNKNOWN in origins) and (changes or UNKNOWN in methods):
            yield UndeterminedError(f"{rule}.allowedOrigins")

    return each(paths_at(resource, "corsRules[*]"), judge)


def _is_any_origin(origin: object) -> bool:
    return str(origin).rpartition("//")[2] == "*"
