"""Credentials in plain text: told by the look of a value, or by the name that it goes by."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from guardrails.model.control import Findings, Violation
from guardrails.model.resource import Resource, origins
from guardrails.model.values import UNKNOWN, UndeterminedError, extend_path

_LOOKS = {
    re.compile(pattern): words
    for pattern, *words in (
        (r"(?<![A-Za-z0-9/+])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9/+])", "AKIA", "ASIA"),  # AWS access key id
        (r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----", "-----BEGIN "),
        (r"\bABSK[A-Za-z0-9+/]{100}", "ABSK"),  # Bedrock API key
        (r"\bgh[pousr]_[A-Za-z0-9]{36}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),  # GitHub tokens
        (r"\bgithub_pat_[A-Za-z0-9_]{60}", "github_pat_"),
        (r"\bglpat-[\w-]{20}", "glpat-"),
        (r"\bnpm_[A-Za-z0-9]{36}", "npm_"),
        (r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50}", "pypi-"),
        (r"\bxox[abeprs]-[A-Za-z0-9-]{10,}", "xox"),  # Slack
        (r"\bhooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]+/[\w/]{12,}", "hooks.slack.com/"),
        (r"\b[sr]k_live_[A-Za-z0-9]{20}", "k_live_"),  # Stripe
        (r"\bSG\.[\w-]{22}\.[\w-]{43}\b", "SG."),  # SendGrid
        (r"\bAIza[\w-]{35}", "AIza"),  # Google
        (r"\bsk-(?:ant-|proj-)[\w-]{20}", "sk-"),  # Anthropic, OpenAI
        (r"\bdapi[0-9a-f]{32}\b", "dapi"),  # Databricks
        (r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}", "eyJ"),  # JSON Web Token
        (r"\b(?:Bearer|Basic) (?=[^ ]*\d)[A-Za-z0-9._~+/-]{20,}", "Bearer ", "Basic "),  # of an Authorization header
        (r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]*:(?![$<{%])[^\s/@]+@", "://"),  # password in a URL
    )
}
"""How a credential looks -> what a text has one of that holds it, and few texts have: asked first, for it's quick."""
_SAYS_SO = frozenset({"password", "passwords", "passwd", "pwd", "pass", "passphrase", "secret", "token", "apikey"})
_ENDS_SO = (
    "password", "passwd", "passphrase", "apikey", "secretkey", "privatekey", "accesstoken", "authtoken", "clientsecret",
)  # fmt: skip
"""How a word ends that runs several together, as ``PGPASSWORD`` does."""
_KEYS = frozenset({"api", "private", "secret", "access", "signing", "auth"})
"""What stands before ``key`` in the name of a secret one."""
_KEYS_OF_VARIABLES = frozenset({"encryption", "master"})
"""The same where the name is a variable's; properties of AWS's call ids of KMS keys so."""
_SECRET_KEY_BASE = ["secret", "key", "base"]
"""How Rails calls its secret."""
_HARMLESS = re.compile(
    r"|true|false|yes|no|none|null|enabled|disabled|\d{1,3}|seconds|minutes|hours|days"
    r"|(?:arn:|/|\{\{|\$|`|<|%|\*|alias/|https?://|ssm:|secretsmanager:|vault:|file:|optional|required).*",
    re.IGNORECASE | re.DOTALL,
)
"""A value that is none, or only says where the secret is."""
_ASSIGNMENT = re.compile(
    r"""(?:^|[\s;&|,{"'(-])(?P<name>[A-Za-z_][\w.-]*)["']?[ \t]*[=:][ \t]*"""
    r"""(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s;&|,}"']+)""",
    re.MULTILINE,
)
_FLAG = re.compile(
    r"""(?:\s--(?P<name>(?!secret[ \t])[A-Za-z][\w-]{0,60})|\bconfigure set (?P<key>\w{1,60}))[ \t]+"""
    r"""(?P<value>"[^"\n]{0,200}"|'[^'\n]{0,200}'|[^\s"'-]\S{0,200})"""
)
"""A value after the flag that names it, and what ``aws configure set`` is given."""
_SPOKEN = {
    re.compile(pattern): words
    for pattern, *words in (
        (
            r"""\b(?:curl|wget)\b[^\n|;]{0,60}\s(?:-u|--user)[ =]?["']?[\w.@-]{1,60}:(?![$`<{%])[^\s"']{3}""",
            *("curl", "wget"),
        ),
        (
            r"""[\w.-]{1,60}:(?![$`<{%])[^\s"'|:]{3,60}["']?\s{0,5}\|\s{0,5}(?:sudo\s{1,5})?chpasswd\b""",
            "chpasswd",
        ),
        (r"""\bmysql(?:dump|admin)?\b[^\n|;]{0,100}\s-p(?![$`<{%"']|assword)[^\s]{3}""", "mysql"),
        (r"""\bsshpass\s{1,5}-p\s{0,5}["']?(?![$`<{%])[^\s"']{3}""", "sshpass"),
        (
            r"""\b(?:docker|podman) login\b[^\n|;]{0,100}\s-p[ =]{1,5}["']?(?![$`<{%"'])[^\s"']{3}""",
            *("docker login", "podman login"),
        ),
    )
}
"""A password where a program takes it without a name: of curl, chpasswd, mysql, sshpass and docker."""
_IN_CODE = re.compile(
    r"[A-Za-z_][\w.]*[(\[]|(?:args|config|context|env|event|os|process|req|request|self|settings|this)\.|(?:await|new)$"
)
"""How an expression of a program begins that gives a value, and is none."""
_KEEPERS = (
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
    "aws:iam/accessKey:AccessKey",
    "aws:secretsmanager/secretVersion:SecretVersion",
)
"""What gives out secret values."""


