"""``smile COMMAND``: each command is one module with ``configure`` (its arguments) and ``run``."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import re
import sys
import tomllib
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import NoReturn, cast

COMMANDS = {
    "preview": "preview every stack with all policy packs, offline",
    "report": "tell of previews as a comment on a pull request, or in another format: smile report --output FILE",
    "offline": "run any command on mock providers: smile offline -- pulumi up --stack dev --yes",
    "settings": "print the effective settings of a stack and where each comes from",
    "policies": "print what the policy packs are told of a stack: levels, and parameters that follow from its settings",
    "bootstrap": "make what a stack's account needs before the stack: smile bootstrap --stack prod",
    "doctor": "look whether a stack's real account is ready for it, and change nothing: smile doctor --stack prod",
    "deploy": "plan, apply, or update by hand, in the real account: smile deploy plan --stack prod",
    "drift": "what AWS has otherwise than the program, property by property: smile drift --stack prod",
    "rollback": "go back to an earlier commit, unless data would be lost: smile rollback --to HEAD~1 --stack prod",
    "tunnel": "open a way through the bastion to the Kubernetes API or the database: smile tunnel --stack prod",
    "release": "shift requests to a new version, or back: smile release --stack prod --canary 10",
    "publish": "put a build of the front end where CloudFront finds it: smile publish --stack prod build/",
    "dashboard": "draw the dashboards of a stack, without AWS: smile dashboard --stack prod",
    "diagram": "draw the architecture of a stack, without AWS: smile diagram --stack prod --output prod.svg",
    "cost": "estimate what a stack costs a month, and what a change does to it: smile cost --stack prod",
    "docs": "bring the generated parts of docs up to date",
    "bench": "measure speed and memory as ratios in one run",
}


class Parser(argparse.ArgumentParser):
    """Names the option that there isn't, before the required one that is missing for it."""

    def error(self, message: str) -> NoReturn:
        """Say it, and end."""
        known = ["--help", *re.findall(r"--[\w-]+", self.format_usage())]
        given = [word.partition("=")[0] for word in takewhile(lambda word: word != "--", sys.argv[1:])]
        wrong = [word for word in given if word.startswith("--") and not any(each.startswith(word) for each in known)]
        if wrong and "required" in message:
            message = f"no option {wrong[0]}; {suggestion(wrong[0], known)}"
        super().error(message)


def main() -> int:
    """Run the command named by the arguments; the exit code is the command's."""
    parser = Parser(prog="smile", description="Operate the SMILE infrastructure program.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if wanted and wanted not in COMMANDS:
        print(f"smile: no command {wanted!r}; {suggestion(wanted)}", file=sys.stderr)
        return 2
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if name == wanted:  # only the command that runs is imported
            module = importlib.import_module(f"cli.{name}")
            module.configure(command)
            command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    try:
        return cast("int", arguments.run(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full or read-only disk, a program that isn't there
        print(f"smile {wanted}: {error}", file=sys.stderr)
        return 1


def version() -> str:
    """The project's version, which pyproject.toml has."""
    project = Path(__file__).resolve().parents[1] / "pyproject.toml"
    return cast("str", tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def suggestion(wanted: str, known: Iterable[str] = COMMANDS) -> str:
    """What somebody may have meant who typed ``wanted``."""
    close = difflib.get_close_matches(wanted, names := list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"valid: {', '.join(names)}"


if __name__ == "__main__":
    sys.exit(main())
