"""Commands for whoever works on the program itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from cli.answer import Answer
from cli.command import command
from cli.values import UsageError, positive


@command(
    examples=("smile docs", "smile docs --check"),
    exits={1: "with --check: a page is not current"},
    no_platform="it brings all pages up to date, those of platforms too",
    json="`changed`: pages that were written, or with `--check` aren't current",
)
def docs(
    *,
    check: Annotated[bool, Option("--check", help="Change nothing; fail where a page is not current.")] = False,
    access: Annotated[
        bool, Option("--access", help="What takes an offline update of prod, too: docs/access.md and pictures.")
    ] = False,
    cost: Annotated[bool, Option("--cost", help="docs/cost.json too, from offline previews of the stacks.")] = False,
) -> Answer:
    """Bring the generated parts of docs up to date."""
    from cli.docs import run

    return run(check=check, access=access, cost=cost)


@command(
    examples=("smile bench", "smile bench --repeats 1 --sizes 100 --sizes 1000 --output results.json"),
    exits={1: "a measured command fails"},
    no_platform="it measures SMILE's stacks; a time of another program is in what its preview prints",
    json="what is written: `when`, `commit`, `machine`, `repeats`, `left out`, `figures` (name: value), `runs` (name: "
    "`seconds`, `CPU seconds`, `peak MiB`)",
)
def bench(
    repeats: Annotated[
        int, Option(parser=positive, metavar="N", help="Runs of what takes seconds, of which the fastest counts.")
    ] = 2,
    sizes: Annotated[
        list[int] | None,
        Option(
            parser=positive,
            metavar="N",
            help="Synthetic resources; two at least, repeated. Default: those of the record.",
        ),
    ] = None,
    output: Annotated[Path | None, Option(help="The record's file; default: bench/results.json.")] = None,
) -> Answer:
    """Measure speed and memory as ratios in one run."""
    from cli.bench import RESULTS, run, suite

    chosen = sorted(set(sizes or suite.SIZES))
    if len(chosen) < 2:
        raise UsageError(f"--sizes {chosen[0]}: growth takes two sizes at least")
    return run(repeats, chosen, output or RESULTS)
