"""Who reads and who changes the data of a stack, as its policies have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from cli.docs.access.permissions import ATTACHMENT, ENDPOINT, ROLE, Grant, State, arn, label
from cli.docs.access.policy_documents import Resource, documents
from guardrails.iam.actions import Action, expand
from guardrails.iam.patterns import fits_format, matches

KEY, LOG_GROUP = "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup"
READING = {"List", "Read"}
Accesses = defaultdict[str, tuple[set[str], set[str]]]
"""Who -> the actions that read, and those that change."""


def accesses(state: State, found: Iterable[Grant], data_class: str) -> tuple[list[tuple[Resource, Accesses]], Accesses]:
    """Each store of data with who accesses it; then the same of pipelines."""
    allowed = [grant for grant in found if grant.allowed and grant.holder["type"] != ENDPOINT and counts(state, grant)]
    pipelines = {label(role) for role in state.of_type(ROLE) if is_of_pipeline(role)}
    stores: list[tuple[Resource, Accesses]] = []
    of_pipelines: Accesses = nobody()
    for store in state.resources:
        if is_data(store, data_class):
            by_who = nobody()
            for grant in allowed:
                for action, reads in touching(grant, arn(store)):
                    for who in grant.who:
                        (of_pipelines if who in pipelines else by_who)[who][0 if reads else 1].add(action)
            stores.append((store, by_who))
    return stores, of_pipelines


def nobody() -> Accesses:
    """Accesses, still empty."""
    return defaultdict(lambda: (set(), set()))


def counts(state: State, grant: Grant) -> bool:
    """Whether somebody has it: not if it is a boundary's, or of a policy that nobody carries."""
    return bool(grant.who) and arn(grant.holder) not in state.boundaries


def is_of_pipeline(role: Resource) -> bool:
    """Whether who takes it on proves that to somebody outside AWS."""
    (trust,) = (document for document in documents([role]) if document.is_trust)
    return any("Federated" in statement["Principal"] for statement in trust.statements)


def is_data(resource: Resource, of_class: str) -> bool:
    """Whether it holds data of the class: prod protects what does, records apart. Keys are asked about by role."""
    tags = resource.get("inputs", {}).get("tags") or {}
    holds = bool(resource.get("protect")) or resource["type"] == LOG_GROUP
    return tags.get("DataClass") == of_class and holds and resource["type"] != KEY


def touching(grant: Grant, of_data: str) -> Iterator[tuple[str, bool]]:
    """Each action of a grant that works on a resource, or on what is in it, and whether it reads."""
    places = (of_data, f"{of_data}/x", f"{of_data}:log-stream:x")
    targets = {place for place in places for written in grant.resources if matches(written, place)}
    targets |= {written for written in grant.resources if written.startswith((f"{of_data}/", f"{of_data}:"))}
    for action in grant.actions:
        if " " in action or action == "*":
            yield from [(action, False)] * bool(targets and grant.holder["type"] != ATTACHMENT)
        elif ":Describe" not in action:
            levels = {known.level for known in expand(action) if any(fits(known, target) for target in targets)}
            yield from {(action, level in READING) for level in levels}


def fits(action: Action, target: str) -> bool:
    """Whether a known action works on it; what works on whatever AWS Backup keeps says nothing of the resource."""
    return any(fits_format(target, each) for each in action.arn_formats if "$" not in each.split(":")[2])
