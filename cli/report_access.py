"""Roles of a run's stack and what they may do, from its own policies; what only deployment tells is said to be so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cli.policies import library
from report.access import Permission, Role
from report.run import Run, Step
from report.values import UNKNOWN

Resource = dict[str, Any]
"""As a state has it."""
NOT = "**not** "
ACCOUNT = re.compile(r"arn:aws:iam::(\d{12}):")
ROLE, POLICY, ATTACHMENT = (
    "aws:iam/role:Role",
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
)
NAMED = {ROLE: "role", POLICY: "policy"}


def roles_of(run: Run) -> list[Role]:
    """The roles that the stack has afterwards, by name."""
    with library():
        from cli.docs.access.page import OF_ROLES, conditions, permissions
        from cli.docs.access.permissions import State, component, grants, label, logical, taken_on

    resources, incomplete = known(run)
    if not any(each["type"] == ROLE for each in resources):
        return []
    state = State(resources)
    found = [grant for grant in grants(state) if grant.holder["type"] in OF_ROLES]

    def told(role: Mapping[str, Any]) -> Role:
        by = [
            f"{', '.join(who)}{f', only if {conditions(state, asked)}' if asked else ''}"
            for who, asked in taken_on(state, role)
        ]
        own = permissions(state, (grant for grant in found if label(role) in grant.who))
        return Role(
            name=logical(role),
            component=component(role),
            taken_on=readable("; or by ".join(by)),
            permissions=[
                Permission(
                    actions=may.removeprefix(NOT),
                    on=readable(on),
                    only_if=readable(only_if),
                    is_denied=may.startswith(NOT),
                )
                for may, on, only_if in own
            ],
            is_complete=bool(by) and role["outputs"]["name"] not in incomplete,
        )

    return [told(role) for role in sorted(state.of_type(ROLE), key=logical)]


def known(run: Run) -> tuple[list[Resource], set[str]]:
    """What the stack has afterwards, as far as it is known; and the names of the roles of which something isn't."""
    steps = [
        step
        for step in run.steps
        if step.op not in {"delete", "discard"} and not step.type.startswith(("platform:", "pulumi:"))
    ]
    account = next(iter(ACCOUNT.findall(str([step.after for step in steps if step.type == POLICY]))), "")
    pairs = [(step, resource(step, account)) for step in steps]
    policies = {(step.parent, step.name): each for step, each in pairs if step.type == POLICY}
    unknown = {each["outputs"]["arn"] for each in policies.values() if each["inputs"].get("policy") == UNKNOWN}
    incomplete = set[str]()
    for step, each in pairs:
        if step.type == ATTACHMENT:
            inputs, beside = each["inputs"], policies.get((step.parent, step.name))
            if inputs["policyArn"] == UNKNOWN and beside:  # components/core/service_role.py gives both the same name
                inputs["policyArn"] = beside["outputs"]["arn"]
            if inputs["policyArn"] in unknown | {UNKNOWN}:
                incomplete.add(str(inputs["role"]))
    return [each for _, each in pairs if is_known(each)], incomplete


def is_known(each: Resource) -> bool:
    """Whether it says which role it is, or is about."""
    if each["type"] == ROLE:
        return bool(each["outputs"]["name"])
    return UNKNOWN not in {each["inputs"].get(name) for name in ("role", "policyArn") if name in each["inputs"]}


def resource(step: Step, account: str) -> Resource:
    """As a state has it after the run; roles and policies that are yet to be made have the ARN of their name."""
    inputs = dict(step.after if step.after is not None else step.before or {})
    name = str(inputs.get("name") or "")
    made = {"name": name if name != UNKNOWN else ""}
    if name and step.type in NAMED:
        path = str(inputs.get("path") or "/")
        made["arn"] = f"arn:aws:iam::{account}:{NAMED[step.type]}{path}{name}"
    return {
        "urn": step.urn,
        "type": step.type,
        "custom": True,
        "inputs": inputs,
        "outputs": {**made, **(step.outputs or {})},
    }


def readable(text: str) -> str:
    """Without the engine's sign for what isn't known."""
    return text.replace(UNKNOWN, "not known yet")
