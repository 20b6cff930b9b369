"""``smile deploy``: plan, apply or update in a real account, with every policy pack and the state in Jakarta.

Each step is one plain pulumi command, which is printed. Nothing of ours stands between it and AWS.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bootstrap import engine
from cli.answer import Answer, CommandError
from cli.deploy_plans import events_of, plan_of, unplannable, without_values
from cli.deploy_workloads import without_workloads
from cli.preview import policy_arguments
from cli.sandbox import ROOT, search_path
from components.core.source_positions import ASKED_BY
from doctor.account import clients
from settings import load_from_files
from settings.deployment import STATE_BUCKET
from settings.stack import Account, Settings


class DeployError(CommandError):
    """Why nothing was run."""


def run(step: str, stack: str) -> Answer:
    """Run the step; the exit code is pulumi's, or 1 where no plan can hold.

    Raises:
        DeployError: it can't be run.
    """
    target = target_of(stack)
    words = command(step, stack)
    if step == "update":
        words += first_without_workloads(target.settings, target.environment)
    target.announce(words)
    signal.signal(signal.SIGINT, left_to_pulumi)
    about: dict[str, Any] = {"stack": stack, "step": step, "state": target.environment["PULUMI_BACKEND_URL"]}
    if step == "update":  # it asks, and wants a terminal
        code = subprocess.run(words, cwd=ROOT, env=target.environment, check=False).returncode
    else:
        code = execute(words, target.environment)
    if step == "plan" and code == 0:
        changes, code = planned(stack), check_plan(stack)
        about |= {"plan": None if code else str(plan_of(ROOT, stack)), "changes": changes}
    return Answer(about | {"exit": code}, code=code)


def planned(stack: str) -> dict[str, int]:
    """How many resources a plan does what with, by the engine's word for it."""
    resources: dict[str, Any] = json.loads(plan_of(ROOT, stack).read_text(encoding="utf-8"))["resourcePlans"]
    return dict(Counter(step for each in resources.values() for step in each.get("steps") or ()))


@dataclass(frozen=True, kw_only=True)
class Target:
    """A stack in its real account.

    Attributes:
        settings: of the stack.
        environment: of pulumi, with the engine and the state.
    """

    settings: Settings
    environment: Mapping[str, str]

    def announce(self, words: Sequence[str]) -> None:
        """Print the command, so that it can be repeated."""
        backend = self.environment["PULUMI_BACKEND_URL"]
        print(f"$ PULUMI_BACKEND_URL='{backend}' {' '.join(words)}", file=sys.stderr, flush=True)


def target_of(stack: str) -> Target:
    """Where a stack's pulumi commands go.

    Raises:
        DeployError: its account is an example, its state isn't in the country, or there is no engine.
        SettingsError: its settings can't be used.
    """
    settings = load_from_files(stack, ROOT)
    account = settings.account
    if account.is_example:
        raise DeployError(f"{account.id} is an example of AWS's; set smile:account.id in Pulumi.{stack}.yaml")
    backend = state_url(account, os.environ)
    check_in_country(backend, account, bucket_region)
    ready = engine.recorded(ROOT)
    if ready is None:
        raise DeployError(f"no Pulumi engine in {ROOT / '.smile'}; run: make setup")
    environment = os.environ | {
        "PULUMI_BACKEND_URL": backend,
        "PATH": search_path(ready),
        "PULUMI_DEBUG_COMMANDS": "true",  # makes --event-log available
        ASKED_BY: str(events_of(ROOT, stack).parent),
    }
    return Target(settings=settings, environment=environment)


def first_without_workloads(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """What pulumi is told where the Kubernetes API doesn't answer yet: all but the workloads; nothing else.

    Raises:
        UnreachableError: there are workloads already.
    """
    file = without_workloads(settings, ROOT, environment)
    if file is None:
        return []
    again = f"smile tunnel --stack {settings.stack}, then the same command again"
    print(
        f"smile deploy: the Kubernetes API doesn't answer: all but the workloads; for these: {again}", file=sys.stderr
    )
    return ["--config-file", str(file)]


def execute(words: Sequence[str], environment: Mapping[str, str], program: Path | None = None) -> int:
    """Run pulumi, and show what it says but for values that a plan did not foresee; returns its exit code.

    Args:
        words: of the command.
        environment: of pulumi.
        program: the folder to run it in; by default our own.
    """
    with subprocess.Popen(
        words, cwd=program or ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pulumi:
        for line in without_values(pulumi.stdout or ()):
            print(line, end="", flush=True)
    return pulumi.returncode


def check_plan(stack: str) -> int:
    """1, and no plan any more, where pulumi could not keep to it."""
    plan = plan_of(ROOT, stack)
    names = unplannable(plan)
    if not names:
        return 0
    plan.unlink()
    by_hand = f"first by hand: smile deploy update --stack {stack}"
    print(f"smile deploy: no plan can hold, since this makes {', '.join(names)}; {by_hand}", file=sys.stderr)
    return 1


def left_to_pulumi(number: int, frame: FrameType | None) -> None:
    """On Ctrl-C pulumi finishes what it is at; whoever starts it only waits."""


def command(step: str, stack: str) -> list[str]:
    """The pulumi command of a step.

    Raises:
        DeployError: there is no plan to apply.
    """
    plan = plan_of(ROOT, stack)
    plan.parent.mkdir(parents=True, exist_ok=True)
    if step == "plan":
        for of_the_last in (plan, events_of(ROOT, stack)):  # one that fails leaves none
            of_the_last.unlink(missing_ok=True)
    if step == "apply" and not plan.is_file():
        raise DeployError(f"no plan {plan}; make it with: smile deploy plan --stack {stack}")
    words = {
        "plan": ["preview", "--diff", "--save-plan", str(plan), "--event-log", str(events_of(ROOT, stack))],
        # With a preview first: it goes through the whole plan before anything is changed.
        "apply": ["up", "--yes", "--plan", str(plan)],
        "update": ["up", "--diff"],
    }[step]
    quiet = [] if step == "update" else ["--non-interactive"]
    return ["pulumi", *words, "--stack", stack, *quiet, *policy_arguments(stack)]


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
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return clients()("s3", ask_in).head_bucket(Bucket=bucket)["BucketRegion"]
    except (BotoCoreError, ClientError) as error:
        raise DeployError(f"the bucket of the state can't be looked at: {bucket}: {error}") from error
