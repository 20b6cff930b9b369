"""What ``--json`` prints is what docs/command-line.md says."""

import json
import re

from cli.__main__ import COMMANDS


def keys(value, depth=3):
    """The keys of a document, and of what lies in it, as deep as the page goes."""
    if isinstance(value, list):
        return {key for each in value for key in keys(each, depth)}
    if isinstance(value, dict) and depth:
        return set(value) | {key for each in value.values() for key in keys(each, depth - 1)}
    return set()


def documented(name, text, *, free=()):
    """The document, each of whose keys the page names.

    Args:
        name: of the command.
        text: that it printed.
        free: keys whose own keys are names of the stack's: services, operations.
    """
    document = json.loads(text)
    known = {key: value for key, value in document.items() if key not in free} if free else document
    assert keys(known) | set(free) <= set(re.findall(r"`([\w ]+)`", COMMANDS[name].json))
    return document
