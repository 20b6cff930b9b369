"""Runs platforms/account, whose own state ends up in the bucket that it makes.

Until there is a bucket the state is in ``.smile/account/STACK``, with nothing secret in it. Once the program is
through, the state moves; a run that ended anywhere is taken up where it ended: the file counts until it is set aside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import BotoCoreError, ClientError

from bootstrap.engine import Engine
from cli.answer import CommandError
from cli.deploy import state_url
from cli.preview import policy_arguments
from cli.program import Program
from cli.sandbox import ROOT, load_if_there, search_path
from components.delivery.deployment_roles import ISSUER
from doctor.account import Account
from doctor.refusals import code_of

PROJECT = "smile-account"
FOLDER = ROOT / "platforms" / "account"
MADE: Mapping[str, str] = {
    "bucket": "aws:s3/bucket:Bucket::{}-state",
    "key": "aws:kms/alias:Alias::{}-state",
    "identity-provider": "aws:iam/openIdConnectProvider:OpenIdConnectProvider::{}-github",
}
"""What the account may have had before -> the end of its URN where the program made it, by project."""
NOT_THERE = frozenset({"404", "NoSuchBucket", "NotFound", "NotFoundException", "NoSuchEntity"})


class AccountProgramError(CommandError):
    """Why the account isn't brought up; the message says how far it came."""


