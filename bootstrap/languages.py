"""Language hosts of Pulumi programs in YAML, TypeScript and Go: only tests ask for them; SMILE's are in Python."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from bootstrap.engine import UnavailableError, build
from bootstrap.progress import SetupError, step
from bootstrap.services import alone

MODULES = Path(__file__).with_suffix("")
HOSTS = {
    "hosts": (
        "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go",
        "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    ),
    "yaml": ("github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",),
}
"""Module of ours -> the commands that it pins. Later versions of the SDK have the first two in modules of their own,
which Go's proxy hasn't."""


def install(root: Path) -> Path:
    """The folder that has them, under ``root/.smile``; at once when an earlier call made them.

    Raises:
        SetupError: they can't be built here.
    """
    pinned = b"".join((MODULES / name / "go.sum").read_bytes() for name in HOSTS)
    target = root / ".smile" / "languages" / hashlib.sha256(pinned).hexdigest()[:16]
    with alone(target.parent):
        if not target.exists():
            make(target)
    return target


def make(target: Path) -> None:
    """Build all of them.

    Raises:
        SetupError: no Go here, or the modules can't be had.
    """
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as folder,
        step("language hosts of YAML, TypeScript and Go from their Go modules (a minute or two)"),
    ):
        made = Path(folder) / "bin"
        made.mkdir()
        try:
            for name, commands in HOSTS.items():
                for command in commands:
                    build(MODULES / name, command, made)
        except UnavailableError as error:
            raise SetupError(f"no language hosts: {error}") from None
        made.rename(target)
