"""Cognito user pools."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.properties import require_value, written

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
require_value(
    "mfaConfiguration",
    ("ON", "OPTIONAL"),
    default="OFF",
    id="LP-COGNITO-003",
    title="User pools have multi-factor authentication",
    why="A password that was guessed or stolen alone must not be enough.",
    fix="Set mfaConfiguration to ON, or to OPTIONAL where users decide.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:cognito/userPool:UserPool",),
    references=_references(security_hub=("Cognito.5",)),
)
_DEMANDS = ("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols")


@control(
    id="LP-COGNITO-004",
    title="Password policies of user pools are strong",
    why="A short or simple password is guessed.",
    fix="Set minimumLength to 8 or more and demand every kind of character, or leave passwordPolicy out.",
    severity=Severity.MEDIUM,
    types=("aws:cognito/userPool:UserPool",),
    references=_references(security_hub=("Cognito.3",)),
)
def passwords_are_strong(pool: Resource, _: Context) -> Findings:
    """Without a policy of its own, a pool has Cognito's, which demands all of this."""
    if not pool.has("passwordPolicy"):
        return
    length = pool.number("passwordPolicy.minimumLength", 8)
    if length < 8:
        yield Violation(f"{length} characters are enough, at least 8 expected", "passwordPolicy.minimumLength")
    for name in _DEMANDS:
        if not pool.get(f"passwordPolicy.{name}"):
            yield Violation("it isn't demanded", f"passwordPolicy.{name}")


@control(
    id="LP-COGNITO-005",
    title="Clients of user pools use the authorization code flow",
    why="The implicit flow puts tokens into the address bar, into histories and logs.",
    fix="Use code in allowedOauthFlows, with PKCE.",
    severity=Severity.MEDIUM,
    types=("aws:cognito/userPoolClient:UserPoolClient", "aws:cognito/managedUserPoolClient:ManagedUserPoolClient"),
    references=_references(),
)
def flow_is_by_code(client: Resource, _: Context) -> Findings:
    flows = client.items("allowedOauthFlows")
    if "implicit" in flows:
        yield Violation("it allows the implicit flow", "allowedOauthFlows")
    elif UNKNOWN in flows:
        yield UndeterminedError("allowedOauthFlows")


_TELLING = {"preventUserExistenceErrors": "LEGACY", "enableTokenRevocation": False}
"""Settings of a client, and the value of each that was AWS's default in old pools."""


@control(
    id="LP-COGNITO-006",
    title="Clients of user pools tell no user names, and can revoke tokens",
    why="Who may try names learns which exist; a refresh token that was stolen works until it expires.",
    fix="Set preventUserExistenceErrors to ENABLED, and enableTokenRevocation to true or leave it out.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=("aws:cognito/userPoolClient:UserPoolClient", "aws:cognito/managedUserPoolClient:ManagedUserPoolClient"),
    references=_references(),
)
def client_is_discreet(client: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        if client.get(path) == _TELLING[path]:
            yield Violation(f"it is {written(_TELLING[path])}", path)

    return each(_TELLING, judge)
