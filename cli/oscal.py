"""Evidence as an OSCAL component definition: https://pages.nist.gov/OSCAL-Reference/models/v1.1.3/component-definition/json-outline/."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from cli.frameworks import Requirement

VERSION = "1.1.3"
"""Of OSCAL."""
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""Of URLs, in RFC 9562: what is the same has the same id in every document."""
OURS = "https://smile.example/ns/oscal"
STATUS = {"covered": "implemented", "partly": "partial", "not": "planned"}
"""Ours -> OSCAL's ``implementation-status``, which has no word for what isn't done."""
SOURCES = {
    "soc2": "https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022",
}
"""Where a framework is published; one that has no catalog in OSCAL, or no address that was read, has a name of ours."""
Json = dict[str, Any]


def render(framework: str, title: str, found: Sequence[Requirement], stack: str) -> str:
    """The document; what isn't covered is left out, since a component implements nothing of it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    covered = [each for each in found if each.coverage != "not"]
    definition = {
        "uuid": id_of(framework, stack),
        "metadata": {"title": title, "last-modified": now, "version": now, "oscal-version": VERSION},
        "components": [
            {
                "uuid": id_of(framework, stack, "guardrails"),
                "type": "validation",
                "title": "smile-guardrails",
                "description": f"Policy packs{f' on stack {stack}' if stack else ''}.",
                "control-implementations": [
                    {
                        "uuid": id_of(framework, stack, "implementation"),
                        "source": SOURCES.get(framework, f"{OURS}/{framework}"),
                        "description": title,
                        "implemented-requirements": [implemented(framework, stack, each) for each in covered],
                    }
                ],
            }
        ],
    }
    return json.dumps({"component-definition": definition}, indent=2, ensure_ascii=False) + "\n"


def implemented(framework: str, stack: str, requirement: Requirement) -> Json:
    """One requirement."""
    return {
        "uuid": id_of(framework, stack, requirement.id),
        "control-id": token(requirement.id),
        "description": requirement.asks or requirement.id,
        "props": list(props(requirement)),
        **({"remarks": f"Missing: {requirement.missing}"} if requirement.missing else {}),
    }


def props(requirement: Requirement) -> Iterator[Json]:
    """How far it is covered, by what, and what was found."""
    yield {"name": "implementation-status", "value": STATUS[requirement.coverage]}
    said = {"result": requirement.result, "judged": str(requirement.judged or "")}
    for name, value in said.items():
        if value:
            yield {"name": name, "ns": OURS, "value": value}
    for control in requirement.controls:
        yield {
            "name": "control",
            "ns": OURS,
            "value": control,
            "remarks": f"{requirement.findings.get(control, 0)} findings",
        }


def token(id_: str) -> str:
    """An id as OSCAL takes it: ``UU PDP 35`` is ``uu-pdp-35``, ``AC-2(3)`` is ``ac-2-3``, ``2.1.4`` is ``r-2.1.4``."""
    made = re.sub(r"[^\w.]+", "-", id_).strip("-").lower()
    return made if made[0].isalpha() else f"r-{made}"


def id_of(*parts: str) -> str:
    """The same for the same parts, in every run."""
    return str(uuid.uuid5(NAMESPACE, "/".join((OURS, *parts))))
