"""SOC 2: which requirements, controls and resources answer each criterion (docs/soc2.yaml), and what doesn't."""

from __future__ import annotations

import json
import os.path
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import Any

import yaml

from cli.docs import from_policies
from cli.docs.markdown import table
from cli.sandbox import ROOT

FILE = ROOT / "docs" / "soc2.yaml"
STATES = {
    "covered": "what infrastructure can do for it, a stack does",
    "partly": "something of that is missing, and said",
    "organization": "people and their procedures answer it; what the repository gives them is named",
}


@cache
def criteria() -> Mapping[str, Mapping[str, Any]]:
    """Id of each criterion -> what the file says of it."""
    return yaml.safe_load(FILE.read_text("utf-8"))


@cache
def controls() -> Mapping[str, list[str]]:
    """Id of each criterion -> the controls that name it."""
    code = "import json; from guardrails.engine.packs import ALL; "
    code += "print(json.dumps({each.id: each.references.soc2 for each in ALL.controls}))"
    found: defaultdict[str, list[str]] = defaultdict(list)
    for control, named in json.loads(from_policies(code)).items():
        for criterion in named:
            found[criterion].append(control)
    return found


def summary() -> str:
    """How many criteria are in which state."""
    counted = Counter(about["state"] for about in criteria().values())
    return table(("state", "criteria", "means"), [(state, counted[state], means) for state, means in STATES.items()])


def mapping() -> str:
    """Each criterion with what answers it."""
    return table(
        ("criterion", "asks that", "state", "requirements", "controls", "evidence", "missing"),
        [
            (
                name,
                about["asks"],
                about["state"],
                ", ".join(about.get("requirements", ())),
                "; ".join(ranges(controls().get(name, ()))),
                ", ".join(map(evidence, about.get("evidence", ()))),
                about.get("missing", ""),
            )
            for name, about in criteria().items()
        ],
    )


def evidence(each: str) -> str:
    """A file as a link, a type of resource without its module."""
    if not each.startswith("aws:"):
        return f"[{each}]({os.path.relpath(ROOT / each, FILE.parent)})"
    module, _, name = each.removeprefix("aws:").partition(":")
    return f"`{module.partition('/')[0]}.{name}`"


def ranges(ids: Iterable[str]) -> Iterator[str]:
    """Controls by service, those that follow one another together: ``ENC-KMS 001-003 005``."""
    for service, group in groupby(sorted(ids), key=lambda each: each.rpartition("-")[0]):
        numbers = [int(each.rpartition("-")[2]) for each in group]
        runs = groupby(enumerate(numbers), key=lambda each: each[1] - each[0])
        yield f"{service} {' '.join(span([number for _, number in run]) for _, run in runs)}"


def span(run: list[int]) -> str:
    """Numbers of controls that follow one another."""
    return f"{run[0]:03}" if len(run) == 1 else f"{run[0]:03}-{run[-1]:03}"
