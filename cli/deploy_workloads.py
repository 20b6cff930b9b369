"""``smile deploy update`` where the Kubernetes API doesn't answer: the rest comes up first, without workloads."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cli.answer import CommandError
from cli.cluster_api import answers, endpoint_of
from settings.stack import PROJECT, Settings


class UnreachableError(CommandError):
    """Workloads are there, and a cluster's API doesn't answer: an update without them would delete them."""


def without_workloads(settings: Settings, root: Path, environment: Mapping[str, str]) -> Path | None:
    """The stack's file with workloads off, for one update; None where they may stay on.

    Each cluster must answer: besides the services there are controllers in all of them. One that is yet to be made
    holds up nobody: what belongs into it comes with the update after the one that makes it.

    Raises:
        UnreachableError: the stack has workloads already.
        BotoCoreError: AWS can't be asked for a cluster.
        ClientError: it refuses.
    """
    if not settings.workloads.enabled:
        return None
    names = [settings.cluster_name(cluster) for cluster in settings.enabled_clusters]
    endpoints = {name: endpoint_of(name, settings.account.region) for name in names}
    silent = [name for name, endpoint in endpoints.items() if endpoint and not answers(endpoint)]
    if not silent and all(endpoints.values()):
        return None
    if not has_workloads(settings.stack, root, environment):
        return write_without(root / f"Pulumi.{settings.stack}.yaml", root / ".smile" / "plans")
    if silent:
        raise UnreachableError(
            f"the Kubernetes API of {', '.join(silent)} doesn't answer, and the stack has workloads, which an update "
            f"without them would delete; open a way first: smile tunnel --stack {settings.stack}"
        )
    return None


def has_workloads(stack: str, root: Path, environment: Mapping[str, str]) -> bool:
    """Whether the stack's state has anything in Kubernetes; a stack that is yet to be made has nothing."""
    words = ["pulumi", "stack", "export", "--stack", stack]
    said = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if said.returncode:
        if "no stack named" in said.stderr:
            return False
        raise UnreachableError(f"the state of {stack} can't be read: {said.stderr.strip()}")
    resources = json.loads(said.stdout)["deployment"].get("resources") or ()
    return any(each["type"].startswith("kubernetes:") for each in resources)


def write_without(file: Path, folder: Path) -> Path:
    """A copy of a stack's file in which workloads are off."""
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    config: dict[str, Any] = content.get("config") or {}
    key = f"{PROJECT}:workloads"
    content["config"] = config | {key: (config.get(key) or {}) | {"enabled": False}}
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / file.name
    copy.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return copy
