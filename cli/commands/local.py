"""Commands that need no AWS account: offline runs, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, Option

from cli.answer import Answer
from cli.command import AsJson, command
from cli.values import STACK, Stack, Stacks, one_of, stacks

if TYPE_CHECKING:
    from cli.program import Program

Made = Annotated[str | None, Option("--stack", "-s", help="Made offline first, which takes a minute.", **STACK)]


@command(
    examples=(
        "smile preview",
        "smile preview prod --diff",
        "smile preview --against origin/main",
        "smile preview --platform epicvibe",
        "smile preview dev --json | jq '.stacks[].mandatory'",
    ),
    exits={0: "all green", 1: "a preview failed, or a mandatory control is broken"},
    json="`stacks`: each with `stack`, `verdict`, `exit`, `seconds`, `resources`, `create`, `update`, `replace`, "
    "`delete`, `mandatory`, `advisory`, `exempted`, `laxer`, and the files `output` and `events`; findings are in "
    "`smile report --format json`",
)
def preview(
    programs: Sequence[Program],
    names: Stacks = None,
    *,
    stack: Annotated[list[str] | None, Option("--stack", "-s", help="The same, as pulumi takes it.", **STACK)] = None,
    full: Annotated[bool, Option("--full", help="All that the engine prints, not its summary.")] = False,
    diff: Annotated[bool, Option("--diff", help="With the values that change, as pulumi preview --diff.")] = False,
    against: Annotated[
        str | None,
        Option(metavar="COMMIT", help="What changes since a commit, whose program is brought up offline first."),
    ] = None,
    as_json: AsJson = False,
) -> Answer:
    """Preview every stack with all policy packs, offline."""
    from cli.preview import run

    wanted = [*(names or ()), *(stack or ())]
    return run(wanted, against, full=full, diff=diff, as_json=as_json, programs=programs)


@command(
    examples=(
        "smile report --output comment.md",
        "smile report prod --format html --output page.html",
        "smile report --platform epicvibe",
        "smile report --events up.events.json --positions stack.json --format json",
    ),
    exits={
        0: "nothing mandatory is broken",
        1: "something is, or a run failed",
        2: "there is no report, or an option is wrong",
    },
    refused=2,
    no_json="`--format json` is its document, with [a schema](report.md)",
)
def report(
    program: Program,
    names: Annotated[list[str] | None, Argument(help="Previewed before; default: all that were.", **STACK)] = None,
    *,
    format_: Annotated[
        Literal["markdown", "sarif", "junit", "json", "html"], Option("--format", help="For whom.")
    ] = "markdown",
    output: Annotated[Path | None, Option(metavar="FILE", help="Default: standard output.")] = None,
    against: Annotated[
        str | None,
        Option(metavar="COMMIT", help="Of smile preview --against COMMIT; what the commit has too is no news."),
    ] = None,
    events: Annotated[
        list[Path] | None, Option(metavar="FILE", help="An event log of pulumi, instead of stacks; may be repeated.")
    ] = None,
    positions: Annotated[
        list[Path] | None,
        Option(metavar="FILE", help="Where resources are made: STACK.positions.json or pulumi stack export."),
    ] = None,
    base_events: Annotated[list[Path] | None, Option(metavar="FILE", help="The event log before the change.")] = None,
) -> Answer:
    """Tell of previews as a comment on a pull request, or in another format."""
    from cli.report import Asked, run

    asked = Asked(program, names or [], against, events or [], base_events or [], positions or [])
    return run(asked, format_, output)


@command(
    examples=(
        "smile offline -- pulumi up --stack prod --yes",
        "smile offline -- pulumi stack export --stack prod",
        "smile offline --platform epicvibe -- pulumi up --stack staging --yes",
        "cd platforms/parcels && smile offline -- pulumi preview --stack dev",
    ),
    exits={
        0: "the command's, as all others are",
        1: "the command's, or it can't start: no such platform or stack, for instance",
        2: "the command's, or an option of smile offline's own that there isn't",
    },
    no_json="it prints what the command prints: `smile offline -- pulumi preview --json`",
    own_words=True,
)
def offline(
    program: Program,
    words: Annotated[list[str] | None, Argument(metavar="-- CMD", help="For instance: -- pulumi up --yes")] = None,
) -> Answer:
    """Run any command on mock providers."""
    from cli.offline import run

    return run(program, words or [])


@command(
    examples=(
        "smile settings --stack prod",
        "smile settings --platform educounsel --stack prod",
        "smile settings --stack prod --json | jq -r '.[].key'",
    ),
    exits={1: "they can't be used; every mistake is named with file and line"},
    json="a list: `key`, `value`, `unit`, `source` (file and line, or default), `meaning`, `valid`",
)
def settings(program: Program, stack: Stack) -> Answer:
    """Print the effective settings of a stack and where each comes from."""
    from cli.settings import run

    return run(program, stack)


@command(
    examples=("smile policies --stack prod", "smile policies --stack prod --output prod.json"),
    json="control id: `enforcementLevel` and parameters, as `--policy-pack-config` takes it; also without `--json`",
)
def policies(
    program: Program,
    stack: Stack,
    output: Annotated[Path | None, Option(metavar="FILE", help="Write it there, for --policy-pack-config.")] = None,
) -> Answer:
    """Print what the policy packs are told of a stack: levels, and parameters that follow from its settings."""
    from cli.policies import run

    return run(program.configuration(stack), output)


@command(
    examples=(
        "smile cost --stack prod",
        "smile cost --stack prod --against staging",
        "smile cost --platform educounsel --stack prod",
        "smile cost --stack prod --file prod.json --usage use.yaml --json",
        "smile cost --refresh",
    ),
    json="`stack`, `known_usd`, `unknown_items` (how many have no price), `no_price_model` (type: count), `lines`: "
    "each with `component`, `item`, `quantity`, `unit`, `by_use`, `usd`, `unit_usd`, `source`, `date`. With "
    "`--against`: `from` and `to`, which are such, and `changes`: each with `component`, `item`, `from`, `to`, `usd`. "
    "With `--refresh`: `table`, `prices` and `changed` (how many), `missing`",
)
def cost(
    program: Program,
    stack: Annotated[
        str | None, Option("--stack", "-s", help="Its kind says how much use is assumed.", **STACK)
    ] = None,
    *,
    file: Annotated[Path | None, Option(help="Its export, or a preview's JSON, instead of a preview.")] = None,
    usage: Annotated[Path | None, Option(metavar="FILE", help="Use in a month: YAML, key: amount.")] = None,
    prices: Annotated[Path | None, Option(metavar="FILE", help="Another price table.")] = None,
    against: Annotated[
        str | None,
        Option(metavar="FILE|STACK", help="What changes from that to this.", autocompletion=stacks),
    ] = None,
    refresh: Annotated[bool, Option("--refresh", help="Write today's prices of AWS's list into the table.")] = False,
    price_list: Annotated[str | None, Option(hidden=True)] = None,
) -> Answer:
    """Estimate what a stack costs a month, and what a change does to it."""
    from cli.cost import run, run_refresh
    from cli.cost.prices import FILE
    from cli.cost.refresh import LIST

    table = prices or FILE
    return run_refresh(table, price_list or LIST) if refresh else run(program, stack, file, usage, table, against)


@command(
    examples=("smile dashboard --stack prod", "smile dashboard --file stack.json --name overview --output pictures"),
    json="`written`: files",
)
def dashboard(
    program: Program,
    stack: Made = None,
    *,
    file: Annotated[
        Path | None, Option(metavar="FILE", help="What pulumi stack export wrote, or the body of a dashboard.")
    ] = None,
    name: Annotated[
        str | None, Option(metavar="NAME", help="The one of this name, or last part; default: all.")
    ] = None,
    output: Annotated[Path | None, Option(metavar="FOLDER", help="Default: .smile/dashboards.")] = None,
) -> Answer:
    """Draw the dashboards of a stack, without AWS."""
    from cli.dashboard import FOLDER, run

    one_of({"--stack": stack is not None, "--file": file is not None})
    return run(program, stack, file, name, output or FOLDER)


@command(
    examples=("smile diagram --stack prod --output prod.svg", "smile diagram --file stack.json --output prod.png"),
    json="`written`: files",
)
def diagram(
    program: Program,
    stack: Made = None,
    *,
    file: Annotated[Path | None, Option(metavar="FILE", help="What pulumi stack export wrote.")] = None,
    output: Annotated[Path, Option(metavar="FILE", help="Ends in .svg or .png.")],
) -> Answer:
    """Draw the architecture of a stack, without AWS."""
    from cli.diagram import run

    one_of({"--stack": stack is not None, "--file": file is not None})
    return run(program, stack, file, output)
