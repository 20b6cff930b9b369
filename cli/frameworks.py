"""What frameworks ask, how far infrastructure can answer it, and which controls name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cli.controls import known
from cli.docs.compliance import criteria

PEOPLE = "policies, people and their records, which no configuration shows"
ANNEX_A = {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34}
"""How many controls each theme of ISO/IEC 27001:2022's Annex A has (https://veritise.dk/resources/iso-27001/annex-a-controls)."""
TITLES = {
    "soc2": "SOC 2, 2017 Trust Services Criteria: security, availability, confidentiality",
    "iso27001": "ISO/IEC 27001:2022, Annex A",
    "uu-pdp": "UU PDP 27/2022 and PP 71/2019, the articles that controls name",
}
LIMITS = {
    "soc2": "States are those of docs/soc2.yaml, ours to judge and an auditor's to confirm.",
    "iso27001": "Ids alone: titles are ISO's. Configuration covers none whole; one without a control isn't looked at.",
    "uu-pdp": "The articles that a control names; the others of the law and the regulation aren't looked at. "
    "No lawyer has confirmed the mapping.",
}


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a framework asks.

    Attributes:
        id: the framework's.
        asks: what it asks, in our words; empty where only the id may be said.
        coverage: ``covered``, ``partly`` or ``not``, by what infrastructure can do.
        missing: what is not there, plainly.
        controls: those that name it.
        result: of a stack: ``holds``, ``accepted``, ``undecided``, ``broken`` or ``not judged``; empty without a stack.
        judged: how many times its controls have judged a resource.
        findings: the controls that say something, and how often.
    """

    id: str
    asks: str
    coverage: str
    missing: str
    controls: tuple[str, ...]
    result: str = ""
    judged: int = 0
    findings: Mapping[str, int] = field(default_factory=dict[str, int])


def mapped(framework: str) -> Mapping[str, list[str]]:
    """Id of each requirement -> the controls that name it."""
    field = {"soc2": "soc2", "iso27001": "iso27001", "uu-pdp": "indonesia"}[framework]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for control in known().values():
        for each in getattr(control.references, field):
            found[each].append(control.id)
    return found


def asked(framework: str, named: Iterable[str]) -> Mapping[str, tuple[str, str, str]]:
    """Id -> what is asked, how far it is covered, and what is missing."""
    if framework == "soc2":
        states = {"covered": "covered", "partly": "partly", "organization": "not"}
        return {
            id_: (about["asks"], states[about["state"]], about.get("missing", "")) for id_, about in criteria().items()
        }
    there = set(named)
    annex = [f"{theme}.{number}" for theme, count in ANNEX_A.items() for number in range(1, count + 1)]
    ids = annex if framework == "iso27001" else sorted(there, key=in_order)
    return {id_: ("", "partly", PEOPLE) if id_ in there else ("", "not", "no control looks at it") for id_ in ids}


def in_order(id_: str) -> tuple[str, int]:
    """Articles by number, law by law."""
    law, _, article = id_.rpartition(" ")
    return law, int(article)
