"""Meaning inside texts: definitions that nobody can read, and scripts that run what they download."""

from __future__ import annotations

import re

from guardrails.iam.document import MalformedPolicyError
from guardrails.iam.sources import DOCUMENT_PROPERTIES, IDENTITY_POLICY_TYPES, Source
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.documents import MAY_BE_YAML, document_in
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.credentials import decoded
from guardrails.shapes.scripts import is_script

_REFERENCES = References(soc2=("CC6.8", "CC8.1"), iso27001=("A.8.9", "A.8.28"))
_DEFINITIONS = frozenset(
    {"containerDefinitions", "containerProperties", "ecsProperties", "nodeProperties", "desiredState", "templateBody"}
)
_OF_TYPES = {
    "aws:sfn/stateMachine:StateMachine": "definition",
    "aws:ssm/document:Document": "content",
}
"""Type -> the property whose text is a definition there, and something else in other types."""
_CEDAR = ("aws:verifiedaccess/", "aws:verifiedpermissions/", "aws:bedrock/agentcorePolicy")
"""Services whose policies are in Cedar."""


@control(
    id="LP-AWS-014",
    title="Definitions in texts can be read",
    why="What a control can't read it can't judge, and AWS refuses it half-way through a deployment.",
    fix="Write valid JSON, or YAML where the property takes it, without aliases and at most 100 levels deep.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_REFERENCES,
)
def definitions_can_be_read(resource: Resource, _: Context) -> Findings:
    """Templates, containers, state machines, and policies of resources; LP-IAM-020 has those of identities.

    A text that isn't known yet is put together by the program; what it says is asked by the controls that read it.
    """
    for name, value in resource.properties.items():
        if name in _DEFINITIONS or _OF_TYPES.get(resource.type) == name:
            if isinstance(value, str) and value and _document(value, name) is None:
                yield Violation("it is neither JSON nor YAML that can be read", name)
        elif name in DOCUMENT_PROPERTIES and isinstance(value, str) and value and _takes_policy(resource.type):
            try:
                Source(name, value).document  # noqa: B018 - whether it can be read
            except MalformedPolicyError as malformed:
                if document_in(value, name) is None:
                    yield Violation(f"the document {malformed}", name)
            except UndeterminedError:
                continue


def _document(text: str, name: str) -> object:
    """The document of a text; one line of YAML, which has no line break to tell it by, included."""
    return document_in(text if "\n" in text or name not in MAY_BE_YAML else f"{text}\n", name)


def _takes_policy(type_: str) -> bool:
    return type_ not in IDENTITY_POLICY_TYPES and not type_.startswith(_CEDAR)


_RUNS_DOWNLOAD = re.compile(
    r"\b(?:curl|wget)\b[^|\n;]{0,500}\|\s*(?:sudo\s+(?:-\w+\s+)*)?(?:env\s+)?(?:/\S*/)?(?:ba|z|da|k)?sh\b"
    r"|\b(?:curl|wget)\b[^|\n;]{0,500}\|\s*(?:sudo\s+)?(?:python3?|perl|ruby|node)\b"
    r"|\b(?:ba)?sh\s+(?:-c\s+)?[\"']?(?:<\(|\$\()\s*(?:curl|wget)\b|\beval\s+[\"']?\$\(\s*(?:curl|wget)\b"
    r"|\b(?:iex|invoke-expression)\b.{0,500}\b(?:downloadstring|invoke-webrequest|iwr)\b",
    re.IGNORECASE,
)
_METADATA = re.compile(r"169\.254\.169\.254/|\[?fd00:ec2::254\]?/|instance-data/", re.IGNORECASE)
_TOKEN = re.compile(r"X-aws-ec2-metadata-token|/latest/api/token", re.IGNORECASE)


@control(
    id="LP-AWS-015",
    title="Scripts don't run what they download",
    why="Whoever holds the address, or stands between, runs commands as root.",
    fix="Install from a repository that signs its packages, or check the file's digest before running it.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:*",),
    references=_REFERENCES,
)
def scripts_run_what_they_have(resource: Resource, _: Context) -> Findings:
    """Scripts of any service: curl or wget into a shell, or with a file between."""
    for path, value in resource.every_leaf:
        if is_script(path) and isinstance(value, str):
            text = decoded(value)
            if _RUNS_DOWNLOAD.search(text) or _runs_file(text):
                yield Violation("it runs what it has just downloaded", path)


_SAVES = re.compile(r"\s(?:-o|-O|--output|--output-document)[ \t=]*[\"']?(?P<file>[\w./-]+)")
_DOWNLOADS = re.compile(r"\b(?:curl|wget)\b[^|\n;&]*$")
_CHECKS = re.compile(r"\b(?:sha(?:256|384|512)sum|shasum|gpgv?|cosign|minisign|openssl\s+dgst|rpm\s+-K|apt-key)\b")
"""What compares a file with a digest, or its signature with a key."""


def _runs_file(text: str) -> bool:
    """Whether a script runs a file that it has downloaded, and compares none with a digest or a signature."""
    if _CHECKS.search(text):
        return False
    for saved in _SAVES.finditer(text):
        if not _DOWNLOADS.search(text[max(0, saved.start() - 500) : saved.start()]):
            continue
        file, rest = re.escape(saved["file"]), text[saved.end() :]
        if re.search(
            rf"(?:\b(?:ba|z|da|k)?sh|\bpython3?|\bperl|\bchmod\s+(?:\S*\+x|[0-7]*[1357][0-7]*))\s+(?:-\w+\s+)*{file}\b",
            rest,
        ):
            return True
    return False


@control(
    id="LP-AWS-016",
    title="Scripts ask the metadata service with a token",
    why="Version 1 of the metadata service answers whoever makes the instance send one request.",
    fix="Get a token from /latest/api/token first and send it as X-aws-ec2-metadata-token, or use an SDK.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:*",),
    references=_REFERENCES,
)
def metadata_is_asked_with_a_token(resource: Resource, _: Context) -> Findings:
    for path, value in resource.every_leaf:
        if is_script(path) and isinstance(value, str):
            text = decoded(value)
            if _METADATA.search(text) and not _TOKEN.search(text):
                yield Violation("it asks the metadata service without a token", path)
