"""Commands of AWS's command line in the documents, compared with AWS's own models of its services."""

import itertools
import re
import shlex

import botocore.session
from botocore import xform_name

SESSION = botocore.session.get_session()
EVERYWHERE = {"query", "output", "region", "profile"}
HIGH_LEVEL = {("cloudtrail", "lookup-events"): {"max-items", "max-results"}}
"""What the command line has and the service's own model hasn't."""
PAGED = {"max-items", "page-size", "starting-token"}
"""Of every operation that botocore pages through."""
FILLED_IN = {("ec2", "run-instances"): {"min-count", "max-count"}}
"""What the service's model requires, and the command line sets by itself: it doesn't even know these options."""
OWN = {
    ("eks", "update-kubeconfig"): {"name"},
    ("logs", "tail"): {"since", "follow", "filter-pattern", "format"},  # awscli/customizations/logs/tail.py
}
"""Commands that are no operation of the service, and their options."""
MODELS = {"s3api": "s3", "configservice": "config"}
"""The command line's name of a service -> botocore's, where they differ."""


def console(text):
    """The blocks of a page that are commands, with lines that go on joined."""
    return "".join(re.findall(r"^```(?:console|sh)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)).replace("\\\n", " ")


def commands(text):
    """Every `aws` command of a page but `aws sso`, as the words that a shell would make of it."""
    for line in statements(console(text)):
        outer, inner = line, []
        while found := SUBSTITUTION.search(outer):
            inner.append(found[1])
            outer = f"{outer[: found.start()]}SUBSTITUTED{outer[found.end() :]}"
        yield from (shlex.join(before_pipes(each)) for each in (*inner, outer) if re.match(r"aws (?!sso)", each))


SUBSTITUTION = re.compile(r"""\$\(((?:[^()'"]|'[^']*'|"[^"]*")*)\)""")
"""Of a command's output, with none in it."""


def statements(text):
    """Lines, where a quotation may go over several."""
    line = ""
    for part in text.splitlines():
        line = f"{line} {part.strip()}" if line else part.removeprefix("$ ")
        if line.count("'") % 2 == 0:
            yield line
            line = ""


def before_pipes(line):
    """The words of a command up to where its output goes."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|;<>")
    words.whitespace_split = True
    return itertools.takewhile(lambda word: word[0] not in "|;<>", words)


def faults(command):
    """What AWS's command line wouldn't take of a command: names of options, and those that are missing."""
    _, service, verb, *words = shlex.split(command)
    flags = {word.removeprefix("--").partition("=")[0] for word in words if word.startswith("--")} - EVERYWHERE
    if (service, verb) in OWN:
        return flags - OWN[service, verb]
    name = MODELS.get(service, service)
    if verb == "wait":
        return {words[0]} - {xform_name(each, "-") for each in SESSION.get_waiter_model(name).waiter_names}
    model = SESSION.get_service_model(name)
    operation = {xform_name(each, "-"): each for each in model.operation_names}.get(verb)
    if not operation:
        return {f"{service} {verb}"}
    asked = model.operation_model(operation)
    shape = asked.input_shape
    members = {xform_name(each, "-"): member for each, member in shape.members.items()} if shape else {}
    switches = {f"no-{each}" for each, member in members.items() if member.type_name == "boolean"}
    paged = PAGED if operation in SESSION.get_paginator_model(name)._paginator_config else set()
    required = {xform_name(each, "-") for each in (shape.required_members if shape else ())}
    required -= {xform_name(each, "-") for each in asked.idempotent_members}
    missing = required - FILLED_IN.get((service, verb), set()) - flags
    return flags - set(members) - switches - paged - HIGH_LEVEL.get((service, verb), set()) | missing
