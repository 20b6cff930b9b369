"""docs/access.md: every permission of a stack's policies, by data and by role. ``smile docs --access`` writes it."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from cli.docs.access.accesses import Accesses, accesses
from cli.docs.access.permissions import (
    ATTACHMENT,
    ENDPOINT,
    POLICY,
    ROLE,
    Conditions,
    Grant,
    State,
    arn,
    component,
    grants,
    label,
    logical,
    taken_on,
)
from cli.docs.access.policy_documents import Resource, as_list

INTRODUCTION = """\
# Who may do what on what

Every permission that prod's own policies give or deny. `smile docs --access` writes this file from the state
of prod on mock providers; a test says when it is not current.

- Resources have the names of the program: `bucket smile-documents`. An ARN without account and Region is of this
  account, in Jakarta.
- A permission counts only within what the resource's own policy and the boundary don't deny.
- Not here: users of MySQL and Redis ([database](components/database.md), [cache](components/cache.md)), and what
  Kubernetes allows inside a cluster ([workloads](components/workloads.md)).
"""
DATA = """\
Who can read or change what is classed as {0}. Under which conditions, and with which key, stands with each role. Left
out are actions called `Describe`, which show settings and never content, and AWS's own policies, which stand there too.
What a pipeline may is told once, for all of it.
"""
GUARDS = """\
What resources say themselves, whoever asks. A denial holds against every permission above.
"""
ENDPOINTS = """\
These policies grant nothing: they narrow what passes from the private subnets to AWS.
"""
BOUNDARY = """\
A role may do what both its own policies and its boundary allow, and nothing that either denies.
"""
HANDED_OUT = """\
Policies that no role of this stack carries. They are for people and others whom their administrator gives them.
"""
CLASSES = ("personal", "confidential")
OF_ROLES = (ROLE, POLICY, ATTACHMENT, "aws:iam/rolePolicy:RolePolicy")
MAY = ["may", "on", "only if"]
WORDS = {"": "is", "equals": "is", "not equals": "is not"}


def markdown(resources: Iterable[Resource]) -> str:
    """The whole file."""
    state = State(resources)
    found = list(grants(state))
    return "\n".join([INTRODUCTION, *data(state, found), *roles(state, found), *others(state, found)])


def data(state: State, found: Sequence[Grant]) -> Iterator[str]:
    """For each class of data: what there is of it, who reads it, who changes it."""
    for each in CLASSES:
        alike = defaultdict[tuple[tuple[str, ...], ...], list[str]](list)
        stores, of_pipelines = accesses(state, found, each)
        for store, by_who in stores:
            alike[rows_of(by_who) or (("nobody", "", ""),)].append(label(store))
        rows = [
            [listed(names) if number == 0 else "", *row]
            for accessed, names in sorted(alike.items(), key=lambda item: sorted(item[1]))
            for number, row in enumerate(accessed)
        ]
        rows += [["any of these", *row] for row in rows_of(of_pipelines)]
        yield section(f"{each.capitalize()} data", DATA.format(each), ["data", "who", "reads", "changes"], rows)


def rows_of(by_who: Accesses) -> tuple[tuple[str, ...], ...]:
    """Those who may the same are together."""
    alike = defaultdict[tuple[str, ...], list[str]](list)
    for who, (reads, changes) in by_who.items():
        alike[actions(reads), actions(changes)].append(linked(who))
    return tuple(sorted((", ".join(sorted(names)), *may) for may, names in alike.items()))


def roles(state: State, found: Sequence[Grant]) -> Iterator[str]:
    """For each component: its roles, who takes them on, and what they may do."""
    by_component = defaultdict[str, list[Resource]](list)
    for role in sorted(state.of_type(ROLE), key=logical):
        by_component[component(role)].append(role)
    for name, its_roles in sorted(by_component.items()):
        yield f"## Roles of {name}\n"
        for role in its_roles:
            by = [
                f"{', '.join(who)}{f', only if {conditions(state, asked)}' if asked else ''}"
                for who, asked in taken_on(state, role)
            ]
            text = f"Taken on by {'; or by '.join(by)}.\n"
            own = [grant for grant in found if label(role) in grant.who and grant.holder["type"] in OF_ROLES]
            rows = permissions(state, own)
            yield section(logical(role), text if rows else f"{text}It may do nothing.\n", MAY, rows, level=3)


def others(state: State, found: Sequence[Grant]) -> Iterator[str]:
    """What isn't said of a role: by resources, by endpoints, by boundaries, and by policies for others."""
    policies = [each for each in state.of_type(POLICY) if not state.holders[arn(each)]]
    boundaries = [each for each in policies if arn(each) in state.boundaries]
    bounded = [each for each in state.of_type(ROLE) if "permissionsBoundary" in each["inputs"]]
    free = [label(each) for each in state.of_type(ROLE) if each not in bounded]
    if boundaries:
        yield section("What no role exceeds", BOUNDARY + (f"Without one: {listed(free)}.\n" if free else ""), [], [])
    for policy in sorted(boundaries, key=logical):
        text = (
            f"Of {listed(label(each) for each in bounded if each['inputs']['permissionsBoundary'] == arn(policy))}.\n"
        )
        yield section(f"Boundary {logical(policy)}", text, MAY, permissions(state, said_by(policy, found)), level=3)
    if handed_out := [policy for policy in policies if policy not in boundaries]:
        yield section("What is handed out", HANDED_OUT, [], [])
    for policy in sorted(handed_out, key=logical):
        yield section(label(policy), "", MAY, permissions(state, said_by(policy, found)), level=3)
    head = ["on", "who", "may", "only if"]
    said = [grant for grant in found if grant.holder["type"] not in (*OF_ROLES, ENDPOINT)]
    yield section("What resources allow and deny", GUARDS, head, guards(state, said))
    narrowed = [grant for grant in found if grant.holder["type"] == ENDPOINT]
    yield section("What endpoints let through", ENDPOINTS, head, guards(state, narrowed))


