"""Declares the controls on where data is sent: one line of data each."""

from __future__ import annotations

from typing import Any

from guardrails.model.arn import parse_arn
from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.regions import foreign_region, region_of, trusted_accounts, why_not_kept
from guardrails.model.resource import Resource, origins, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError

LAW = References(iso27001=("A.5.14", "A.5.31"), indonesia=("PP 71/2019 20", "UU PDP 56"))


def keep(
    id_: str,
    title: str,
    types: str | tuple[str, ...],
    *paths: str,
    targets: tuple[str, ...] = (),
    references: References = LAW,
) -> None:
    """A control that what each of ``paths`` names lies in an allowed region and account.

    A value is an ARN, the name of a region, or the name of one of ``targets`` (types without a region in their names,
    such as buckets), which is looked up in the stack.
    """

    def check(resource: Resource, context: Context) -> Findings:
        for path in paths:
            for value in values_at(resource, path):
                yield from _findings(resource, context, path, value, targets)

    named = ", ".join(path.replace("[*]", "[]") for path in paths)
    control(
        id=id_,
        title=title,
        why="Data of the platform stays in Indonesia, in accounts that are known.",
        fix=f"Name a destination in an allowed region and account in {named}, or leave it out.",
        severity=Severity.HIGH,
        types=(types,) if isinstance(types, str) else types,
        references=references,
    )(check)


def _findings(resource: Resource, context: Context, path: str, value: Any, targets: tuple[str, ...]) -> Findings:
    where = path.replace("[*]", "")
    if value is UNKNOWN:
        yield from _unknown(resource, context, path, where)
    elif isinstance(value, str) and value:
        arn = parse_arn(value)
        if targets and (arn is None or not arn.region):
            yield from _named(resource, context, path, where, targets)
        else:
            why = why_not_kept(value, resource, context)
            if why:
                yield Violation(why, where)


def _unknown(resource: Resource, context: Context, path: str, where: str) -> Findings:
    """A value that comes from resources of this stack lies where they lie."""
    stack = resource.stack
    sources = [] if stack is None else [stack.by_urn.get(urn) for urn in origins(resource, path)]
    regions = [region_of(source) for source in sources if source is not None and source.type.startswith("aws:")]
    if not regions or len(regions) < len(sources):
        yield UndeterminedError(where)
    for region in sorted({region for region in regions if region} - set(context.parameters["allowedRegions"])):
        yield Violation(foreign_region(region, context), where)


def _named(resource: Resource, context: Context, path: str, where: str, targets: tuple[str, ...]) -> Findings:
    if resource.stack is None:
        yield UndeterminedError(where)
        return
    target = resource.stack.referred(resource, path, targets)
    region = None if target is None else region_of(target)
    if region is None:
        yield UndeterminedError(where)
    elif region not in context.parameters["allowedRegions"]:
        yield Violation(foreign_region(region, context), where)


def share_with_known_accounts(
    id_: str,
    title: str,
    types: str | tuple[str, ...],
    *paths: str,
    may_be_own: bool = False,
    references: References = LAW,
) -> None:
    """A control that the accounts and organisations at ``paths`` are allowed ones, and never everybody.

    With ``may_be_own``, the account may be the resource's own, which nobody knows where its provider isn't pinned.
    """

    def check(resource: Resource, context: Context) -> Findings:
        trusted = trusted_accounts(resource, context)
        for path in paths:
            where = path.replace("[*]", "")
            for account in values_at(resource, path):
                if account is UNKNOWN or (may_be_own and not trusted):
                    yield UndeterminedError(where)
                else:
                    fault = _stranger(str(account), trusted, context)
                    if fault:
                        yield Violation(fault, where)

    control(
        id=id_,
        title=title,
        why="What another account has, or reaches, is out of the control of whoever answers for the data.",
        fix=f"Remove the account from {', '.join(paths).replace('[*]', '[]')}, or add it to the setting "
        "allowedAccounts.",
        severity=Severity.CRITICAL,
        types=(types,) if isinstance(types, str) else types,
        references=references,
    )(check)


def _stranger(name: str, trusted: set[str], context: Context) -> str:
    """Why what a thing is shared with is none of ours; without organizationIds, any organisation is taken to be."""
    arn = parse_arn(name)
    if arn and arn.service == "organizations":
        organization, known = next(iter(arn.resource.split("/")[1:]), ""), context.parameters["organizationIds"]
        return f"organisation {organization} is not an allowed one" if known and organization not in known else ""
    if name == "all":
        return "shared with everybody"
    return "" if name in trusted else f"account {name} is not an allowed one"
