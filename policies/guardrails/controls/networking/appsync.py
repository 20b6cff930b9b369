"""AppSync GraphQL and event APIs."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import Criteria, logging
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError

_PATHS = {
    "aws:appsync/graphQLApi:GraphQLApi": (
        "authenticationType",
        "additionalAuthenticationProviders[*].authenticationType",
    ),
    "aws:appsync/api:Api": (
        "eventConfig.authProviders[*].authType",
        "eventConfig.connectionAuthModes[*].authType",
        "eventConfig.defaultPublishAuthModes[*].authType",
        "eventConfig.defaultSubscribeAuthModes[*].authType",
    ),
}


@control(
    id="LP-APPSYNC-001",
    title="APIs don't accept an API key as authentication",
    why="An API key is in every client that uses it, so in everybody's hands.",
    fix="Use AWS_IAM, AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT or AWS_LAMBDA instead of API_KEY.",
    severity=Severity.HIGH,
    types=tuple(_PATHS),
    references=Criteria(("CC6.1",), ("A.5.15", "A.8.3"), ("UU PDP 39",))(security_hub=("AppSync.5",)),
)
def no_api_key(api: Resource, _: Context) -> Findings:
    for path in _PATHS[api.type]:
        for value in values_at(api, path):
            if value is UNKNOWN:
                yield UndeterminedError(path.replace("[*]", ""))
            elif value == "API_KEY":
                yield Violation("an API key is enough", path.replace("[*]", ""))


@control(
    id="RSL-APPSYNC-001",
    title="APIs log errors of fields",
    why="Why a query failed, or was refused, stands nowhere else.",
    fix="Set logConfig with a role and fieldLogLevel ERROR, and excludeVerboseContent to true.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=("aws:appsync/graphQLApi:GraphQLApi",),
    references=logging(checkov=("CKV_AWS_193", "CKV_AWS_194"), security_hub=("AppSync.2",)),
)
def errors_are_logged(api: Resource, _: Context) -> Findings:
    level = api.get("logConfig.fieldLogLevel", "NONE")
    if level == "NONE":
        yield Violation("nothing is logged", "logConfig.fieldLogLevel")
