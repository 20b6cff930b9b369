"""Credentials and secrets of any service in plain sight."""

from __future__ import annotations

import re
from typing import Any

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.documents import document_in
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, extend_path, last_name
from guardrails.shapes.credentials import holds_credential, is_credential, unknown_credential

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
    """Every text, by its look or its name, also in JSON texts, and lists of names with values as containers have."""
    if resource.type in _READ_ELSEWHERE:
        return
    for path, value in resource.properties.items():
        if path not in ("tags", "tagsAll"):
            yield from dict.fromkeys(_credentials(resource, value, path, path))


_READ_ELSEWHERE = frozenset({"aws:lambda/function:Function", "aws:ec2/instance:Instance"})
"""Types whose own controls look for credentials."""


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
        yield from unknown_credential(resource, path, name if _may_hold(name) else "", "a credential in plain text")
    elif isinstance(value, str) and not resource.is_secret(path):
        body = document_in(value, path)
        if body is not None:
            yield from _credentials(resource, body, path, name)
        elif is_credential(name if _may_hold(name) else "", value) or _is_script_with_credential(path, value):
            yield Violation("a credential in plain text", path)


_NAMES_OF_SECRETS = frozenset({"secrets-manager", "parameter-store"})
"""Parts of a build specification that say where a secret is."""
_SCRIPTS = frozenset({"command", "commands", "entrypoint", "runcommand", "script", "startupscript"})


def _is_script_with_credential(path: str, value: str) -> bool:
    """Whether it's a line of a script that assigns a credential; user data has a control of its own (LP-EC2-005)."""
    return last_name(path) in _SCRIPTS and holds_credential(value)


_NO_CREDENTIAL = frozenset({"clienttoken", "clientrequesttoken", "creationtoken", "idempotencytoken", "nexttoken"})
"""Names of what only tells one request from another."""


def _may_hold(name: str) -> bool:
    return name.lower() not in _NO_CREDENTIAL


_IN_THE_OPEN = re.compile(
    r"(?:^|\.)(?:\w*[eE]nvironment|\w*[vV]ariables|containerDefinitions|containerProperties|userData|userDataBase64"
    r"|buildspec|definition|defaultArguments|nonOverridableArguments|description|tags|tagsAll|templateBody)(?:$|[.\[])"
)
"""Properties that everybody reads who may describe the resource. ``value`` of a plain SSM parameter can't be one of
them: the SDK marks each as secret, whatever it holds."""
_ALWAYS_MARKED = ("aws:bedrock/agentcoreHarness:AgentcoreHarness", "environmentVariables")
"""One of them that the SDK marks as secret as well."""


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
    for path in sorted(resource.secrets):
        if _IN_THE_OPEN.search(path) and (resource.type, path) != _ALWAYS_MARKED:
            yield Violation("a Pulumi secret in what anybody may read who may describe the resource", path)
