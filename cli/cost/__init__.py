"""``smile cost``: what a stack costs a month by its own resources, and what a change does to that.

It previews the stack on the mock providers, or reads an export or a preview that is there; no AWS account is asked.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cli.answer import Answer, NoSuchValueError
from cli.cost import report
from cli.cost.estimate import Estimate, as_data, estimate
from cli.cost.prices import FILE, Price, read_prices, write_prices
from cli.cost.problems import CostError
from cli.cost.refresh import refreshed
from cli.cost.resources import Stack, parse, read
from cli.cost.usage import read_usage
from cli.offline import BANNER
from cli.offline_state import pulumi
from cli.program import Program
from cli.sandbox import ROOT
from components.core.settings.problems import no_stack

LAST = 10
"""How many lines of a failed preview are shown."""


def run(  # noqa: PLR0913, PLR0917 - the command's options
    program: Program,
    stack: str | None,
    file: Path | None,
    usage: Path | None,
    table: Path = FILE,
    against: str | None = None,
) -> Answer:
    """The estimate, or the difference to another.

    Raises:
        CostError: there is none.
        SettingsError: the stack's settings can't be used.
    """
    if not stack:
        raise CostError(missing(program, file))
    prices = read_prices(table)
    new = estimated(program, stack, file, usage, prices)
    if against is None:
        return Answer(
            as_data(new), report.text(new) + f" ({use_of(program, stack, usage)})" + useless_budget(program, stack, new)
        )
    old = other(program, against, stack, usage, prices)
    compared = {"from": as_data(old), "to": as_data(new), "changes": report.changes(old, new)}
    return Answer(compared, report.difference(old, new))


def estimated(
    program: Program, stack: str, file: Path | None, usage: Path | None, prices: Mapping[str, Price]
) -> Estimate:
    """The estimate of a stack.

    Raises:
        CostError: a file can't be used, or the preview fails.
        SettingsError: the stack's settings can't be used.
    """
    use = used(program, stack, usage)  # before a preview, which takes a minute
    found = read(file) if file else previewed(program, stack)
    if found.name != stack:
        raise CostError(f"{file}: is of the stack {found.name}; valid: one of {stack}, or --stack {found.name}")
    return estimate(found, use, prices)


def used(program: Program, stack: str, file: Path | None) -> dict[str, float]:
    """Use of a month: as a file says, else the program's own, else by kind of environment.

    Raises:
        CostError: a file isn't valid.
        SettingsError: the stack's settings can't be used.
    """
    return read_usage(program.kind(stack), file or own_usage(program, stack))


def own_usage(program: Program, stack: str) -> Path | None:
    """The program's own file, where the stack is one that people depend on."""
    return program.usage if program.kind(stack) == "production" else None


def use_of(program: Program, stack: str, file: Path | None) -> str:
    """Where the use comes from, for whoever reads the sum."""
    if file or (file := own_usage(program, stack)):
        return f"here of {file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}"
    return f"here SMILE's of {program.kind(stack)}, cli/cost/usage.yaml"


def useless_budget(program: Program, stack: str, found: Estimate) -> str:
    """What is wrong with a budget whose warning comes every month; empty where nothing is."""
    cost = getattr(program.settings(stack), "cost", None)
    if cost is None or found.known_usd < (at := cost.budget_usd * cost.warn_percent / 100):
        return ""
    return (
        f"\n\n{program.loader.project}:cost.budget_usd: got {cost.budget_usd}, whose warning comes at {at:,.0f} USD, "
        "below the known part"
        f"; valid: over {found.known_usd * 100 / cost.warn_percent:,.0f}"
    )


def missing(program: Program, file: Path | None) -> str:
    """What ``--stack`` could have been: the stack that the file is of, if there is a file.

    Raises:
        CostError: the file can't be used.
    """
    return f"--stack is missing; valid: {read(file).name if file else ', '.join(program.project.stacks)}"


def other(program: Program, against: str, stack: str, usage: Path | None, prices: Mapping[str, Price]) -> Estimate:
    """What an estimate is compared with: another stack, or a file, taken to be of the same stack.

    Raises:
        NoSuchValueError: it is neither.
    """
    if against in program.project.stacks:
        return estimated(program, against, None, usage, prices)
    if not Path(against).exists():
        raise NoSuchValueError(f"--against: no file, and {no_stack(against, program.project.stacks)}")
    return estimated(program, stack, Path(against), usage, prices)


def previewed(program: Program, stack: str) -> Stack:
    """A stack as a preview from nothing shows it, on the mock providers.

    Raises:
        CostError: the preview fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = pulumi(program, folder, "preview", "--json", "--stack", stack)
    if done.returncode:
        said = why(done.stdout, done.stderr) or f"pulumi exits with {done.returncode}"
        raise CostError(f"stack {stack} can't be previewed: {said}")
    return parse(done.stdout, f"the preview of {stack}")


def why(out: str, errors: str) -> str:
    """What a failed preview says is wrong: its diagnostics, else its last words, those of the sandbox left out."""
    try:
        found = json.loads(out)["diagnostics"]
    except (ValueError, KeyError, TypeError):
        found = list[dict[str, str]]()
    if said := [each["message"].strip() for each in found if each.get("severity") == "error"]:
        return "\n".join(dict.fromkeys(said))
    words = [line for line in f"{out}\n{errors}".splitlines() if line.strip() and line != BANNER]
    return "\n".join(words[-LAST:])


def run_refresh(table: Path, base: str) -> Answer:
    """Rewrite the price table; says which items the list doesn't have."""
    old = read_prices(table)
    new, missing = refreshed(old, datetime.now(UTC).date(), base)
    write_prices(new.values(), table)
    changed = sum(old.get(name) is None or old[name].usd != price.usd for name, price in new.items())
    said = f"{table}: {len(new)} prices, {changed} new or changed"
    if missing:
        said += f"\nnot in AWS's list as cli/cost/items.yaml describes them, so left as they were: {', '.join(missing)}"
    return Answer({"table": str(table), "prices": len(new), "changed": changed, "missing": missing}, said)
