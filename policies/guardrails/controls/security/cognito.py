"""Cognito user pools."""

from __future__ import annotations

from guardrails.model.control import Severity
from guardrails.model.references import Criteria
from guardrails.shapes.properties import require_value

_references = Criteria(("CC6.1", "CC6.2"), ("A.5.16", "A.5.17"), ("UU PDP 39",))

require_value(
    "adminCreateUserConfig.allowAdminCreateUserOnly",
    (True,),
    default=False,
    id="LP-COGNITO-001",
    title="Users of a pool are created by administrators",
    why="By default anybody may sign up, and gets whatever the pool's users get.",
    fix="Set adminCreateUserConfig.allowAdminCreateUserOnly to true; where people sign up themselves, exempt the pool.",
    severity=Severity.HIGH,
    types=("aws:cognito/userPool:UserPool",),
    references=_references(),
)
require_value(
    "allowUnauthenticatedIdentities",
    (False,),
    default=False,
    id="LP-COGNITO-002",
    title="Identity pools give no credentials to guests",
    why="Anybody who knows the pool's id would get credentials of AWS.",
    fix="Set allowUnauthenticatedIdentities to false.",
    severity=Severity.CRITICAL,
    types=("aws:cognito/identityPool:IdentityPool",),
    references=_references(checkov=("CKV_AWS_366",)),
)
