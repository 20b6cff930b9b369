"""The command ``guardrails``, also ``python -m guardrails``: what the installed library does without the engine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

FAILS = ("mandatory", "critical", "high", "medium", "low", "never")
REFUSED, INTERRUPTED = 2, 130
"""Exit codes of what is mistyped or can't be read, and of Ctrl-C."""


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command; its exit code."""
    from guardrails.commands.controls import NoSuchControlError
    from guardrails.commands.pack import AuditError

    given = parser().parse_args(words)
    try:
        return given.call(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FileExistsError as error:
        print(error, file=sys.stderr)
        return 1
    except (AuditError, NoSuchControlError, OSError) as error:
        print(f"guardrails {given.command}: {error}", file=sys.stderr)
        return REFUSED


def parser() -> argparse.ArgumentParser:
    """Commands and their options."""
    from guardrails.commands.audit import FORMATS
    from guardrails.engine.packs import PACKS

    made = argparse.ArgumentParser(prog="guardrails", description="Policy packs for Pulumi on AWS and Kubernetes.")
    commands = made.add_subparsers(dest="command", required=True)

    of_init = commands.add_parser("init", help="write a folder for pulumi preview --policy-pack")
    of_init.add_argument("folder", type=Path, help="that isn't there yet, or is empty")
    of_init.add_argument("--pack", choices=PACKS, default="all", help="which controls (default: all)")
    of_init.set_defaults(call=init)

    of_audit = commands.add_parser("audit", help="judge exported stacks and previews, without the engine")
    of_audit.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="an export, a preview's JSON, or a folder"
    )
    of_audit.add_argument("--policy-pack", type=Path, metavar="FOLDER", help="that init wrote, with what is set there")
    of_audit.add_argument("--policy-pack-config", type=Path, metavar="FILE", help="levels and parameters")
    of_audit.add_argument(
        "--shard", type=share, default=(1, 1), metavar="NUMBER/OF", help="only this part of the files"
    )
    of_audit.add_argument("--fail-on", choices=FAILS, default="mandatory", help="level, or severity and graver ones")
    of_audit.add_argument("--format", choices=("text", *FORMATS), default="text", help="for whom (default: text)")
    of_audit.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    of_audit.set_defaults(call=audit)

    of_controls = commands.add_parser("controls", help="list controls")
    of_controls.add_argument("words", nargs="*", metavar="WORD", help="each in id, title, rationale, fix or types")
    of_controls.add_argument("--service", help="as in ids")
    of_controls.add_argument("--framework", metavar="TEXT", help="the beginning of a reference, such as 'SOC 2 CC6.1'")
    of_controls.add_argument("--severity", choices=FAILS[1:-1], help="this one alone")
    of_controls.set_defaults(call=controls)

    of_explain = commands.add_parser("explain", help="say why a control is there, and how to comply")
    of_explain.add_argument("control", metavar="CONTROL", help="its id")
    of_explain.set_defaults(call=explain)
    return made


def share(word: str) -> tuple[int, int]:
    """One of several parts, such as ``3/20``.

    Raises:
        ArgumentTypeError: it is none.
    """
    number, _, of = word.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"got {word}; valid: NUMBER/OF with NUMBER from 1 to OF, such as 3/20")
    return int(number), int(of)


def init(given: argparse.Namespace) -> int:
    """Write a pack's folder."""
    from guardrails.commands.init import init as write

    print(write(given.folder, given.pack))
    return 0


def audit(given: argparse.Namespace) -> int:
    """Judge files; 1 where something fails, 2 where one holds no stack."""
    from guardrails.commands.audit import Asked, run
    from guardrails.commands.pack import Told

    told = Told(pack=given.policy_pack, config=given.policy_pack_config)
    asked = Asked(places=given.files, told=told, shard=given.shard, fail_on=given.fail_on, output=given.output)
    result = run(asked, given.format)
    if given.output:
        given.output.write_text(result.text, encoding="utf-8")
    else:
        print(result.text.rstrip("\n"))
    for problem in result.problems:
        print(f"guardrails audit: {problem}", file=sys.stderr)
    return result.code


def controls(given: argparse.Namespace) -> int:
    """List controls."""
    from guardrails.commands.controls import matching
    from report.tables import table

    found = matching(given.words, given.service, given.framework, given.severity)
    rows = ((each.id, each.severity, each.level, each.title) for each in found)
    print(table(("control", "severity", "level", "title"), rows))
    return 0


def explain(given: argparse.Namespace) -> int:
    """Say what there is to say about one."""
    from guardrails.commands.controls import details, named, purpose

    control = named(given.control)
    print("\n".join([*purpose(control), *details(control)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
