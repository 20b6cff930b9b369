"""Who may do what on what, from a stack's state. ``python -m tests.engine.access`` does it for prod, and writes it."""

import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "engine"), str(ROOT / "policies")]  # as pytest has it

from accesses import accesses  # noqa: E402
from lives import Life  # noqa: E402
from permissions import ATTACHMENT, ENDPOINT, POLICY, ROLE, State, arn, component, grants, label, logical, taken_on  # noqa: E402
from policy_documents import as_list  # noqa: E402

FILE = ROOT / "docs" / "access.md"
INTRODUCTION = """\
# Who may do what on what

Every permission that prod's own policies give or deny. `python -m tests.engine.access` writes this file from the state
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


def markdown(resources):
    """The whole file."""
    state = State(resources)
    found = list(grants(state))
    return "\n".join([INTRODUCTION, *data(state, found), *roles(state, found), *others(state, found)])


def data(state, found):
    """For each class of data: what there is of it, who reads it, who changes it."""
    for each in CLASSES:
        alike = defaultdict(list)
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


def rows_of(by_who):
    """Those who may the same are together."""
    alike = defaultdict(list)
    for who, (reads, changes) in by_who.items():
        alike[actions(reads), actions(changes)].append(linked(who))
    return tuple(sorted((", ".join(sorted(names)), *may) for may, names in alike.items()))


def roles(state, found):
    """For each component: its roles, who takes them on, and what they may do."""
    by_component = defaultdict(list)
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


def others(state, found):
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


def said_by(policy, found):
    return [grant for grant in found if grant.holder is policy]


def permissions(state, of_one):
    """The rows of one holder; actions on the same resources under the same conditions are together."""
    alike = defaultdict(set)
    for grant in of_one:
        alike[not grant.allowed, on(state, grant.resources), conditions(state, grant.conditions)].update(grant.actions)
    return [[may(not denied, what), about, only_if] for (denied, about, only_if), what in sorted(alike.items())]


def guards(state, said):
    """The rows of resources' policies; resources that say the same are together."""
    alike = defaultdict(set)
    for grant in said:
        what = may(grant.allowed, grant.actions)
        who = ", ".join(sorted(map(linked, grant.who)))
        alike[who, what, conditions(state, grant.conditions)].update(grant.resources)
    return sorted([on(state, about), *said] for said, about in alike.items())


def may(allowed, what):
    return actions(what) if allowed else f"**not** {actions(what)}"


def actions(written):
    """The actions, those of a service together: ``sqs:ReceiveMessage, DeleteMessage``."""
    by_service = defaultdict(list)
    words = []
    for action in sorted(written):
        service, _, name = action.partition(":")
        if " " in action:
            words.append(action)
        elif name:
            by_service[service].append(name)
        else:
            words.append(f"`{action}`")
    return ", ".join([f"`{service}:{', '.join(names)}`" for service, names in by_service.items()] + words)


def on(state, written):
    """What a statement is about."""
    return listed(state.name(each) for each in written)


def listed(names):
    """Those of a kind together, with what is in them: ``key `a`, `b`; bucket `c` and `/*```."""
    by_kind = defaultdict(dict)
    for name in sorted(set(names)):
        kind, _, own = name.rpartition(" ")
        outer = next((own.removesuffix(end) for end in ("/*", ":*") if own.removesuffix(end) in by_kind[kind]), None)
        if outer is None or outer == own:
            by_kind[kind][own] = f"`{own}`"
        else:
            by_kind[kind][outer] += f" and `{own.removeprefix(outer)}`"
    return "; ".join(f"{kind} {', '.join(found.values())}".strip() for kind, found in by_kind.items())


def conditions(state, asked):
    """In words: `` `aws:SecureTransport` is `false` ``."""
    return " and ".join(
        in_words(operator, key, sorted(map(state.value, as_list(values))))
        for operator, keys in sorted(asked.items())
        for key, values in sorted(keys.items())
    )


def in_words(operator, key, values):
    if operator == "Null":
        return f"`{key}` is {'absent' if values == ['`true`'] else 'present'}"
    of, _, comparison = operator.rpartition(":")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", comparison.removesuffix("IfExists")).split()[1:]
    comparing = WORDS.get(" ".join(words).lower(), " ".join(words).lower())
    some = {"ForAnyValue": "any of ", "ForAllValues": "all of "}.get(of, "")
    given = ", if there is one," if comparison.endswith("IfExists") else ""
    return f"{some}`{key}`{given} {comparing} {' or '.join(values)}"


def linked(who):
    """A role leads to what it may do."""
    kind, _, name = who.partition(" ")
    return f"[{name}](#{name})" if kind == "role" else who


def section(title, text, head, rows, level=2):
    lines = [head, ["---"] * len(head), *rows] if rows else []
    table = "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
    return "\n".join(part for part in (f"{'#' * level} {title}\n", text, table) if part)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(markdown(Life("prod", Path(folder) / "offline").resources))
