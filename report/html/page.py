"""The page: verdicts, what is destroyed, findings, the picture, and every resource with what changes of it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.access import Role, marked
from report.control import Control
from report.finding import SEVERITIES, Finding
from report.html.tree import anchors, flat, tree
from report.run import Run
from report.text import NOUNS, SIGNS

FOLDER = Path(__file__).parent
GROUPS = {
    "mandatory": "Mandatory controls that are broken",
    "advisory": "Advisory",
    "open": "Can't be decided before deployment",
    "allowed": "Exempted or accepted",
}


def render(
    runs: Sequence[Run],
    pictures: Mapping[str, str] | None = None,
    access: Mapping[str, Sequence[Role]] | None = None,
) -> str:
    """The page of runs.

    Args:
        runs: one of each stack.
        pictures: stack -> its architecture as SVG, where there is one.
        access: stack -> its roles, where they are known.
    """
    # text is escaped wherever it stands; style and script are ours, and the browser runs no other one (by its digest)
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    return environment.get_template("page.html.jinja").render(
        stacks=[stack(run, (pictures or {}).get(run.stack), (access or {}).get(run.stack, ())) for run in runs],
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        script=script,
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        nouns=NOUNS,
        signs=SIGNS,
        groups=GROUPS,
        frameworks=frameworks,
        marked=marked,
    )


def stack(run: Run, picture: str | None, roles: Sequence[Role]) -> dict[str, Any]:
    """What the template says of a run."""
    nodes = tree(run)
    every = [*flat(nodes)]
    found = sorted(run.findings, key=Finding.order)
    controls = {each.id: each for each in run.controls}
    return {
        "run": run,
        "nodes": nodes,
        "anchors": anchors(nodes),
        "counts": {op: run.counts[op] for op in [*NOUNS, *sorted(run.counts.keys() - NOUNS.keys())] if run.counts[op]},
        "types": sorted(Counter(each.step.type for each in every).items()),
        "components": sorted({each.component for each in every} - {""}),
        "findings": {name: [each for each in found if group(each) == name] for name in GROUPS},
        "families": sorted({each.family for each in found} - {""}),
        "severities": [each for each in SEVERITIES if each and any(it.severity == each for it in found)],
        "controls": controls,
        "frameworks": sorted({name for each in found for name in frameworks(controls.get(each.control))}),
        "new": {each.key for each in run.new()} if run.base else set(),
        "roles": roles,
        "holders": sorted({each.component for each in roles}),
        "picture": base64.b64encode(picture.encode()).decode() if picture else "",
        "described": description(picture) if picture else "",
    }


def frameworks(control: Control | None) -> list[str]:
    """The public catalogues that have a control: of ``SOC 2 CC6.1``, all but the last word."""
    return list(dict.fromkeys(each.rpartition(" ")[0] for each in control.references)) if control else []


def group(finding: Finding) -> str:
    """Where a finding stands; what fails the run stands there whatever else it is."""
    if finding.level == "mandatory":
        return "mandatory"
    if finding.exempted or finding.accepted:
        return "allowed"
    return "open" if finding.is_open else "advisory"


def description(picture: str) -> str:
    """A picture in its own words."""
    found = re.search(r"<desc[^>]*>([^<]*)</desc>", picture)
    return unescape(found[1]) if found else ""
