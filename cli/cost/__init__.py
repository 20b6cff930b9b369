"""``smile cost``: what a stack costs a month by its own resources, and what a change does to that.

It previews the stack on the mock providers, or reads an export or a preview that is there; no AWS account is asked.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cli.cost import report
from cli.cost.estimate import Estimate, as_data, estimate
from cli.cost.prices import FILE, Price, read_prices, write_prices
from cli.cost.problems import CostError
from cli.cost.refresh import LIST, refreshed
from cli.cost.resources import Stack, parse, read
from cli.cost.usage import read_usage
from cli.offline_state import pulumi
from components.core.settings.problems import SettingsError, no_stack
from settings import loader


def configure(parser: argparse.ArgumentParser) -> None:
    """What is estimated, with which use and prices, and against what."""
    parser.add_argument("--stack", help="one with a file Pulumi.STACK.yaml; its kind says how much use is assumed")
    parser.add_argument("--file", type=Path, help="its export, or a preview's JSON, instead of a preview")
    parser.add_argument("--usage", type=Path, metavar="FILE", help="how much is used in a month: YAML, key: amount")
    parser.add_argument("--prices", type=Path, default=FILE, metavar="FILE", help="another price table")
    parser.add_argument("--against", metavar="FILE|STACK", help="show what changes from that to this")
    parser.add_argument("--json", action="store_true", help="as JSON, with source and date of each price")
    parser.add_argument(
        "--refresh", action="store_true", help="write today's prices of AWS's public list into the table"
    )
    parser.add_argument("--price-list", default=LIST, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Print the estimate or the difference; 1, and why, where there is none."""
    try:
        if arguments.refresh:
            return refresh(arguments.prices, arguments.price_list)
        if not arguments.stack:
            raise CostError(missing(arguments.file))
        prices = read_prices(arguments.prices)
        new = estimated(arguments.stack, arguments.file, arguments.usage, prices)
        if arguments.against is None:
            print(json.dumps(as_data(new), indent=2) if arguments.json else report.text(new))
            return 0
        old = other(arguments.against, arguments.stack, arguments.usage, prices)
    except (CostError, SettingsError) as error:
        print(f"smile cost: {error}", file=sys.stderr)
        return 1
    compared = {"from": as_data(old), "to": as_data(new), "changes": report.changes(old, new)}
    print(json.dumps(compared, indent=2) if arguments.json else report.difference(old, new))
    return 0


def estimated(stack: str, file: Path | None, usage: Path | None, prices: Mapping[str, Price]) -> Estimate:
    """The estimate of a stack.

    Raises:
        CostError: a file can't be used, or the preview fails.
        SettingsError: the stack's settings can't be used.
    """
    kind = loader.from_files(stack).kind
    use = read_usage(kind, usage)  # before a preview, which takes a minute
    found = read(file) if file else previewed(stack)
    if found.name != stack:
        raise CostError(f"{file}: is of the stack {found.name}; valid: one of {stack}, or --stack {found.name}")
    return estimate(found, use, prices)


def missing(file: Path | None) -> str:
    """What ``--stack`` could have been: the stack that the file is of, if there is a file.

    Raises:
        CostError: the file can't be used.
    """
    return f"--stack is missing; valid: {read(file).name if file else ', '.join(loader.stacks())}"


def other(against: str, stack: str, usage: Path | None, prices: Mapping[str, Price]) -> Estimate:
    """What an estimate is compared with: another stack, or a file, taken to be of the same stack.

    Raises:
        CostError: it is neither.
    """
    if against in loader.stacks():
        return estimated(against, None, usage, prices)
    if not Path(against).exists():
        raise CostError(f"--against: no file, and {no_stack(against, loader.stacks())}")
    return estimated(stack, Path(against), usage, prices)


def previewed(stack: str) -> Stack:
    """A stack as a preview from nothing shows it, on the mock providers.

    Raises:
        CostError: the preview fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = pulumi(folder, "preview", "--json", "--stack", stack)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CostError(f"stack {stack} can't be previewed: {said[-1] if said else done.returncode}")
    return parse(done.stdout, f"the preview of {stack}")


def refresh(table: Path, base: str) -> int:
    """Rewrite the price table; says which items the list doesn't have."""
    old = read_prices(table)
    new, missing = refreshed(old, datetime.now(UTC).date(), base)
    write_prices(new.values(), table)
    changed = sum(old.get(name) is None or old[name].usd != price.usd for name, price in new.items())
    print(f"{table}: {len(new)} prices, {changed} new or changed")
    if missing:
        print(
            f"not in AWS's list under the attributes of cli/cost/items.yaml, so left as they were: {', '.join(missing)}"
        )
    return 0
