"""The stacks that tests go over, and settings that are built in code."""

import yaml

from components.core.settings.source import Source, merged
from settings import Settings, loader
from settings.rules import RULES
from tests.paths import PROJECT_FILE

KINDS = {"dev": "development", "staging": "staging", "prod": "production"}
STACKS = tuple(KINDS)
"""The documented environments (SMILE-GEN-02); what holds for any stack goes over ``loader.stacks()``."""
ACCOUNT = {"id": "123456789012"}
IN_A_REAL_ACCOUNT = """\
config:
  smile:account: {id: "210987654321"}
  smile:deployment: {enabled: false}
  smile:observability: {recipients: {critical: [on-call@health.go.id]}}
"""
"""How the file of a stack begins that is no example, as far as no test is about it."""
IN_THE_RUNBOOK = {
    "<ACCOUNT>": "210987654321",
    "<PEOPLE ON CALL>": "oncall@smile-health.id",
    "<PLATFORM TEAM>": "platform@smile-health.id",
    "<DOMAIN>": "smile-health.id",
    "<OWNER/REPOSITORY>": "health/smile-infrastructure",
    "<OWNER/SERVICE>": "health/orders",
    "<ADMINISTRATORS>": "arn:aws:iam::210987654321:role/aws-reserved/sso.amazonaws.com/ap-southeast-3/"
    "AWSReservedSSO_Platform_0123456789abcdef",
}
"""What the page of a first deployment leaves open -> what somebody writes there."""
DNS = {"domain": "smile.example.go.id"}
OBSERVABILITY = {"recipients": {"critical": ["on-call@smile.example"]}}


def filled_in(text):
    """A piece of that page, as somebody writes it who follows it."""
    for open_, value in IN_THE_RUNBOOK.items():
        text = text.replace(open_, value)
    return text


def configured(values, stack="prod"):
    """The settings of a stack whose file says this, by full key, besides what every stack must say."""
    required = {
        "smile:environment": {"kind": KINDS[stack]},
        "smile:account": ACCOUNT,
        "smile:dns": DNS,
        "smile:observability": OBSERVABILITY,
    }
    return loader.load(Source(stack, merged(required, values)))


def declared(section, *path):
    """The entries that Pulumi.yaml itself has: whoever adds one to every stack adds it there."""
    found = yaml.safe_load(PROJECT_FILE.read_text())["config"][f"smile:{section}"]["value"]
    for key in path:
        found = found[key]
    return found


def settings_of(stack="prod", **sections):
    """Settings that are built in code."""
    return Settings(stack=stack, **({"environment": {"kind": KINDS[stack]}, "account": ACCOUNT} | sections))


def broken(settings, section):
    """What the rules of a section find."""
    rules = [rule for rule in RULES if rule.__module__ == f"settings.rules.{section}"]
    assert rules
    return [finding for rule in rules for finding in rule(settings)]
