"""What frameworks ask, how far infrastructure can answer it, and which controls name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cli import framework_mappings
from cli.controls import known
from cli.docs.compliance import criteria

PEOPLE = "policies, people and their records, which no configuration shows"
ANNEX_A = {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34}
"""How many controls each theme of ISO/IEC 27001:2022's Annex A has (https://veritise.dk/resources/iso-27001/annex-a-controls)."""
TITLES = {
    "soc2": "SOC 2, 2017 Trust Services Criteria: security, availability, confidentiality",
    "iso27001": "ISO/IEC 27001:2022, Annex A",
    "uu-pdp": "UU PDP 27/2022 and PP 71/2019, the articles that controls name",
    "cis-7.0": "CIS Amazon Web Services Foundations Benchmark v7.0.0",
    "nist-800-53": "NIST SP 800-53 Revision 5",
}
MAPPED = (
    "as prowler 5.46.0 maps its checks, by way of the Security Hub ids that a control names, whose question may be "
    "narrower or wider; nobody else has confirmed it. Ids alone: texts are the framework's."
)
LIMITS = {
    "soc2": "States are those of docs/soc2.yaml, ours to judge and an auditor's to confirm.",
    "iso27001": "Ids alone: titles are ISO's. Configuration covers none whole; one without a control isn't looked at.",
    "uu-pdp": "The articles that a control names; the others of the law and the regulation aren't looked at. "
    "No lawyer has confirmed the mapping.",
    "cis-7.0": f"All recommendations, {MAPPED}",
    "nist-800-53": f"Those that prowler's file has, which aren't all of the catalog, {MAPPED}",
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
    if framework in framework_mappings.FRAMEWORKS:
        return by_security_hub(framework_mappings.requirements(framework))
    field = {"soc2": "soc2", "iso27001": "iso27001", "uu-pdp": "indonesia"}[framework]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for control in known().values():
        for each in getattr(control.references, field):
            found[each].append(control.id)
    return found


def by_security_hub(requirements: framework_mappings.Requirements) -> Mapping[str, list[str]]:
    """Id of each requirement -> the controls that name a Security Hub id that speaks of it."""
    return {
        id_: sorted(each.id for each in known().values() if not hub.isdisjoint(each.references.security_hub))
        for id_, hub in ((id_, set(named)) for id_, named in requirements.items())
    }


def asked(framework: str, named: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, str, str]]:
    """Id -> what is asked, how far it is covered, and what is missing."""
    if framework == "soc2":
        states = {"covered": "covered", "partly": "partly", "organization": "not"}
        return {
            id_: (about["asks"], states[about["state"]], about.get("missing", "")) for id_, about in criteria().items()
        }
    there = {id_ for id_, controls in named.items() if controls}
    if framework in framework_mappings.FRAMEWORKS:
        return {id_: extent(id_ in there, hub) for id_, hub in framework_mappings.requirements(framework).items()}
    annex = [f"{theme}.{number}" for theme, count in ANNEX_A.items() for number in range(1, count + 1)]
    ids = annex if framework == "iso27001" else sorted(there, key=in_order)
    return {id_: ("", "partly", PEOPLE) if id_ in there else ("", "not", "no control looks at it") for id_ in ids}


def extent(is_there: bool, hub: Sequence[str]) -> tuple[str, str, str]:  # noqa: FBT001 - as its only caller says it
    """How far a requirement is covered that Security Hub's ids speak of."""
    if is_there:
        return "", "partly", "what the mapped checks of Security Hub don't ask"
    return "", "not", f"no control looks at {', '.join(hub)}" if hub else "no check of Security Hub is mapped to it"


def in_order(id_: str) -> tuple[str, int]:
    """Articles by number, law by law."""
    law, _, article = id_.rpartition(" ")
    return law, int(article)