@dataclass(frozen=True)
class Run:
    """One run of the program.

    Attributes:
        program: of the stack.
        account: whose.
        ready: the engine.
        asks: whether pulumi asks before it changes something.
    """

    program: Program
    account: Account
    ready: Engine
    asks: bool

    @property
    def label(self) -> str:
        """What the account's stack is called: as the stack whose account it is, among those of all programs."""
        return self.program.label(self.account.stack)

    @property
    def local(self) -> Path:
        """Where the state is before there is a bucket."""
        return ROOT / ".smile" / "account" / self.label

    @property
    def settings_file(self) -> Path:
        """The stack's file, to be committed."""
        return FOLDER / f"Pulumi.{self.label}.yaml"

    @cached_property
    def there(self) -> dict[str, bool]:
        """What the account has of what the program makes, whoever made it."""
        bucket = self.account.state.bucket
        provider = self.account.environment.iam_arn(f"oidc-provider/{ISSUER}")
        own = {"Bucket": bucket, "ExpectedBucketOwner": self.account.id}
        return {
            "bucket": has(self.account, "s3", "head_bucket", **own),
            "key": has(self.account, "kms", "describe_key", KeyId=self.account.state.key),
            "identity-provider": has(
                self.account, "iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=provider
            ),
        }

    @property
    def backend(self) -> str:
        """The bucket, once it and its key are there and no state waits to be moved."""
        ready = self.there["bucket"] and self.there["key"] and not self.local.is_dir()
        return state_url(self.account.environment, {}) if ready else f"file://{self.local}"

    def pulumi(
        self, *words: str, backend: str, folder: Path | None = None, **streams: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run one pulumi command, which is printed, in the program's folder or another project's."""
        own = {"PULUMI_BACKEND_URL": backend, "PATH": search_path(self.ready), "PULUMI_CONFIG_PASSPHRASE": ""}
        print(f"$ PULUMI_BACKEND_URL='{backend}' pulumi {' '.join(words)}", file=sys.stderr, flush=True)
        return subprocess.run(
            ["pulumi", *words], cwd=folder or FOLDER, env=os.environ | own, text=True, check=False, **streams
        )

    def make_own_stack(self) -> None:
        """The stack itself, still empty, so that its first update needs nothing else; its file says how it encrypts."""
        backend, stack = state_url(self.account.environment, {}), self.account.stack
        words = ("stack", "export", "--stack", stack)
        if self.pulumi(*words, backend=backend, folder=self.program.folder, capture_output=True).returncode:
            words = ("stack", "init", stack, "--no-select", "--secrets-provider", secrets_provider(self.account, stack))
            self.surely(*words, backend=backend, folder=self.program.folder)

    def surely(self, *words: str, backend: str, **streams: Any) -> str:
        """The same; gives what is printed where that is kept.

        Raises:
            AccountProgramError: it failed, or whoever was asked said no.
        """
        done = self.pulumi(*words, backend=backend, **streams)
        if done.returncode:
            raise AccountProgramError(
                f"pulumi {' '.join(words[:2])} ended with {done.returncode}; run it again to go on"
            )
        return done.stdout or ""

    def deployment(self, backend: str) -> dict[str, Any]:
        """What the state holds; makes the stack where there is none."""
        named = ("--stack", self.label)
        said = self.pulumi("stack", "export", *named, backend=backend, capture_output=True)
        if said.returncode == 0:
            return json.loads(said.stdout)["deployment"]
        if "no stack named" not in said.stderr:
            raise AccountProgramError(f"the state can't be read: {said.stderr.strip()}")
        self.make_stack(backend)
        return {}

    def make_stack(self, backend: str) -> None:
        """A stack without resources; in the bucket with the state's key, and with no secret to keep elsewhere."""
        secrets = "passphrase" if backend.startswith("file:") else secrets_provider(self.account, self.label)
        content = load_if_there(self.settings_file)
        self.write({key: value for key, value in content.items() if key == "config"})
        words = ("stack", "init", self.label, "--no-select", "--secrets-provider", secrets)
        self.surely(*words, backend=backend)

    def write(self, content: Mapping[str, Any]) -> None:
        """Write the stack's file."""
        self.settings_file.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")

    def leave(self, deployment: Mapping[str, Any]) -> list[str]:
        """Tell the program what the account had before: neither made nor touched by it."""
        urns = [each["urn"] for each in deployment.get("resources") or ()]
        urns += [each["resource"]["urn"] for each in deployment.get("pending_operations") or ()]
        ends = {name: end.format(self.account.environment.project) for name, end in MADE.items()}
        made = {name for name, end in ends.items() if any(urn.endswith((f"::{end}", f"${end}")) for urn in urns)}
        pipeline = getattr(self.account.settings, "deployment", None)
        is_needed = pipeline is not None and pipeline.provider == "existing"
        others = {*made, *([] if is_needed else ["identity-provider"])}
        left = [name for name, there in self.there.items() if there and name not in others]
        content = load_if_there(self.settings_file)
        own = {f"{PROJECT}:existing": left}
        if self.program.options:
            own |= {f"{PROJECT}:platform": self.program.folder.name, f"{PROJECT}:stack": self.account.stack}
        self.write(content | {"config": (content.get("config") or {}) | own})
        return left

    def move(self, deployment_file: Path) -> None:
        """Bring the state from the file into the bucket, and set the file aside."""
        backend = state_url(self.account.environment, {})
        named = ("--stack", self.label, "--file", str(deployment_file))
        self.surely("stack", "export", *named, backend=f"file://{self.local}")
        self.deployment(backend)
        self.surely("stack", "import", *named, backend=backend)
        self.local.rename(self.local.with_name(f"{self.local.name}.moved"))


def bring_up(program: Program, account: Account, ready: Engine, *, asks: bool) -> None:
    """Run the program, then see to it that its state is in the bucket.

    Raises:
        AccountProgramError: it isn't through; running it again goes on.
    """
    run = Run(program, account, ready, asks)
    try:
        backend = run.backend
    except (BotoCoreError, ClientError) as error:
        raise AccountProgramError(f"the account can't be looked at: {error}; nothing was changed") from error
    if backend.startswith("file:"):
        run.local.mkdir(parents=True, exist_ok=True)
    deployment = run.deployment(backend)
    for name in run.leave(deployment):
        print(f"{name}: in the account, not made here: left as it is; smile doctor says whether it will do")
    unasked: Sequence[str] = () if asks else ("--yes", "--non-interactive")
    named = ("--stack", run.label, *unasked)
    if deployment.get("pending_operations"):  # asks for each whether AWS has it
        run.surely("refresh", *named, backend=backend)
    run.surely("up", *named, *policy_arguments(account.stack, program=program), backend=backend)
    if backend.startswith("file:"):
        with tempfile.TemporaryDirectory() as folder:
            run.move(Path(folder) / "deployment.json")
    run.make_own_stack()
    own = (program.folder / f"Pulumi.{account.stack}.yaml").relative_to(ROOT)
    files = f"{run.settings_file.relative_to(ROOT)} {own}"
    print(f"state: {state_url(account.environment, {})}; commit what changed: {files}")


def secrets_provider(account: Account, stack: str) -> str:
    """The key of the secrets in a stack's state, as pulumi takes it; its policy wants the stack to be named."""
    return f"awskms://{account.state.key}?region={account.region}&context_stack={stack}"


def has(account: Account, service: str, operation: str, **parameters: str) -> bool:
    """Whether AWS finds something.

    Raises:
        ClientError: it doesn't say.
    """
    try:
        getattr(account.client(service), operation)(**parameters)
    except ClientError as error:
        if code_of(error) not in NOT_THERE:
            raise
        return False
    return True
