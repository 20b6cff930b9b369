"""What exemptions let pass, as Pulumi's own policy exceptions: a configuration file of version 2 for newer engines.

Its form: https://www.pulumi.com/docs/discovery-governance/concepts/policy-as-code/policy-exceptions/. An exception has
no end: the day stands in its reason, and the file is written anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from report.run import Run


def render(runs: Sequence[Run]) -> str:
    """An exception for each control and reason, with the URNs that it is about in all runs."""
    urns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for run in runs:
        for each in run.findings:
            if each.exempted and each.urn:
                urns[each.control, each.exempted].add(each.urn)
    numbers: defaultdict[str, int] = defaultdict(int)
    exceptions: dict[str, object] = {}
    for (control, reason), targets in sorted(urns.items()):
        numbers[control] += 1
        match = [{"policies": [control], "targets": sorted(targets)}]
        exceptions[f"{control}-{numbers[control]}"] = {"reason": reason, "match": match}
    return json.dumps({"version": 2, "policies": {}, "exceptions": exceptions}, indent=2) + "\n"
