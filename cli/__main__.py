"""``smile COMMAND``: the table of commands; what each takes stands in cli/commands, what it does in ``cli`` by name."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from typer import Exit, Option, Typer, TyperException
from typer.main import get_command

from cli.command import Command, refuse
from cli.commands import account, guardrails, local, project

GROUPS: dict[str, tuple[Command, ...]] = {
    "Without an AWS account": (
        local.preview,
        local.report,
        guardrails.audit,
        guardrails.exemptions,
        guardrails.controls,
        guardrails.explain,
        guardrails.evidence,
        local.offline,
        local.settings,
        local.policies,
        local.cost,
        local.dashboard,
        local.diagram,
    ),
    "In the account of a stack": (
        account.bootstrap,
        account.doctor,
        account.deploy,
        account.drift,
        account.rollback,
        account.tunnel,
        account.release,
        account.publish,
    ),
    "On the program itself": (project.docs, project.bench),
}
COMMANDS = {command.name: command for group in GROUPS.values() for command in group}
WIDTH = {"terminal_width": 120}
"""Characters of help in a pipe."""
EPILOG = "smile COMMAND --help has options, examples and exit codes of each; docs/command-line.md has all of them."


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that the words name, by default those of the process; the exit code is the command's."""
    given = (sys.argv[1:] if words is None else words) or ["--help"]
    wanted = next((word for word in given if not word.startswith("-")), "")
    if wanted and wanted not in COMMANDS:
        return refuse("", f"no command {wanted!r}; {suggestion(wanted, COMMANDS)}", 2)
    try:
        return get_command(app())(given, prog_name="smile", standalone_mode=False)
    except TyperException as error:
        return misused(wanted, error)


def app() -> Typer:
    """The command line; drawn on a terminal, plain in a pipe, where a script looks through its lines."""
    made = Typer(
        help="Operate the SMILE infrastructure program.",
        epilog=EPILOG,
        rich_markup_mode="rich" if sys.stdout.isatty() else None,
        context_settings=WIDTH,
    )
    made.callback()(smile)
    for group, commands in GROUPS.items():
        for command in commands:
            made.command(
                command.name,
                help=command.purpose,
                epilog=epilog(command),
                rich_help_panel=group,
                context_settings={"allow_interspersed_args": not command.own_words, **WIDTH},
            )(command.callback)
    return made


def show_version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    """Print the version, which pyproject.toml has, and end."""
    if asked:
        import tomllib

        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        print(f"smile {tomllib.loads(project.read_text(encoding='utf-8'))['project']['version']}")
        raise Exit


def smile(
    *,
    version: Annotated[
        bool, Option("--version", help="Print the version.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """Options of smile itself."""


def epilog(command: Command) -> str:
    r"""Examples and exit codes below the options; after ``\b`` lines stay as they are."""
    examples = "\n".join(["\b", "Examples:", *(f"  {example}" for example in command.examples)])
    codes = "\n".join(["\b", "Exit codes:", *(f"  {code:<4} {meaning}" for code, meaning in command.codes.items())])
    return f"{examples}\n\n{codes}"


def misused(name: str, error: Any) -> int:
    """Say what was mistyped, and what there is instead; the exit code.

    Args:
        name: of the command.
        error: a TyperException; what more it has depends on its kind.
    """
    if hasattr(error, "possibilities"):  # an option that there isn't
        known = [
            option for each in error.ctx.command.get_params(error.ctx) for option in each.opts if option[:2] == "--"
        ]
        return refuse(name, f"no option {error.option_name}; {suggestion(error.option_name, known)}", error.exit_code)
    said = " ".join(error.format_message().rstrip(".").replace("Value error, ", "").split())
    return refuse(name, f"{said[0].lower()}{said[1:]}; next: {f'smile {name}'.rstrip()} --help", error.exit_code)


def suggestion(wanted: str, known: Iterable[str]) -> str:
    """What somebody may have meant who typed ``wanted``."""
    close = difflib.get_close_matches(wanted, names := list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"valid: {', '.join(names)}"


if __name__ == "__main__":
    sys.exit(main())