def said_by(policy: Resource, found: Sequence[Grant]) -> list[Grant]:
    """The permissions of one policy."""
    return [grant for grant in found if grant.holder is policy]


def permissions(state: State, of_one: Iterable[Grant]) -> list[list[str]]:
    """The rows of one holder; actions on the same resources under the same conditions are together."""
    alike = defaultdict[tuple[bool, str, str], set[str]](set)
    for grant in of_one:
        alike[not grant.allowed, on(state, grant.resources), conditions(state, grant.conditions)].update(grant.actions)
    return [[may(what, allowed=not denied), about, only_if] for (denied, about, only_if), what in sorted(alike.items())]


def guards(state: State, said: Iterable[Grant]) -> list[list[str]]:
    """The rows of resources' policies; resources that say the same are together."""
    alike = defaultdict[tuple[str, ...], set[str]](set)
    for grant in said:
        what = may(grant.actions, allowed=grant.allowed)
        who = ", ".join(sorted(map(linked, grant.who)))
        alike[who, what, conditions(state, grant.conditions)].update(grant.resources)
    return sorted([on(state, about), *said] for said, about in alike.items())


def may(what: Iterable[str], *, allowed: bool) -> str:
    """The actions, or that they are denied."""
    return actions(what) if allowed else f"**not** {actions(what)}"


def actions(written: Iterable[str]) -> str:
    """The actions, those of a service together: ``sqs:ReceiveMessage, DeleteMessage``."""
    by_service = defaultdict[str, list[str]](list)
    words: list[str] = []
    for action in sorted(written):
        service, _, name = action.partition(":")
        if " " in action:
            words.append(action)
        elif name:
            by_service[service].append(name)
        else:
            words.append(f"`{action}`")
    return ", ".join([f"`{service}:{', '.join(names)}`" for service, names in by_service.items()] + words)


def on(state: State, written: Iterable[str]) -> str:
    """What a statement is about."""
    return listed(state.name(each) for each in written)


def listed(names: Iterable[str]) -> str:
    """Those of a kind together, with what is in them: ``key `a`, `b`; bucket `c` and `/*```."""
    by_kind = defaultdict[str, dict[str, str]](dict)
    for name in sorted(set(names)):
        kind, _, own = name.rpartition(" ")
        outer = next((own.removesuffix(end) for end in ("/*", ":*") if own.removesuffix(end) in by_kind[kind]), None)
        if outer is None or outer == own:
            by_kind[kind][own] = f"`{own}`"
        else:
            by_kind[kind][outer] += f" and `{own.removeprefix(outer)}`"
    return "; ".join(f"{kind} {', '.join(found.values())}".strip() for kind, found in by_kind.items())


def conditions(state: State, asked: Conditions) -> str:
    """In words: `` `aws:SecureTransport` is `false` ``."""
    return " and ".join(
        in_words(operator, key, sorted(map(state.value, as_list(values))))
        for operator, keys in sorted(asked.items())
        for key, values in sorted(keys.items())
    )


def in_words(operator: str, key: str, values: list[str]) -> str:
    """One condition."""
    if operator == "Null":
        return f"`{key}` is {'absent' if values == ['`true`'] else 'present'}"
    of, _, comparison = operator.rpartition(":")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", comparison.removesuffix("IfExists")).split()[1:]
    comparing = WORDS.get(" ".join(words).lower(), " ".join(words).lower())
    some = {"ForAnyValue": "any of ", "ForAllValues": "all of "}.get(of, "")
    given = ", if there is one," if comparison.endswith("IfExists") else ""
    return f"{some}`{key}`{given} {comparing} {' or '.join(values)}"


def linked(who: str) -> str:
    """A role leads to what it may do."""
    kind, _, name = who.partition(" ")
    return f"[{name}](#{name})" if kind == "role" else who


def section(title: str, text: str, head: Sequence[str], rows: Iterable[Sequence[str]], level: int = 2) -> str:
    """A heading, a text, and a table if there is something in it."""
    lines = [head, ["---"] * len(head), *rows] if rows else []
    table = "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
    return "\n".join(part for part in (f"{'#' * level} {title}\n", text, table) if part)


def main() -> None:
    """Print the page of the exported stack on standard input."""
    print(markdown(json.load(sys.stdin)["deployment"]["resources"]), end="")
