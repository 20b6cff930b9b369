"""The escalation methods, entry by entry, beside a list that another scanner publishes."""

import ast
import subprocess
import sys
import zipfile
from functools import cache

import pytest
from cloudsplaining.shared.constants import PRIVILEGE_ESCALATION_METHODS
from policy_sentry.querying.all import get_all_actions

from guardrails.iam.analysis import escalation_methods

PROWLER = "5.46.0"
"""Of PyPI, read on 2026-11-30; a later one is tried by changing this, and what it has more is decided below."""
FILE = "prowler/providers/aws/services/iam/lib/privilege_escalation.py"
NOT_OURS = {
    "PassRole+CodeStar",
    "PassRole+CreateAutoScaling",
    "PassRole+UpdateAutoScaling",
    "PassRole+ECS+StartTask",
    "PassRole+ECS+RunTask",
    "PassRole+ECSStartTaskExistingCluster",
    "AgentCoreBrowserSessionConnect",
    "PassRole+AgentCoreCreateBrowser+ConnectBrowser",
    "BatchSubmitJob",
    "PassRole+BraketCreateJob",
    "CodeDeployCreateDeployment",
    "PassRole+GameLiftCreateBuild+CreateFleet",
    "PassRole+KinesisAnalyticsCreateApp+StartApp",
    "PassRole+OmicsCreateWorkflow+StartRun",
}
"""Published there, and not yet among ours."""


@cache
def all_actions():
    return [each.lower() for each in get_all_actions()]


def granted(actions):
    """Lower-case names of the actions that patterns mean."""
    return {
        name for wanted in map(str.lower, actions) for name in all_actions()
        if name == wanted or (wanted.endswith("*") and name.startswith(wanted[:-1]))
    }  # fmt: skip


@pytest.mark.slow
def test_each_published_combination_is_found_or_known_to_be_missing(tmp_path):
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", tmp_path, f"prowler=={PROWLER}"]
    subprocess.run(pip, check=True)
    (wheel,) = tmp_path.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read(FILE))
    (published,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "privilege_escalation_policies_combination"
    )
    assert len(published) > 90
    assert published.keys() >= NOT_OURS
    ours = escalation_methods().values()
    missing = {name for name, actions in published.items() if not any(needs <= granted(actions) for needs in ours)}
    assert missing <= NOT_OURS


def test_each_method_is_of_actions_that_there_are():
    there = set(all_actions())
    unknown = {name: needs - there for name, needs in escalation_methods().items() if needs - there}
    assert not {name for name in unknown if name not in PRIVILEGE_ESCALATION_METHODS}