def names_credential(name: str) -> bool:
    """Whether what goes by this name (``DB_PASSWORD``, ``dbPassword``) should be secret; ``TOKEN_URL`` isn't."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+", name)]
    last = words[-1] if words else ""
    if last in _SAYS_SO or last.endswith(_ENDS_SO) or words[-3:] == _SECRET_KEY_BASE:
        return True
    kind = words[-2] if last == "key" and len(words) > 1 else ""
    return kind in _KEYS or (name.isupper() and kind in _KEYS_OF_VARIABLES)


def _has(patterns: Mapping[re.Pattern[str], Sequence[str]], text: str) -> bool:
    """Whether one of the patterns is found in the text."""
    return any(pattern.search(text) for pattern, words in patterns.items() if any(word in text for word in words))


def is_credential(name: str, value: str) -> bool:
    """Whether ``value``, which goes by ``name``, is a credential in plain text."""
    if _has(_LOOKS, value):
        return True
    return names_credential(name) and not _HARMLESS.fullmatch(value.strip())


def holds_credential(text: str) -> bool:
    """Whether a script or a file holds a credential in plain text: by its look, its place or a telling name."""
    if _has(_LOOKS, text) or _has(_SPOKEN, text):
        return True
    named = [(each["name"], each["value"]) for each in _ASSIGNMENT.finditer(text) if not _IN_CODE.match(each["value"])]
    named += [(each["name"] or each["key"], each["value"]) for each in _FLAG.finditer(text)]
    return any(is_credential(name, value.strip("\"'")) for name, value in named)


def decoded(text: str) -> str:
    """The text that Base64, compressed or not, stands for; the text itself when it is no Base64."""
    try:
        content = base64.b64decode(text, validate=True)
        return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        return text


def credentials_in(resource: Resource, path: str, why: str) -> Findings:
    """The credentials among the named values at ``path``, such as environment variables."""
    values: Any = resource.get(path)
    for name, value in values.items() if isinstance(values, dict) else ():
        where = extend_path(path, str(name))
        if value is UNKNOWN:
            yield from unknown_credential(resource, where, str(name), why)
        elif isinstance(value, str) and is_credential(str(name), value):
            yield Violation(why, where)


def unknown_credential(resource: Resource, path: str, name: str, why: str) -> Findings:
    """What is to be said of a value that is not known yet, by its name and where it comes from.

    AWS resources give out identifiers, save for the few that give out secrets.
    """
    if not names_credential(name):
        return
    stack = resource.stack
    sources = [found.type for urn in origins(resource, path) if stack and (found := stack.by_urn.get(urn))]
    if any(source in _KEEPERS for source in sources):
        yield Violation(why, path)
    elif not sources or not all(source.startswith("aws:") for source in sources):
        yield UndeterminedError(path)
