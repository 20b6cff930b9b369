"""Tables of docs/command-line.md: the commands, from their own options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from typer import Context
from typer.main import get_command

from cli.__main__ import COMMANDS, GROUPS, app
from cli.command import EXITS, Command
from cli.docs.markdown import table


def overview() -> str:
    """Every command, by what it needs."""
    rows = [
        (f"[`{each.name}`](#smile-{each.name})", each.purpose, f"{group[0].lower()}{group[1:]}")
        for group, commands in GROUPS.items()
        for each in commands
    ]
    return table(("command", "purpose", "works"), rows)


def exits() -> str:
    """What exit codes mean: in all commands, then where one says more."""
    own = [(f"`{each.name}`", code, text) for each in COMMANDS.values() for code, text in each.exits.items()]
    return table(("command", "exit code", "means"), [*(("all", code, text) for code, text in EXITS.items()), *own])


def documents() -> str:
    """What the document of each command holds, or why it has none."""
    return table(
        ("command", "`--json`"),
        [(f"`{each.name}`", each.json or f"none: {each.no_json}") for each in COMMANDS.values()],
    )


def reference() -> str:
    """Usage, options and examples of each command."""
    made: Any = get_command(app())
    return "\n\n".join("\n\n".join(described(each, made.commands[each.name])) for each in COMMANDS.values())


def described(command: Command, made: Any) -> Iterator[str]:
    """The part on one command.

    Args:
        command: ours.
        made: what typer makes of it.
    """
    context = Context(made, info_name=f"smile {command.name}")
    yield f"### smile {command.name}"
    yield command.purpose
    yield f"`{' '.join(made.get_usage(context).split()[1:])}`"
    yield table(("option", "meaning"), options(made.get_params(context), context))
    yield "```console\n" + "\n".join(f"$ {example}" for example in command.examples) + "\n```"


def options(parameters: Iterable[Any], context: Context) -> Iterator[tuple[str, str]]:
    """How each is typed, and what its help says; without --help, which all have."""
    records = (each.get_help_record(context) for each in parameters if each.name != "help")
    for name, text in filter(None, records):
        yield f"`{name.replace(' <list[str]>', '...')}`", " ".join(text.split())
