"""The functions' rules: code that is there and signed, and queues, secrets and times that fit."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.core.settings.problems import suggestion
from components.functions.code import fault, folders
from components.functions.settings import EXAMPLE_PROFILE
from settings.rule import rule
from settings.rules.secrets import parameter_names, secret_names
from settings.stack import Settings


@rule
def code_exists(settings: Settings) -> Iterator[Finding]:
    """A folder whose handler Lambda can call (SMILE-LAMBDA-01)."""
    for name, function in settings.functions.application.items():
        if wrong := fault(function.folder(name)):
            yield Finding(("functions", "application", name, "code"), wrong, ", ".join(folders()))


@rule
def used_things_exist(settings: Settings) -> Iterator[Finding]:
    """Queues, buckets and secrets are those of the stack (SMILE-SEC-18)."""
    known = {
        "receives": list(settings.queues.queues),
        "sends": list(settings.queues.queues),
        "publishes": list(settings.streams.streams),
        "reads": settings.storage.of_services,
        "writes": settings.storage.of_services,
        "secrets": secret_names(settings),
    }
    for name, function in settings.functions.application.items():
        for field, valid in {**known, "parameters": parameter_names(settings, name)}.items():
            for used in sorted(set(getattr(function, field)).difference(valid)):
                what = f"there is no {used}{suggestion(used, valid)}"
                yield Finding(("functions", "application", name, field), what, ", ".join(valid) or "none yet")


@rule
def queues_fit(settings: Settings) -> Iterator[Finding]:
    """Lambda takes no queue that shows a message again while it is worked on, and always starts two workers."""
    for name, function in settings.functions.application.items():
        path = ("functions", "application", name)
        queues = {each: queue for each, queue in settings.queues.queues.items() if each in function.receives}
        hidden = [queue.visibility_seconds for queue in queues.values()]
        if hidden and function.timeout_seconds > min(hidden):
            what = f"got {function.timeout_seconds}, longer than a message of its queues is hidden"
            yield Finding((*path, "timeout_seconds"), what, f"1 to {min(hidden)}")
        if hidden and function.concurrency == 1:
            yield Finding((*path, "concurrency"), "got 1", "2 or more with a queue")


@rule
def code_is_signed(settings: Settings) -> Iterator[Finding]:
    """Somebody is trusted, and the first of them is a profile that the stack's own account signs with."""
    functions, path = settings.functions, ("functions", "signing_profile_version_arns")
    trusted = functions.signing_profile_version_arns
    if functions.signing != "off" and not trusted:
        yield Finding(path, f"nobody is trusted while signing is {functions.signing}", f"such as {EXAMPLE_PROFILE}")
    if trusted and trusted[0].split(":")[4] != settings.account.id:
        valid = f"a profile of account {settings.account.id} as the first one"
        yield Finding((*path, 0), "is of another account, and the first one signs", valid)
    for index, profile in enumerate(trusted):
        if profile.split(":")[3] != settings.account.region:
            yield Finding((*path, index), f"got {profile}", f"a profile in {settings.account.region}")
