"""CodeBuild projects and webhooks."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import Criteria, logging
from guardrails.model.resource import Resource

_OFF = "logsConfig.cloudwatchLogs.status"
_WHO = frozenset({"ACTOR_ACCOUNT_ID", "GITHUB_ACTOR_ACCOUNT_ID"})
_PULL = "PULL_REQUEST"
_APPROVERS = "pullRequestBuildPolicy.approverRoles"
_LISTED = re.compile(r"\^\d+\$(?:\|\^\d+\$)*|\^\((?:\?:)?\d+(?:\|\d+)*\)\$")
"""An expression that matches whole ids only; ``^1|2$`` doesn't, for | binds less than its anchors."""


@control(
    id="LP-CODEBUILD-001",
    title="Webhooks build pull requests of known people only",
    why="A build runs the pull request's code with the project's role; anybody can open one on a public repository.",
    fix="Add a filter ACTOR_ACCOUNT_ID with an anchored pattern, ^(ID|ID)$, to each group that takes pull requests, "
    "or set pullRequestBuildPolicy to require an approval.",
    severity=Severity.HIGH,
    types=("aws:codebuild/webhook:Webhook",),
    references=Criteria(("CC6.1", "CC8.1"), ("A.8.4", "A.8.31"), ("UU PDP 39",))(),
)
def pull_requests_are_of_known_people(webhook: Resource, _: Context) -> Findings:
    """Each filter group alone starts a build; without any, every event does."""
    policy = webhook.get("pullRequestBuildPolicy.requiresCommentApproval", "DISABLED")
    if policy in ("ALL_PULL_REQUESTS", "FORK_PULL_REQUESTS"):
        for index, role in enumerate(webhook.items(_APPROVERS)):
            if str(role).endswith("_READ"):
                yield Violation(f"{role} is whoever may read the repository", f"{_APPROVERS}[{index}]")
        return
    groups = webhook.items("filterGroups")
    if not groups:
        yield Violation("every event of everybody starts a build", "filterGroups")
    for index in range(len(groups)):
        stated = webhook.known(f"filterGroups[{index}].filters", [])
        filters = [each for each in stated if isinstance(each, dict)]
        events = next((str(each.get("pattern")) for each in filters if each.get("type") == "EVENT"), _PULL)
        if _PULL in events and not any(map(_names_people, filters)):
            yield Violation("pull requests of anybody start a build", f"filterGroups[{index}]")


def _names_people(each: dict[str, object]) -> bool:
    """Whether a filter admits listed ids only: unanchored, ``123`` admits ``91234`` as well."""
    pattern = str(each.get("pattern", ""))
    is_anchored = _LISTED.fullmatch(pattern) is not None
    return each.get("type") in _WHO and is_anchored and not each.get("excludeMatchedPattern")


@control(
    id="RSL-CODEBUILD-001",
    title="Projects log their builds",
    why="A build runs with the project's role: without its log, nobody knows what it did.",
    fix=f"Leave {_OFF} out, or set it or logsConfig.s3Logs.status to ENABLED.",
    severity=Severity.MEDIUM,
    types=("aws:codebuild/project:Project",),
    references=logging(checkov=("CKV_AWS_314",), security_hub=("CodeBuild.4",)),
)
def builds_are_logged(project: Resource, _: Context) -> Findings:
    """CloudWatch Logs has them unless told otherwise, S3 only when told."""
    if project.get(_OFF) == "DISABLED" and project.get("logsConfig.s3Logs.status") != "ENABLED":
        yield Violation("they are logged nowhere", _OFF)
