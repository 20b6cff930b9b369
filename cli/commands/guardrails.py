"""Commands about the controls: what they say, who may break them, which there are; none needs an AWS account."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Argument, Option

from cli.answer import Answer
from cli.command import command
from cli.values import STACK, all_of, control_ids, control_services, none_of, share

if TYPE_CHECKING:
    from cli.program import Program


@command(
    examples=(
        "pulumi stack export --stack prod | smile audit /dev/stdin",
        "smile audit exports/ --shard 3/20 --format sarif --output findings.sarif",
        "smile audit preview.json --policy-pack-config prod.json --fail-on high",
    ),
    exits={
        0: "nothing fails",
        1: "a violation does, by --fail-on",
        2: "a file holds no stack, the configuration is not valid, or an option is wrong",
    },
    refused=2,
    no_json="`--format json` is its document, with [a schema](report.md)",
    no_platform="it judges files of any program; valid: with --policy-pack-config, which smile policies writes",
)
def audit(
    files: Annotated[
        list[Path], Argument(metavar="FILE", help="A stack's export, a preview's JSON, or a folder of them.")
    ],
    *,
    policy_pack_config: Annotated[
        Path | None,
        Option(metavar="FILE", help="Levels and parameters, as of smile policies; default: those of the controls."),
    ] = None,
    shard: Annotated[
        Any, Option(parser=share, metavar="NUMBER/OF", help="Only this part of the files, for a matrix of jobs.")
    ] = "1/1",
    fail_on: Annotated[
        Literal["mandatory", "critical", "high", "medium", "low", "never"],
        Option(help="Which violations: those of this level, or of this severity and graver at any level."),
    ] = "mandatory",
    format_: Annotated[
        Literal["text", "markdown", "sarif", "junit", "json", "exceptions"], Option("--format", help="For whom.")
    ] = "text",
    output: Annotated[Path | None, Option(metavar="FILE", help="Default: standard output.")] = None,
) -> Answer:
    """Judge exported stacks and previews with all controls, without the engine."""
    from cli.audit import run

    return run(policy_pack_config, format_, output, places=files, shard=shard, fail_on=fail_on)


@command(
    examples=(
        "smile exemptions list",
        "smile exemptions check",
        "smile exemptions check --platform all",
        "smile exemptions add --finding 3f9a2c71 --reason 'until the migration' --owner smile-data --until 2027-01-31",
    ),
    exits={1: "refused, or with check: a decision is over"},
    json="list and check: each with `control`, `scope`, `finding`, `owner`, `until`, `reason`, `place`, `state`; add: "
    "the entry",
)
def exemptions(
    programs: Sequence[Program],
    step: Annotated[
        Literal["list", "add", "check"],
        Argument(
            help="list: all decisions, policies/config's too. check: those that end within 30 days, or are over. "
            "add: exempt one finding; others of the same control on the resource still fail."
        ),
    ],
    *,
    finding: Annotated[
        str | None, Option(metavar="FINGERPRINT", help="Of smile report --format json; its beginning will do.")
    ] = None,
    reason: Annotated[str | None, Option(help="What makes it acceptable until then.")] = None,
    owner: Annotated[str | None, Option(help="Who answers for it.")] = None,
    until: Annotated[str | None, Option(metavar="DAY", help="The last day, at most a year ahead.")] = None,
    findings: Annotated[
        Path | None, Option(metavar="FILE", help="JSON of smile report or smile audit; default: the last previews.")
    ] = None,
) -> Answer:
    """Say who may break which control until when, and exempt one finding."""
    from cli.exemptions import run_add, run_check, run_list

    wanted = {"--finding": finding, "--reason": reason, "--owner": owner, "--until": until}
    if step != "add":
        none_of({name: each is not None for name, each in {**wanted, "--findings": findings}.items()}, step)
        return run_list(programs) if step == "list" else run_check(programs)
    all_of(wanted, step)
    return run_add(programs, finding or "", reason or "", owner or "", until or "", findings)


@command(
    examples=(
        "smile controls",
        "smile controls public bucket",
        "smile controls --service rds --framework 'SOC 2 CC6' --stack prod",
    ),
    json="a list: `control`, `title`, `severity`, `level`, `references`, `levels` (stack: level)",
)
def controls(
    program: Program,
    words: Annotated[
        list[str] | None, Argument(help="Each in id, title, rationale, fix or types; default: all controls.")
    ] = None,
    *,
    service: Annotated[str | None, Option(help="As in ids.", autocompletion=control_services)] = None,
    framework: Annotated[
        str | None, Option(metavar="TEXT", help="The beginning of a reference, such as 'SOC 2 CC6.1' or CKV_AWS.")
    ] = None,
    severity: Annotated[Literal["critical", "high", "medium", "low"] | None, Option(help="This one alone.")] = None,
    stack: Annotated[
        str | None, Option("--stack", "-s", help="Whose levels are shown; default: all stacks'.", **STACK)
    ] = None,
) -> Answer:
    """List controls, with their level in each stack."""
    from cli.controls import run

    return run(program, words or [], service, framework, severity, stack)


@command(
    examples=("smile explain ENC-RDS-001", "smile explain LP-SG-001 --json | jq -r .after"),
    json="`control`, `title`, `severity`, `level`, `references`, `scope`, `types`, `why`, `fix`, `parameters`, "
    "`stacks` (stack: `level`, parameters, decision), `exemptions`, `before` and `after` (Python), `source`, "
    "`fixtures`, `cases`",
)
def explain(
    program: Program,
    control: Annotated[
        str, Argument(metavar="CONTROL", help="Its id.", autocompletion=control_ids, show_default=False)
    ],
) -> Answer:
    """Say why a control is there, how to comply, in code, and what each stack makes of it."""
    from cli.explain import run

    return run(program, control)


@command(
    examples=(
        "smile evidence --framework soc2",
        "smile evidence --framework uu-pdp --platform educounsel --stack prod",
        "smile evidence --framework iso27001 --stack-file prod.json --policy-pack-config levels.json --format csv",
        "smile evidence --framework uu-pdp --stack-file prod.json --format oscal --output uu-pdp.json",
    ),
    json="`framework`, `stack`, `requirements`: each with `id`, `asks`, `coverage`, `missing`, `controls`, `result`, "
    "`judged`, `findings` (control: count)",
)
def evidence(
    program: Program,
    framework: Annotated[
        Literal["soc2", "iso27001", "uu-pdp", "cis-7.0", "nist-800-53"], Option(help="Whose requirements.")
    ],
    *,
    stack: Annotated[
        str | None,
        Option(
            "--stack", "-s", help="Made offline, which takes a minute: its verdicts are added, by its levels.", **STACK
        ),
    ] = None,
    stack_file: Annotated[
        Path | None, Option(metavar="FILE", help="An export or a preview's JSON, whose verdicts are added.")
    ] = None,
    policy_pack_config: Annotated[
        Path | None, Option(metavar="FILE", help="Levels and parameters, as of smile policies.")
    ] = None,
    format_: Annotated[Literal["markdown", "csv", "oscal"], Option("--format", help="For whom.")] = "markdown",
    output: Annotated[Path | None, Option(metavar="FILE", help="Default: standard output.")] = None,
) -> Answer:
    """Say which requirements of a framework are covered, by which controls, with their verdicts on a stack."""
    from cli.evidence import run, run_of_stack

    if stack is not None:
        given = {"--stack-file": stack_file is not None, "--policy-pack-config": policy_pack_config is not None}
        none_of(given, "--stack", "one of both")
        return run_of_stack(framework, program, stack, format_, output)
    return run(framework, stack_file, policy_pack_config, format_, output)
