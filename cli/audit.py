"""``smile audit``: the packs' verdicts on stacks that files tell of, by the library's own command."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.answer import Answer, CommandError
from cli.files import prepare
from cli.policies import library
from cli.progress import MovingLine


def run(config: Path | None, format_: str, output: Path | None, **asked: Any) -> Answer:
    """Judge the files; 1 where something fails, 2 where a file holds no stack, whatever the others hold.

    Args:
        config: for the packs, as ``--policy-pack-config`` takes it; None for the controls' defaults.
        format_: of the report.
        output: its file; standard output by default.
        asked: what else `guardrails.commands.audit.Asked` has.

    Raises:
        CommandError: there is nothing to judge, or the configuration can't be used.
    """
    if output:
        prepare(output)
    with auditing():
        from guardrails.commands.audit import Asked, run
        from guardrails.commands.pack import Told

        result = run(Asked(told=Told(config=config), output=output, **asked), format_, MovingLine)
    if output:
        output.write_text(result.text, encoding="utf-8")
    for each in result.problems:
        print(f"smile audit: {each}", file=sys.stderr)
    return Answer(text="" if output else result.text.rstrip("\n"), code=result.code)


@contextmanager
def auditing() -> Generator[None]:
    """In it, the library can be imported, and what it refuses ends the command.

    Raises:
        CommandError: what it refused.
    """
    with library():
        from guardrails.commands.pack import AuditError

        try:
            yield
        except AuditError as error:
            raise CommandError(str(error)) from None
