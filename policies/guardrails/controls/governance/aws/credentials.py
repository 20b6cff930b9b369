"""Credentials and secrets of any service in plain sight."""

from __future__ import annotations

import re
from typing import Any

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.documents import document_in
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, extend_path, leaves
from guardrails.services.shared_fields import is_type_of
from guardrails.shapes.credentials import decoded, holds_credential, is_credential, unknown_credential
from guardrails.shapes.scripts import is_script, is_user_data

_NAMED = re.compile(r"^(?:name|key)$", re.IGNORECASE)


@control(
    id="ENC-AWS-006",
    title="No property of any service holds a credential in plain text",
    why="Whoever may read the resource reads the credential, and so does whoever reads the stack's state.",
    fix="Store it in Secrets Manager or a SecureString parameter, and name that instead.",
    severity=Severity.CRITICAL,
    types=("aws:*",),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17",), indonesia=("UU PDP 39",)),
)
def no_credential_in_plain_text(resource: Resource, _: Context) -> Findings:
    """Every text, by its look or its name, also in JSON texts, and lists of names with values as containers have.

    Names of tags are anybody's; their values are asked by their look.
    """
    for path, value in resource.properties.items():
        if path in ("tags", "tagsAll"):
            texts = ((where, each) for where, each in leaves(value, path) if isinstance(each, str))
            yield from (Violation(_PLAIN, where) for where, each in texts if is_credential("", each))
        elif path != _READ_ELSEWHERE.get(resource.type):
            yield from dict.fromkeys(_credentials(resource, value, path, path))


_PLAIN = "a credential in plain text"
_READ_ELSEWHERE = {"aws:lambda/function:Function": "environment"}
"""Type -> property in which a control of its own looks for credentials."""


def _credentials(resource: Resource, value: Any, path: str, name: str) -> Findings:
    if isinstance(value, dict):
        named = next((str(each) for key, each in value.items() if _NAMED.match(key) and isinstance(each, str)), None)
        is_plain = str(value.get("type", "PLAINTEXT")).upper() == "PLAINTEXT"
        for key, each in value.items():
            if key in _NAMES_OF_SECRETS:
                continue
            goes_by = named if named and key.lower() == "value" and is_plain else key
            yield from _credentials(resource, each, extend_path(path, key), goes_by)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _credentials(resource, each, f"{path}[{index}]", name)
    elif value is UNKNOWN and not resource.is_secret(path):
        yield from unknown_credential(resource, path, name if _may_hold(name) else "", _PLAIN)
    elif isinstance(value, str) and not resource.is_secret(path):
        body = document_in(value, path)
        if body is not None:
            yield from _credentials(resource, body, path, name)
        elif is_credential(name if _may_hold(name) else "", value) or _is_script_with_credential(resource, path, value):
            yield Violation(_PLAIN, path)


_NAMES_OF_SECRETS = frozenset({"secrets-manager", "parameter-store"})
"""Parts of a build specification that say where a secret is."""


def _is_script_with_credential(resource: Resource, path: str, value: str) -> bool:
    """Whether it's a script, or a line of one, that assigns a credential."""
    if not is_script(path) or (is_user_data(path) and is_type_of(("LP-EC2-005",), resource.type)):
        return False
    return holds_credential(decoded(value))


_NO_CREDENTIAL = frozenset(
    {
        "clienttoken", "clientrequesttoken", "creationtoken", "eventsourcetoken", "idempotencytoken", "nexttoken",
        "offertoken", "updatetoken", "viewversiontoken",
    }
)  # fmt: skip
"""Names of what only tells one request from another."""


def _may_hold(name: str) -> bool:
    return name.lower() not in _NO_CREDENTIAL


_IN_THE_OPEN = re.compile(
    r"(?:^|\.)(?:\w*[eE]nvironment|\w*[vV]ariables|containerDefinitions|containerProperties|userData|userDataBase64"
    r"|buildspec|definition|defaultArguments|nonOverridableArguments|arguments|connectorConfiguration"
    r"|environmentProperties|hyperParameters|hyperparameters|inlineCode|onStart|onCreate|studioLifecycleConfigContent"
    r"|description|tags|tagsAll|templateBody)(?:$|[.\[])"
)
"""Properties that everybody reads who may describe the resource. ``value`` of a plain SSM parameter can't be one of
them: the SDK marks each as secret, whatever it holds."""
_ALWAYS_MARKED = ("aws:bedrock/agentcoreHarness:AgentcoreHarness", "environmentVariables")
"""One of them that the SDK marks as secret as well."""
_ONLY_OF = {
    "aws:elasticbeanstalk/": "settings",
    "aws:scheduler/": "target.input",
    "aws:cloudwatch/eventTarget": "input",
    "aws:ssm/document": "content",
}
"""Properties that everybody reads in these types, and not in others that have one of the same name."""


@control(
    id="ENC-AWS-007",
    title="No Pulumi secret stands in a plain environment variable",
    why="AWS shows environment variables, container definitions and user data to whoever may describe the resource.",
    fix="Put the value into Secrets Manager or a SecureString parameter, and hand the workload its ARN.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17",), indonesia=("UU PDP 39",)),
)
def no_secret_in_environment(resource: Resource, _: Context) -> Findings:
    """Whatever the variable's name, and also where the value isn't known yet: that it is secret is known."""
    own = next((path for prefix, path in _ONLY_OF.items() if resource.type.startswith(prefix)), None)
    for path in sorted(resource.secrets):
        is_open = _IN_THE_OPEN.search(path) or (own and re.match(rf"{own}\b", path))
        if is_open and (resource.type, path) != _ALWAYS_MARKED:
            yield Violation("a Pulumi secret in what anybody may read who may describe the resource", path)
