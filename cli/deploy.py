"""``smile deploy``: plan, apply or look for drift in a real account, with every policy pack and the state in Jakarta.

Each step is one plain pulumi command, which is printed. Nothing of ours stands between it and AWS.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bootstrap import engine
from cli.preview import policy_arguments
from cli.sandbox import ROOT
from settings import STATE_BUCKET, Account, SettingsError, load_from_files

PLANS = Path(".smile") / "plans"


class DeployError(Exception):
    """Why nothing was run."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do, to which stack."""
    parser.add_argument(
        "step",
        choices=("plan", "apply", "drift"),
        help="plan: preview, and keep what it found; apply: exactly that, or fail; drift: fail where AWS is otherwise",
    )
    parser.add_argument("--stack", required=True, help="dev, staging or prod")


def run(arguments: argparse.Namespace) -> int:
    """Run the step; 1 when it can't be run, else what pulumi ends with."""
    try:
        account = load_from_files(arguments.stack, ROOT).account
        backend = state_url(account, os.environ)
        words = command(arguments.step, arguments.stack)
        check_in_country(backend, account, bucket_region)
        ready = engine.recorded(ROOT)
        if ready is None:
            raise DeployError(f"no Pulumi engine in {ROOT / '.smile'}; run: make setup")
    except (DeployError, SettingsError) as error:
        print(f"smile deploy: {error}", file=sys.stderr)
        return 1
    print(f"$ PULUMI_BACKEND_URL='{backend}' {' '.join(words)}", file=sys.stderr, flush=True)
    path = os.pathsep.join([str(ROOT / ".venv" / "bin"), ready.bin, os.environ.get("PATH", os.defpath)])
    environment = os.environ | {"PULUMI_BACKEND_URL": backend, "PATH": path}
    return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode


def command(step: str, stack: str) -> list[str]:
    """The pulumi command of a step.

    Raises:
        DeployError: there is no plan to apply.
    """
    plan = PLANS / f"{stack}.json"
    (ROOT / PLANS).mkdir(parents=True, exist_ok=True)
    if step == "apply" and not (ROOT / plan).is_file():
        raise DeployError(f"no plan {plan}; make it with: smile deploy plan --stack {stack}")
    words = {
        "plan": ["preview", "--diff", "--save-plan", str(plan)],
        "apply": ["up", "--yes", "--skip-preview", "--plan", str(plan)],
        "drift": ["preview", "--refresh", "--diff", "--expect-no-changes"],
    }[step]
    return ["pulumi", *words, "--stack", stack, "--non-interactive", *policy_arguments(stack)]


def state_url(account: Account, environment: Mapping[str, str]) -> str:
    """Where the state is: as the environment says, else in the account's own bucket."""
    own = f"s3://{STATE_BUCKET.format(account=account.id)}?region={account.region}"
    return environment.get("PULUMI_BACKEND_URL") or own


def check_in_country(backend: str, account: Account, region_of: Callable[[str, str], str]) -> None:
    """State holds names, addresses and settings of everything, and secrets: it stays in the country (SMILE-DEPLOY-16).

    Args:
        backend: URL of the state.
        account: of the stack.
        region_of: tells where a bucket is, given its name and the Region to ask in.

    Raises:
        DeployError: the state is anywhere else, or nobody knows where.
    """
    url = urlsplit(backend)
    wanted = f"a bucket in {account.region}, such as {state_url(account, {})}"
    if url.scheme != "s3":
        raise DeployError(f"the state would be at {backend}; valid: {wanted}")
    for said in (*parse_qs(url.query).get("region", ()), region_of(url.netloc, account.region)):
        if said != account.region:
            raise DeployError(f"the state would be at {backend}, in {said}; valid: {wanted}")


def bucket_region(bucket: str, ask_in: str) -> str:
    """Where S3 says that a bucket is.

    Raises:
        DeployError: S3 can't be asked.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return boto3.client("s3", region_name=ask_in).head_bucket(Bucket=bucket)["BucketRegion"]
    except (BotoCoreError, ClientError) as error:
        raise DeployError(f"the bucket of the state can't be looked at: {bucket}: {error}") from error
