"""Commands that work in a stack's real account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, Option

from cli.answer import Answer
from cli.command import command
from cli.values import Stack, clusters, one_of, percent, services

if TYPE_CHECKING:
    from cli.program import Program

Offline = Annotated[bool, Option("--offline", help="In the mock cloud, without an account.")]


@command(
    examples=(
        "smile bootstrap --stack prod",
        "smile bootstrap --stack dev --yes",
        "smile bootstrap --platform epicvibe --stack staging",
    ),
    exits={1: "something is left to do: it is named, and running it again goes on"},
    json="`stack`, `answers`: each with `what`, `done`",
)
def bootstrap(
    program: Program,
    stack: Stack,
    *,
    yes: Annotated[bool, Option("--yes", help="Make what pulumi shows without asking.")] = False,
) -> Answer:
    """Make what a stack's account needs before the stack."""
    from cli.bootstrap import run

    return run(program, stack, yes=yes)


@command(
    examples=("smile doctor --stack prod", "smile doctor --stack prod --json | jq '.results[].fix'"),
    exits={
        0: "all is fine",
        1: "a warning, or something could not be checked",
        2: "something blocks the next update, the settings can't be used, or an option is wrong",
    },
    refused=2,
    json="`stack`, `account`, `region`, `exit`, `results`: each with `subject`, `verdict`, `found`, `needed`, `fix`, "
    "`check`",
)
def doctor(program: Program, stack: Stack) -> Answer:
    """Look whether a stack's real account is ready for it, and change nothing."""
    from cli.doctor import run

    return run(program, stack)


@command(
    examples=(
        "smile deploy plan --stack prod",
        "smile deploy apply --stack prod",
        "smile deploy update --stack prod",
        "smile deploy plan --platform educounsel --stack prod",
    ),
    exits={1: "nothing was run, or no plan can hold; any other is pulumi's"},
    json="`stack`, `step`, `exit`, `state` (URL); of a plan also `plan` (its file, or null where none can hold) and "
    "`changes` (operation: count)",
)
def deploy(
    program: Program,
    step: Annotated[
        Literal["plan", "apply", "update"],
        Argument(
            help="plan: preview, and keep what it found. apply: exactly that, or fail. update: by hand, where no "
            "plan can hold: preview, then ask."
        ),
    ],
    stack: Stack,
) -> Answer:
    """Plan, apply, or update by hand, in the real account."""
    from cli.deploy import run

    return run(program, step, stack)


@command(
    examples=("smile drift --stack prod", "smile drift --stack prod --json | jq '.differences[].resource.name'"),
    exits={
        0: "no drift",
        1: "it couldn't be looked for",
        3: "the gravest difference is low",
        4: "it is medium",
        5: "it is high",
        6: "it is critical",
    },
    json="`stack`, `severity` (of the gravest), `exit`, `differences`: each with `severity`, `kind`, `operation`, "
    "`resource`, `holds_data`, `put_back_by_update`, `properties` (each with `path`, `before`, `after`) and "
    "`by`; `notes`",
)
def drift(program: Program, stack: Stack, *, offline: Offline = False) -> Answer:
    """Say what AWS has otherwise than the program, property by property, and who it was."""
    from cli.drift import run

    return run(program, stack, is_offline=offline)


@command(
    examples=("smile rollback --to HEAD~1 --stack prod", "smile rollback --to HEAD~1 --stack prod --preview-only"),
    exits={0: "done, or nothing to do", 1: "refused, failed or declined; any other is pulumi's"},
    json="`stack`, `commit`, `changes` (operation: count), `applied`",
)
def rollback(
    program: Program,
    to: Annotated[str, Option("--to", metavar="COMMIT", help="One that our history has.")],
    stack: Stack,
    *,
    preview_only: Annotated[bool, Option("--preview-only", help="Say what it would do, and end.")] = False,
    yes: Annotated[bool, Option("--yes", help="Don't ask.")] = False,
    offline: Offline = False,
) -> Answer:
    """Go back to an earlier commit, previewed first; refused where data would be lost."""
    from cli.rollback import run

    return run(program, to, stack, only_preview=preview_only, is_agreed=yes, is_offline=offline)


@command(
    examples=("smile tunnel --stack prod", "smile tunnel --stack prod --to database --port 3307"),
    exits={0: "closed", 1: "there is no way; any other is the worst of its sessions"},
    no_json="it stays open until Ctrl-C, and its lines are for a shell",
    no_platform="it leads through SMILE's bastion, which no other program has",
)
def tunnel(
    stack: Stack,
    to: Annotated[
        str | None,
        Option(
            metavar="WHAT",
            help="A cluster of the stack, or database; default: every cluster, as an update needs.",
            autocompletion=clusters,
        ),
    ] = None,
    port: Annotated[int | None, Option(help="The first on this machine; default: 8443, or the database's own.")] = None,
) -> Answer:
    """Open a way through the bastion to the Kubernetes API or the database."""
    from cli.tunnel import run

    return run(stack, to, port)


@command(
    examples=(
        "smile release --stack prod --service orders --canary 10",
        "smile release --stack prod --promote",
        "smile release --stack prod --rollback",
    ),
    exits={1: "nothing was changed, or it was taken back: standard error says which"},
    json="`stack`, `services`; as the stack's file has them now: `weights` (service: `blue`, `green`) and `underway` "
    "(service: colour)",
    no_platform="it shifts requests among SMILE's services; elsewhere a release is a setting, and a deployment",
)
def release(
    stack: Stack,
    service: Annotated[
        list[str] | None,
        Option(
            metavar="NAME",
            help="May be repeated; default: all that run in both colours, or all under way.",
            autocompletion=services,
        ),
    ] = None,
    *,
    canary: Annotated[
        int | None, Option(parser=percent, metavar="PERCENT", help="Give the new colour this share, and watch.")
    ] = None,
    promote: Annotated[bool, Option("--promote", help="Go through the remaining steps, up to everything.")] = False,
    rollback: Annotated[bool, Option("--rollback", help="Give the old colour everything again.")] = False,
    watch_seconds: Annotated[int, Option(help="How long after each step.")] = 300,
    unwatched: Annotated[
        bool, Option("--unwatched", help="Look at no alarms and no canary: offline, or without CloudWatch.")
    ] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Only preview the first step.")] = False,
) -> Answer:
    """Shift requests to a new version, or back."""
    from cli.release import run

    one_of({"--canary": canary is not None, "--promote": promote, "--rollback": rollback})
    share, watched = 0 if rollback else canary, None if unwatched else watch_seconds
    return run(stack, service or [], share, watched, dry_run=dry_run)


@command(
    examples=("smile publish --stack prod build/", "smile publish --stack prod --rollback --dry-run"),
    json="`stack`, `dry_run`, `uploaded`, `restored`, `refreshed`: keys of the bucket",
    no_platform="it publishes SMILE's front end; elsewhere the application puts its own files into their bucket",
)
def publish(
    stack: Stack,
    build: Annotated[
        Path | None, Argument(metavar="FOLDER", help="The React build, with its index.html.", show_default=False)
    ] = None,
    *,
    rollback: Annotated[bool, Option("--rollback", help="Bring back what there was before the last build.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would be done.")] = False,
) -> Answer:
    """Put a build of the front end where CloudFront finds it, or bring the one before back."""
    from cli.publish import run

    one_of({"FOLDER": build is not None, "--rollback": rollback})
    return run(stack, build, dry_run=dry_run)
