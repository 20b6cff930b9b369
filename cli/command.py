"""A command as its help, its completion and docs/command-line.md know it; what it does is imported when it runs."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Annotated, Any

from typer import Option

from bootstrap.progress import SetupError
from cli.answer import Answer, CommandError, NoSuchValueError, kept_for_document
from cli.values import NoPlatform, Platform, PlatformOrAll, UsageError
from components.core.settings.problems import NoStackError, SettingsError
from report.diagram.resources import NoResourcesError
from report.run import EventLogError

MISUSED = 2
"""Exit code of what is mistyped, as of most commands of a shell."""
EXITS: Mapping[int, str] = {
    0: "done",
    1: "refused or failed: standard error says why, and what to do",
    MISUSED: "a command, option or value that there isn't",
    130: "interrupted (Ctrl-C)",
}
"""What an exit code means where a command doesn't say otherwise."""
AsJson = Annotated[bool, Option("--json", help="One JSON document on standard output, all else on standard error.")]
PROGRAM, PROGRAMS = "program", "programs"
"""The parameter of a function whose command is about a program, or about several: ``--platform`` says which."""
JSON = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command.

    Attributes:
        function: its options as parameters, and its purpose as docstring.
        examples: command lines.
        exits: what its exit codes mean, where that isn't what they mean in all commands.
        refused: exit code of a refusal.
        json: what its document holds; empty where it has none.
        no_json: why it has none.
        own_words: whether it takes words that look like options.
        no_platform: why it is about no further program; empty where it takes one, or several.
    """

    function: Callable[..., Answer]
    examples: tuple[str, ...]
    exits: Mapping[int, str] = field(default_factory=dict[int, str])
    refused: int = 1
    json: str = ""
    no_json: str = ""
    own_words: bool = False
    no_platform: str = ""

    @property
    def name(self) -> str:
        """As it is typed."""
        return self.function.__name__

    @property
    def purpose(self) -> str:
        """In a sentence."""
        return inspect.getdoc(self.function) or ""

    @property
    def codes(self) -> Mapping[int, str]:
        """What each of its exit codes means."""
        return dict(sorted({**EXITS, **self.exits}.items()))

    @property
    def callback(self) -> Callable[..., int]:
        """What typer calls; with ``--platform``, and with ``--json`` where there is a document."""
        signature = inspect.signature(self.function, eval_str=True, locals={"Program": Any})
        known = {name: each for name, each in signature.parameters.items() if name not in {PROGRAM, PROGRAMS}}
        platform = PlatformOrAll if PROGRAMS in signature.parameters else NoPlatform if self.no_platform else Platform
        options = known | {"platform": JSON.replace(name="platform", default=None, annotation=platform)}
        options |= {JSON.name: JSON} if self.json else {}

        def call(*, platform: str | None = None, as_json: bool = False, **given: Any) -> int:
            own = {JSON.name: as_json} if JSON.name in signature.parameters else {}
            return self.carry_out(given | own, platform, as_json=as_json)

        call.__annotations__ = {name: each.annotation for name, each in options.items()}
        call.__dict__["__signature__"] = signature.replace(parameters=list(options.values()))
        return call

    def about(self, platform: str | None) -> dict[str, Any]:
        """The program that it is about, as its function takes it.

        Raises:
            UsageError: it is about none of ``platforms/``.
            NoSuchProgramError: there is no such program.
        """
        if self.no_platform:
            if platform is not None:
                raise UsageError(f"--platform {platform}: {self.no_platform}")
            return {}
        # Here: help and completion do without.
        from cli.program import program_of, programs_of

        if PROGRAMS in inspect.signature(self.function).parameters:
            return {PROGRAMS: programs_of(platform)}
        return {PROGRAM: program_of(platform)}

    def carry_out(self, given: Mapping[str, Any], platform: str | None = None, *, as_json: bool) -> int:
        """Run it, and say what came of it; the exit code."""
        try:
            with kept_for_document() if as_json else nullcontext():
                answer = self.function(**given, **self.about(platform))
            return answer.tell(as_json=as_json)
        except BrokenPipeError:  # the reader, such as head, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 0
        except (NoSuchValueError, NoStackError) as error:
            # smile offline, which takes the words of another command, ends with that one's codes
            return refuse(self.name, error, self.refused if self.own_words else MISUSED)
        except OSError as error:
            from cli.sandbox import in_words

            return refuse(self.name, in_words(error), self.refused)
        except refusals() as error:
            return refuse(self.name, error, self.refused)


def command(**about: Any) -> Callable[[Callable[..., Answer]], Command]:
    """Make a function a command; takes the attributes of Command."""
    return lambda function: Command(function=function, **about)


def refuse(name: str, why: object, code: int) -> int:
    """Say why a command isn't carried out, where scripts don't look for its result; the exit code."""
    print(f"{f'smile {name}'.rstrip()}: {why}", file=sys.stderr)
    return code


def refusals() -> tuple[type[Exception], ...]:
    """Exceptions whose message is for the operator: ours, and AWS's where its SDK was imported."""
    aws = sys.modules.get("botocore.exceptions")
    of_aws = (aws.BotoCoreError, aws.ClientError) if aws else ()
    return (CommandError, SettingsError, EventLogError, NoResourcesError, SetupError, *of_aws)
