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
from cli.program import Program
from cli.sandbox import ROOT, search_path
from components.core.environment import Environment
from components.core.source_positions import ASKED_BY
from components.delivery.state import State
from doctor.account import clients
from settings.stack import Settings


class DeployError(CommandError):
    """Why nothing was run."""


def run(program: Program, step: str, stack: str) -> Answer:
    """Run the step; the exit code is pulumi's, or 1 where no plan can hold.

    Raises:
        DeployError: it can't be run.
    """
    target = target_of(program, stack)
    words = command(program, step, stack)
    if step == "update":
        words += first_without_workloads(program, stack, target.environment)
    target.announce(words)
    signal.signal(signal.SIGINT, left_to_pulumi)
    about: dict[str, Any] = {"stack": stack, "step": step, "state": target.environment["PULUMI_BACKEND_URL"]}
    if step == "update":  # it asks, and wants a terminal
        code = subprocess.run(words, cwd=program.folder, env=target.environment, check=False).returncode
    else:
        code = execute(words, target.environment, program.folder)
    if step == "plan" and code == 0:
        changes, code = planned(program.label(stack)), check_plan(program, stack)
        about |= {"plan": None if code else str(plan_of(ROOT, program.label(stack))), "changes": changes}
    return Answer(about | {"exit": code}, code=code)


def planned(label: str) -> dict[str, int]:
    """How many resources a plan does what with, by the engine's word for it."""
    resources: dict[str, Any] = json.loads(plan_of(ROOT, label).read_text(encoding="utf-8"))["resourcePlans"]
    return dict(Counter(step for each in resources.values() for step in each.get("steps") or ()))


@dataclass(frozen=True, kw_only=True)
class Target:
    """A stack in its real account.

    Attributes:
        where: its account and Region.
        environment: of pulumi, with the engine and the state.
    """

    where: Environment
    environment: Mapping[str, str]

    def announce(self, words: Sequence[str]) -> None:
        """Print the command, so that it can be repeated."""
        backend = self.environment["PULUMI_BACKEND_URL"]
        print(f"$ PULUMI_BACKEND_URL='{backend}' {' '.join(words)}", file=sys.stderr, flush=True)


def target_of(program: Program, stack: str) -> Target:
    """Where a stack's pulumi commands go.

    Raises:
        DeployError: its account is an example, its state isn't in the country, or there is no engine.
        SettingsError: its settings can't be used.
    """
    where, account = program.environment(stack), program.settings(stack).account
    if account.is_example:
        key = f"{program.loader.project}:account.id"
        raise DeployError(f"{account.id} is an example of AWS's; set {key} in Pulumi.{stack}.yaml")
    backend = state_url(where, os.environ)
    check_in_country(backend, where, bucket_region)
    ready = engine.recorded(ROOT)
    if ready is None:
        raise DeployError(f"no Pulumi engine in {ROOT / '.smile'}; run: make setup")
    environment = os.environ | {
        "PULUMI_BACKEND_URL": backend,
        "PATH": search_path(ready),
        "PULUMI_DEBUG_COMMANDS": "true",  # makes --event-log available
        ASKED_BY: str(events_of(ROOT, program.label(stack)).parent),
    }
    return Target(where=where, environment=environment)


def first_without_workloads(program: Program, stack: str, environment: Mapping[str, str]) -> list[str]:
    """What pulumi is told where the Kubernetes API doesn't answer yet: all but the workloads; nothing else.

    Raises:
        UnreachableError: there are workloads already.
    """
    settings = program.settings(stack)
    if not isinstance(settings, Settings):  # its clusters, if it has any, are reached from where it is deployed
        return []
    file = without_workloads(settings, ROOT, environment)
    if file is None:
        return []
    again = f"smile tunnel --stack {stack}, then the same command again"
    print(
        f"smile deploy: the Kubernetes API doesn't answer: all but the workloads; for these: {again}", file=sys.stderr
    )
    return ["--config-file", str(file)]


def execute(words: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
    """Run pulumi, and show what it says but for values that a plan did not foresee; returns its exit code.

    Args:
        words: of the command.
        environment: of pulumi.
        folder: to run it in.
    """
    with subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pulumi:
        for line in without_values(pulumi.stdout or ()):
            print(line, end="", flush=True)
    return pulumi.returncode


def check_plan(program: Program, stack: str) -> int:
    """1, and no plan any more, where pulumi could not keep to it."""
    plan = plan_of(ROOT, program.label(stack))
    names = unplannable(plan)
    if not names:
        return 0
    plan.unlink()
    by_hand = f"first by hand: {again(program, 'update', stack)}"
    print(f"smile deploy: no plan can hold, since this makes {', '.join(names)}; {by_hand}", file=sys.stderr)
    return 1


def left_to_pulumi(number: int, frame: FrameType | None) -> None:
    """On Ctrl-C pulumi finishes what it is at; whoever starts it only waits."""


def again(program: Program, step: str, stack: str) -> str:
    """How a step of a stack is typed."""
    return " ".join(["smile deploy", step, *program.options, "--stack", stack])


def command(program: Program, step: str, stack: str) -> list[str]:
    """The pulumi command of a step.

    Raises:
        DeployError: there is no plan to apply.
    """
    label = program.label(stack)
    plan = plan_of(ROOT, label)
    plan.parent.mkdir(parents=True, exist_ok=True)
    if step == "plan":
        for of_the_last in (plan, events_of(ROOT, label)):  # one that fails leaves none
            of_the_last.unlink(missing_ok=True)
    if step == "apply" and not plan.is_file():
        raise DeployError(f"no plan {plan}; make it with: {again(program, 'plan', stack)}")
    words = {
        "plan": ["preview", "--diff", "--save-plan", str(plan), "--event-log", str(events_of(ROOT, label))],
        # With a preview first: it goes through the whole plan before anything is changed.
        "apply": ["up", "--yes", "--plan", str(plan)],
        "update": ["up", "--diff"],
    }[step]
    quiet = [] if step == "update" else ["--non-interactive"]
    return ["pulumi", *words, "--stack", stack, *quiet, *policy_arguments(stack, program=program)]


def state_url(where: Environment, environment: Mapping[str, str]) -> str:
    """Where the state is: as the environment says, else in the account's own bucket."""
    return environment.get("PULUMI_BACKEND_URL") or State(where).url


def check_in_country(backend: str, where: Environment, region_of: Callable[[str, str], str]) -> None:
    """State holds names, addresses and settings of everything, and secrets: it stays in the country (SMILE-DEPLOY-16).

    Args:
        backend: URL of the state.
        where: the stack is.
        region_of: tells where a bucket is, given its name and the Region to ask in.

    Raises:
        DeployError: the state is anywhere else, or nobody knows where.
    """
    url = urlsplit(backend)
    wanted = f"a bucket in {where.region}, such as {State(where).url}"
    if url.scheme != "s3":
        raise DeployError(f"the state would be at {backend}; valid: {wanted}")
    for said in (*parse_qs(url.query).get("region", ()), region_of(url.netloc, where.region)):
        if said != where.region:
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
