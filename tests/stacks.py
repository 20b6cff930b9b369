"""The stacks that tests go over: those that have a file."""

from components.core.settings.source import Source, merged
from settings import Settings, loader
from settings.rules import RULES

KINDS = {stack: loader.from_files(stack).kind for stack in loader.stacks()}
STACKS = sorted(KINDS, key=lambda stack: ("development", "staging", "production").index(KINDS[stack]))
ACCOUNT = {"id": "123456789012"}


def configured(values, stack="prod"):
    """The settings of a stack whose file says this, by full key, besides what every stack must say."""
    required = {"smile:environment": {"kind": KINDS[stack]}, "smile:account": ACCOUNT}
    return loader.load(Source(stack, merged(required, values)))


def settings_of(stack="prod", **sections):
    """Settings that are built in code."""
    return Settings(stack=stack, **({"environment": {"kind": KINDS[stack]}, "account": ACCOUNT} | sections))


def broken(settings, section):
    """What the rules of a section find."""
    rules = [rule for rule in RULES if rule.__module__ == f"settings.rules.{section}"]
    assert rules
    return [finding for rule in rules for finding in rule(settings)]
