"""GitHub's side of the pipeline: the environment, the variables, the runner that reaches the clusters."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from doctor.account import READ_SECONDS, Account
from doctor.result import Check, Result, fine

API = "https://api.github.com"
HOW = "gh auth login, or GH_TOKEN with a token that may read the repository's settings"


def github(account: Account) -> Iterator[Result]:
    """The environment of the stack is protected, and the variables of its workflows are set.

    Nothing here blocks: an update by hand, such as the first, needs none of it.
    """
    if not account.settings.deployment.enabled:
        return
    place = f"repos/{account.settings.deployment.repository_name}"
    stack, word = account.stack, account.stack.upper().replace("-", "_")
    own, there = (
        (f"{account.environment.project.upper()}_", account.environment.prefix) if account.options else ("", stack)
    )
    environment = ask(f"{place}/environments/{there}")
    yield Result(
        subject=f"GitHub environment {there}",
        found="not there" if environment is None else "there",
        needed="one, for the branch that is deployed",
        fix=f"gh api --method PUT {place}/environments/{there}, then its rules: docs/runbooks/first-deployment.md",
        verdict="warning",
    ).unless(environment is not None)
    if environment is not None and getattr(account.settings, "is_production", True):
        kinds = {rule["type"] for rule in environment.get("protection_rules", ())}
        yield Result(
            subject=f"approval in GitHub environment {there}",
            found=", ".join(sorted(kinds)) or "no rules",
            needed="required reviewers",
            fix="GitHub: Settings, Environments, Required reviewers",
            verdict="warning",
        ).unless("required_reviewers" in kinds)
    name = f"{own}ACCOUNT_{word}"
    variable = ask(f"{place}/actions/variables/{name}")
    yield Result(
        subject=f"GitHub variable {name}",
        found=variable["value"] if variable else "not there",
        needed=account.id,
        fix=f"gh variable set {name} --body {account.id}",
        verdict="warning",
    ).unless(variable is not None and variable["value"] == account.id)
    if hasattr(account.settings, "enabled_clusters"):
        yield runner(account, place, f"RUNNER_{word}")


def runner(account: Account, place: str, name: str) -> Result:
    """A runner that reaches the Kubernetes API is online: its endpoints are private."""
    if not (account.settings.workloads.enabled and account.settings.enabled_clusters):
        return fine(f"GitHub variable {name}", "not needed: smile:workloads.enabled is false")
    label = (ask(f"{place}/actions/variables/{name}") or {}).get("value")
    runners = (ask(f"{place}/actions/runners?per_page=100") or {}).get("runners", ())
    online = [
        each["name"]
        for each in runners
        if each["status"] == "online" and label in {one["name"] for one in each["labels"]}
    ]
    return Result(
        subject=f"runner {label or name}",
        found=f"online: {', '.join(online)}" if online else "none online" if label else f"no variable {name}",
        needed="a runner in the VPC, by its label: the clusters' endpoints are private",
        fix="docs/components/cluster.md#who-may-come-in",
        verdict="warning",
    ).unless(bool(online))


def ask(path: str) -> Any | None:
    """What GitHub's API answers; None for what isn't there.

    Raises:
        OSError: no answer, or nobody is signed in.
    """
    if shutil.which("gh"):
        done = subprocess.run(["gh", "api", path], capture_output=True, text=True, check=False, timeout=READ_SECONDS)
        if done.returncode == 0:
            return json.loads(done.stdout)
        if re.search(r"HTTP 404", done.stderr):
            return None
        raise OSError(f"gh api {path}: {done.stderr.strip() or 'no reason given'}; {HOW}")
    token = os.environ.get("GH_TOKEN") or os.environ.get("GITHUB_TOKEN")
    if not token:
        raise OSError(f"no gh on PATH and no GH_TOKEN; {HOW}")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    request = urllib.request.Request(f"{API}/{path}", headers=headers)  # noqa: S310 - https
    try:
        with urllib.request.urlopen(request, timeout=READ_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


CHECKS = (Check("GitHub", github, in_account=False, reads=("deployment.repository",)),)
