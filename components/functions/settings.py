"""Lambda functions of the application, each a folder of ``functions/``."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from components.core.settings.cron import DAY, MONTH, WEEKDAY, YEAR, field
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.queues.settings import QueueName
from components.secrets.settings import plain_name
from components.streams.settings import StreamName
from components.workloads.services_settings import SERVICE_NAMES, BucketKey, ServiceName, uses

Signing = Literal["off", "warn", "enforce"]
Runtime = Literal["python3.13", "python3.14"]
"""Those that AWS supports into 2029."""

LONGEST_SECONDS = 900
MEMORY = (128, 10_240)
MOST_AT_ONCE = 100
UNRESERVED = 10
"""Concurrent executions that an account must keep unreserved: all of a new account's, until AWS raises its quota."""
LARGEST_BATCH = 10
"""Messages that Lambda takes at once, of a FIFO queue too."""
MOST_PUBLISHERS = 20
EXAMPLE_PROFILE = "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/acme/a1B2c3D4e5"
PROFILE_VERSION = r"^arn:aws[a-z-]*:signer:[a-z0-9-]+:[0-9]{12}:/signing-profiles/[A-Za-z0-9_]{2,64}/[A-Za-z0-9]{10}$"
RATE = r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)"
MINUTE, HOUR = field("[1-5]?[0-9]"), field("(?:1?[0-9]|2[0-3])")
CRON = rf"cron\({MINUTE} {HOUR} (?P<day>{DAY}) {MONTH} (?P<weekday>{WEEKDAY}) {YEAR}\)"
EXPRESSION_VALID = (
    "rate(N minutes, hours or days), or cron(minute hour day month weekday year) in the stack's time zone with ? as "
    "day or as weekday, such as rate(6 hours) or cron(30 1 * * ? *)"
)


def expression(text: str) -> str:
    """Let a schedule pass that EventBridge Scheduler takes.

    Raises:
        ValueError: it is none.
    """
    cron = re.fullmatch(CRON, text)
    if not (re.fullmatch(RATE, text) or (cron and (cron["day"] == "?") != (cron["weekday"] == "?"))):
        raise ValueError("")
    return text


Expression = Annotated[str, AfterValidator(expression)]
Variable = Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Z][A-Z0-9_]*$"), AfterValidator(plain_name)]
ProfileVersion = Annotated[str, StringConstraints(pattern=PROFILE_VERSION)]
Package = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class ApplicationFunction(Section):
    """One function."""

    code: str | None = setting(
        None,
        "folder of functions/ with a handler.py that has handle(event, context); the function's name, with _ for -, "
        "where there is none",
        About(valid="a folder of functions/ with a handler.py"),
        pattern=r"^[a-z][a-z0-9_]*$",
    )
    description: str = setting(
        "",
        "what it does",
        About(valid="up to 256 characters"),
        max_length=256,
    )
    packages: tuple[Package, ...] = setting(
        (),
        "pure Python packages that go with the code: of functions/, or installed",
        About(valid="names of packages, such as pymysql"),
    )
    runtime: Runtime = setting("python3.13", "the language", one_of(get_args(Runtime)))
    memory_mib: int = setting(
        256,
        "memory; CPU grows with it",
        About(
            source="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
            unit="MiB",
            valid=f"{MEMORY[0]} to {MEMORY[1]}",
        ),
        ge=MEMORY[0],
        le=MEMORY[1],
    )
    timeout_seconds: int = setting(
        60,
        "after which Lambda ends it",
        About(
            source="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
            unit="seconds",
            valid=f"1 to {LONGEST_SECONDS}",
        ),
        ge=1,
        le=LONGEST_SECONDS,
    )
    concurrency: int = setting(
        2,
        "how many are started at once for its queues, and run at once at most where reserve_concurrency is on",
        About(unit="at once", valid=f"1 to {MOST_AT_ONCE}; 2 or more with a queue"),
        ge=1,
        le=MOST_AT_ONCE,
    )
    schedule: Expression | None = setting(None, "when it runs by itself", About(valid=f"{EXPRESSION_VALID}, or none"))
    batch_size: int = setting(
        1,
        "messages of a queue that it is given at once",
        About(unit="messages", valid=f"1 to {LARGEST_BATCH}"),
        ge=1,
        le=LARGEST_BATCH,
    )
    variables: dict[Variable, str] = setting(
        {},
        "environment variables, besides those that name its queues and buckets",
        About(valid="names in capitals that promise no secret -> text"),
    )
    receives: tuple[QueueName, ...] = uses("queues whose messages it is given", "queues of the program")
    sends: tuple[QueueName, ...] = uses("queues that it sends to", "queues of the program")
    publishes: tuple[StreamName, ...] = uses("data streams that it writes events to", "streams of the program")
    reads: tuple[BucketKey, ...] = uses("buckets whose objects it reads", "buckets of the program")
    writes: tuple[BucketKey, ...] = uses("buckets whose objects it writes and deletes", "buckets of the program")
    secrets: tuple[str, ...] = uses(
        "secrets that it reads, such as mysql/application", "mysql/, redis/ or external/ and a name"
    )
    parameters: tuple[str, ...] = uses(
        "parameters that it reads, such as time-zone or, of its own, NAME/page-size",
        "parameters of the program: those under its own name, and those without a '/'",
    )
    cache: bool = switch("it uses the cache, logging in with its role", on=False)

    def folder(self, name: str) -> str:
        """The folder of the function called ``name``."""
        return self.code or name.replace("-", "_")


class Functions(Section):
    """The application's functions; those of the operation belong to the components that they serve."""

    application: dict[ServiceName, ApplicationFunction] = setting(
        {},
        "name -> function",
        About(valid=f"names of {SERVICE_NAMES}"),
    )
    reserve_concurrency: bool = switch(
        "each function, the operation's too, has its share of the account's concurrent executions for itself; Lambda "
        f"refuses that where fewer than {UNRESERVED} would be left, as in a new account (quota L-B99A9384)",
        on=False,
    )
    signing: Signing = setting(
        "off",
        "what Lambda does with code that nobody trusted has signed: takes it; logs it; refuses it",
        one_of(get_args(Signing)),
    )
    signing_profile_version_arns: tuple[ProfileVersion, ...] = setting(
        (),
        "whose signatures are trusted: profiles of AWS Signer, each with its version; the first one signs",
        About(
            source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html",
            valid=f"up to {MOST_PUBLISHERS}, such as {EXAMPLE_PROFILE}",
        ),
        max_length=MOST_PUBLISHERS,
    )
